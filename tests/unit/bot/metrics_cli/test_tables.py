"""The reports as a terminal shows them, kept as text; the same words and numbers as in the chat."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from bot.metrics_cli.tables import detail_report, footer, line_of, list_report, overview_report
from bot.metrics_cli.terminal import Terminal
from utils.metrics import detail, overview
from utils.metrics.words import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from utils.performance_metrics import PerformanceMetrics

NOW = 1_795_500_000.0
WRITTEN = NOW - 200
WIDE = Terminal(120, styled=False)
NARROW = Terminal(60, styled=False)
Golden = "Callable[[str, str], None]"


def overviewed(metrics: PerformanceMetrics, terminal: Terminal, hours: float | None = 24) -> str:
    return overview_report(overview.gather(metrics, hours, NOW), hours, terminal, WRITTEN)


def detailed(metrics: PerformanceMetrics, operation: str, terminal: Terminal, hours: float | None = 24) -> str:
    facts = detail.gather(metrics, operation, hours, NOW)
    assert facts.stats is not None
    return detail_report(facts, facts.stats, hours, terminal, WRITTEN, zone=UTC)


def listed(metrics: PerformanceMetrics, terminal: Terminal, *, operation: str | None = None, slow: bool = False) -> str:
    found = metrics.get_slow_metrics(operation) if slow else metrics.get_recent_metrics(operation)
    below = footer(metrics.health(), WRITTEN, NOW, shown(len(found), "latest", 50))
    some = [*found[:6], *found[-6:]]
    return list_report("Calls", some, terminal, below, with_operation=operation is None, with_metadata=slow, zone=UTC)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("name", "terminal"), [("wide", WIDE), ("narrow", NARROW)])
def test_a_small_data_set_reads_as_kept(
    name: str, terminal: Terminal, metrics: PerformanceMetrics, golden: Callable[[str, str], None]
) -> None:
    golden(f"small-stats-{name}", overviewed(metrics, terminal))
    golden(f"small-detail-{name}", detailed(metrics, "docker_operation", terminal))
    golden(f"small-recent-{name}", listed(metrics, terminal))
    golden(f"small-slow-{name}", listed(metrics, terminal, operation="docker_operation", slow=True))


@pytest.mark.usefixtures("small")
def test_other_windows_read_as_kept(metrics: PerformanceMetrics, golden: Callable[[str, str], None]) -> None:
    golden("small-stats-all", overviewed(metrics, WIDE, None))
    golden("small-stats-half-an-hour", overviewed(metrics, WIDE, 0.5))
    golden("small-detail-all", detailed(metrics, "config_load", WIDE, None))


@pytest.mark.usefixtures("large")
def test_names_that_try_to_break_out_read_as_kept(
    metrics: PerformanceMetrics, golden: Callable[[str, str], None]
) -> None:
    golden("large-stats", overviewed(metrics, NARROW))
    golden("large-slow", listed(metrics, Terminal(100, styled=False), slow=True))
    golden("large-lines", "".join(line_of(entry, WIDE, UTC) for entry in metrics.get_recent_metrics(limit=8)))
    golden("large-detail", detailed(metrics, metrics.get_operations()[0], NARROW))


@pytest.mark.usefixtures("small")
def test_colours_add_codes_and_change_no_word(metrics: PerformanceMetrics) -> None:
    coloured = overviewed(metrics, Terminal(120, styled=True))
    assert "\x1b[" in coloured
    plain = coloured
    while "\x1b[" in plain:
        before, _, rest = plain.partition("\x1b[")
        plain = before + rest.partition("m")[2]
    assert [line.rstrip() for line in plain.splitlines()] == overviewed(metrics, WIDE).splitlines()


@pytest.mark.usefixtures("small")
def test_the_numbers_are_those_of_the_chat(metrics: PerformanceMetrics) -> None:
    report = overviewed(metrics, WIDE)
    assert "2 of 4 operations had failures. Most: docker_operation, 2 of 46 calls." in report
    assert "······▁···█▁ 670 ms\u201330 s" in report
    told = detailed(metrics, "docker_operation", WIDE)
    assert "✗ 2 of 46 calls failed (timeout). Refused: 1 denied.\n" in told
    assert "p50 515 ms · p95 3.7 s · p99 needs 100 calls\n" in told
