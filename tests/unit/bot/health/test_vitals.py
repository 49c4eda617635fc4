"""What counts as well, and the one line that says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.health.vitals import GATEWAY_LIMIT, LAG_LIMIT, Vitals, judge

WELL = Vitals(gateway=12.0, lag=0.004, writer=None)


def test_a_bot_whose_parts_all_work_is_healthy_and_the_line_says_what_was_looked_at() -> None:
    verdict = judge(WELL)
    assert verdict.healthy
    assert verdict.line == (
        "healthy: Discord answered 12 s ago, the event loop was late by 4 ms at most, and measurements are written"
    )


@pytest.mark.parametrize(
    ("vitals", "line"),
    [
        (Vitals(None, 0.0, None), "unhealthy: Discord was not reached yet"),
        (Vitals(75.0, 0.0, None), "unhealthy: Discord has not answered for 1 min 15 s"),
        (Vitals(1.0, 4.0, None), "unhealthy: something held the event loop for 4 s in the last minute"),
        (
            Vitals(1.0, 0.0, "[Errno 28] No space left"),
            "unhealthy: measurements are not written: [Errno 28] No space left",
        ),
    ],
)
def test_each_part_that_fails_is_named(vitals: Vitals, line: str) -> None:
    verdict = judge(vitals)
    assert not verdict.healthy
    assert verdict.line == line


def test_all_that_is_wrong_is_told_at_once() -> None:
    line = judge(Vitals(None, 10.0, "disk full")).line
    assert "not reached" in line
    assert "event loop" in line
    assert "disk full" in line


@given(
    st.one_of(st.none(), st.floats(0, 1e6)),
    st.floats(0, 1e6),
    st.one_of(st.none(), st.text(max_size=200)),
)
def test_whatever_the_figures_are_the_verdict_is_one_line_that_begins_with_itself(
    gateway: float | None, lag: float, writer: str | None
) -> None:
    verdict = judge(Vitals(gateway, lag, writer))
    assert len(verdict.line.splitlines()) == 1
    assert verdict.line.startswith("healthy: " if verdict.healthy else "unhealthy: ")
    well = gateway is not None and gateway <= GATEWAY_LIMIT and lag <= LAG_LIMIT and writer is None
    assert verdict.healthy is well
