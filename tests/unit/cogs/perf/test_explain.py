"""What `/perf explain` says: nothing wrong, much wrong, names that try to break out, settings told and untold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cogs.perf.reports.explain import Explain
from tests.unit.golden import NOW
from utils.metrics.grounds import know

if TYPE_CHECKING:
    from collections.abc import Callable

    from cogs.perf.screen import Screen
    from tests.unit.golden import Filled
    from utils.performance_metrics import PerformanceMetrics


@pytest.fixture
def troubled(fill: Filled) -> None:
    """A day on which much is wrong."""
    fill("config_load", [0.01, 1.4] * 12, ago=100)
    fill("docker_operation", [0.8] * 30, ago=100, action="list")
    fill("docker_operation", [1.0] * 20, ago=90, action="restart", container="nginx", queue_wait=2.5)
    fill("docker_operation", [30.0] * 4, ago=2000, action="restart", container="minecraft", outcome="timeout")
    fill("docker_operation", [0.1] * 6, ago=4000, action="stop", container="minecraft", outcome="error")
    fill("command.docker.restart", [3.0] * 9, ago=300, ack=2.4)
    fill("discord_api", [1.9] * 12, rate_limited=1)
    fill("process_sample", [0.31] * 30, rss=90_000_000)


@pytest.mark.usefixtures("small")
def test_nothing_wrong_is_one_line_that_says_what_was_looked_at(drawn: Callable[[Screen], str]) -> None:
    assert "Nothing to advise: checked 15 rules over 120 calls." in drawn(Explain(operation="config_load"))


def test_nothing_measured_yet_says_what_to_do(drawn: Callable[[Screen], str]) -> None:
    assert "Nothing was measured yet" in drawn(Explain())


@pytest.mark.usefixtures("troubled")
def test_much_wrong_the_first_page(
    drawn: Callable[[Screen], str], metrics: PerformanceMetrics, golden: Callable[[str, str], None]
) -> None:
    know(metrics, lambda: {"docker.concurrency": 3, "docker.timeout_seconds": None, "docker.timeouts": {"plex*": 90}})
    golden("explain-troubled", drawn(Explain()))


@pytest.mark.usefixtures("troubled")
def test_much_wrong_the_second_page(
    drawn: Callable[[Screen], str], metrics: PerformanceMetrics, golden: Callable[[str, str], None]
) -> None:
    know(metrics, lambda: {"docker.concurrency": 3, "docker.timeout_seconds": None, "docker.timeouts": {"plex*": 90}})
    golden("explain-troubled-2", drawn(Explain(page=1)))


@pytest.mark.usefixtures("troubled")
def test_one_operation_in_a_bot_that_tells_no_settings(
    drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    golden("explain-one", drawn(Explain(operation="docker_operation", back=Explain())))


def test_names_that_try_to_break_out_stay_in_their_place(drawn: Callable[[Screen], str], fill: Filled) -> None:
    evil = "**`op` [y](https://z) @everyone\n# " + "long" * 30
    fill(evil, [0.1] * 30, outcome="error")
    fill("docker_operation", [0.1] * 9, outcome="error", action="stop", container=evil)
    fill("docker_operation", [0.1] * 40, ago=4000, action="stop", container="fine")
    text = drawn(Explain())
    assert text.count("`**op [y](https") == 2
    assert "\n# long" not in text


@pytest.mark.usefixtures("large")
def test_thirty_operations_with_long_names_fit(drawn: Callable[[Screen], str]) -> None:
    assert len(drawn(Explain())) < 6_500


@pytest.mark.usefixtures("troubled")
def test_turning_pages_reads_nothing_anew(metrics: PerformanceMetrics, fill: Filled) -> None:
    first = Explain().draw(metrics, NOW)
    fill("web.dashboard", [9.0] * 30)
    (after,) = [link for row in first.rows if isinstance(row, tuple) for link in row if link.key == "next"]
    assert after.to is not None
    assert "over 105 calls" in (after.to.draw(metrics, NOW).report.build().description or "")
