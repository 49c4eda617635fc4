"""The real tracemalloc."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from cogs.perf.resources import tracing

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    assert not tracemalloc.is_tracing()


def test_what_it_costs_is_tried_out_and_nothing_goes_on_tracing() -> None:
    cost = tracing.cost()
    assert cost.times > 1
    assert 8 < cost.bytes_a_piece < 1_000
    assert 0 < cost.seconds_a_million < 60


def test_the_line_that_keeps_memory_comes_first_and_what_was_given_back_is_not_told() -> None:
    trace = tracing.Tracing()
    assert tracing.is_on()
    kept = [bytes(50_000) for _ in range(40)]
    gone = [bytes(50_001) for _ in range(40)]
    del gone
    grown = trace.result()
    first = grown.lines[0]
    assert len(kept) == 40
    assert "test_tracing.py:" in first.place
    assert 2_000_000 <= first.size < 2_100_000
    assert first.pieces in (40, 41)
    assert all(line.size < 100_000 for line in grown.lines[1:])
    assert grown.rss_before is not None
    assert not any(line.place.startswith(("tracemalloc.py", "cogs/perf/resources/tracing.py")) for line in grown.lines)


def test_stopped_it_holds_nothing_and_stopped_twice_it_changes_nothing() -> None:
    trace = tracing.Tracing()
    trace.stop()
    trace.stop()
    assert not tracing.is_on()
