"""``stats``, ``recent`` and ``slow``: the questions that `/perf` asks, answered on a terminal.

rich is imported where a table is drawn: `--json` does without, and starts faster.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from bot.metrics_cli import codes, shapes, source
from bot.metrics_cli.terminal import Terminal, name_of, say
from utils.metrics import detail, overview
from utils.metrics.format import duration
from utils.metrics.words import BESIDE, shown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from utils.metrics.model import MetricEntry
    from utils.performance_metrics import PerformanceMetrics


def stats(options: argparse.Namespace) -> int:
    """Tell how often, how fast and how well everything ran, or one operation."""
    hours: float | None = options.hours
    with source.opened(options) as metrics:
        name = source.find(metrics, options)
        if name is not None:
            return _one(options, metrics, name)
        facts = overview.gather(metrics, hours, time.time())
        if options.json:
            say(shapes.text_of(shapes.overview(facts.rows, hours, facts.health)))
            return codes.FINE if facts.rows else codes.NOTHING
        if not facts.rows:
            raise source.nothing(facts.health, "Nothing was called", hours)
        from bot.metrics_cli.tables import overview_report  # noqa: PLC0415 - see above

        say(overview_report(facts, hours, _terminal(), source.written(metrics)))
    return codes.FINE


def _one(options: argparse.Namespace, metrics: PerformanceMetrics, name: str) -> int:
    hours: float | None = options.hours
    facts = detail.gather(metrics, name, hours, time.time())
    if options.json:
        say(shapes.text_of(shapes.one_operation(facts, hours)))
        return codes.NOTHING if facts.stats is None else codes.FINE
    if facts.stats is None:
        raise source.nothing(facts.health, f"{name} was not called", hours)
    from bot.metrics_cli.tables import detail_report  # noqa: PLC0415 - see above

    say(detail_report(facts, facts.stats, hours, _terminal(), source.written(metrics)))
    return codes.FINE


def recent(options: argparse.Namespace) -> int:
    """List the latest calls."""
    with source.opened(options) as metrics:
        name = source.find(metrics, options)
        found = metrics.get_recent_metrics(name, options.limit, failures_only=options.failures, exclude=BESIDE)
        if options.json:
            return _say_entries(metrics, found)
        of = "" if name is None else f" of {name}"
        kind = "failure" if options.failures else "call"
        if not found:
            raise source.nothing(metrics.health(), f"No {kind}{of} is kept", None)
        title = f"Recent {kind}s{'' if name is None else f' of {name_of(name)}'} · newest first"
        told = shown(len(found), "latest", options.limit, source.left_out(metrics, name))
        _say_list(metrics, title, found, told, with_operation=name is None, with_metadata=False)
    return codes.FINE


def slow(options: argparse.Namespace) -> int:
    """List the slowest calls."""
    hours: float | None = options.hours
    least: float | None = options.threshold
    with source.opened(options) as metrics:
        name = source.find(metrics, options)
        found = metrics.get_slow_metrics(name, hours, least, options.limit, exclude=BESIDE)
        if options.json:
            return _say_entries(metrics, found, window_hours=hours, threshold_seconds=least)
        of = "" if name is None else f" of {name}"
        if not found and least is not None:
            what = f"No call{of} took {duration(least)} or longer"
            raise source.nothing(metrics.health(), what, hours, "Try a lower --threshold, or more --hours")
        if not found:
            raise source.nothing(metrics.health(), f"No call{of} ended", hours)
        from bot.metrics_cli.tables import span_name  # noqa: PLC0415 - see above

        what = "calls" if name is None else name_of(name)
        title = f"Slowest {what} · {span_name(hours)}" + (f" · at least {duration(least)}" if least is not None else "")
        told = shown(len(found), "slowest", options.limit, source.left_out(metrics, name))
        _say_list(metrics, title, found, told, with_operation=name is None, with_metadata=True)
    return codes.FINE


def _say_entries(metrics: PerformanceMetrics, found: Sequence[MetricEntry], **asked: object) -> int:
    say(shapes.text_of(shapes.entries(found, metrics.health(), **asked)))
    return codes.FINE if found else codes.NOTHING


def _say_list(
    metrics: PerformanceMetrics,
    title: str,
    found: Sequence[MetricEntry],
    told: str,
    *,
    with_operation: bool,
    with_metadata: bool,
) -> None:
    from bot.metrics_cli.tables import footer, list_report  # noqa: PLC0415 - see above

    below = footer(metrics.health(), source.written(metrics), time.time(), told)
    report = list_report(title, found, _terminal(), below, with_operation=with_operation, with_metadata=with_metadata)
    say(report)


def _terminal() -> Terminal:
    return Terminal.of(sys.stdout, os.environ)
