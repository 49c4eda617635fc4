"""The answers for scripts. docs/command-line.md promises these keys; a key may be added, none is renamed or removed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from utils.metrics.analysis.advice import sentence
from utils.metrics.detail import KEYS, ranked
from utils.metrics.export import as_json
from utils.metrics.sanitise import clean_metadata
from utils.metrics.words import NEEDS_P95, NEEDS_P99

if TYPE_CHECKING:
    from collections.abc import Sequence

    from utils.metrics import detail
    from utils.metrics.analysis.advice import Advice, Facts
    from utils.metrics.model import CleanupPreview, Health, MetricEntry, MetricStats
    from utils.metrics.overview import Row
    from utils.metrics.standing import Standing
    from utils.metrics.tally import Group


def text_of(answer: dict[str, Any], *, indent: int | None = 2) -> str:
    """Write an answer as JSON that any reader takes, in ASCII alone: no control code gets through to a terminal."""
    try:
        text = json.dumps(answer, allow_nan=False, indent=indent)
    except ValueError:  # a number in a foreign line that no JSON reader would take
        text = json.dumps(clean_metadata(answer), indent=indent)
    return text.replace("\x7f", "\\u007f") + "\n"


def overview(rows: Sequence[Row], hours: float | None, health: Health) -> dict[str, Any]:
    """Shape the statistics of all operations."""
    operations = [
        {
            **_stats(row.stats),
            "refused_calls": row.refused,
            "p95_over_time": list(row.trend),
            "usual": _usual(row.standing),
        }
        for row in rows
    ]
    return {"window_hours": hours, "operations": operations, "health": _health(health)}


def one_operation(facts: detail.Facts, hours: float | None) -> dict[str, Any]:
    """Shape the statistics of one operation: those of all, and how it ended and what it was about."""
    operations = []
    stats, tally = facts.stats, facts.tally
    if stats is not None:
        operations.append(
            {
                **_stats(stats),
                "refused_calls": tally.whole.refused,
                "p95_over_time": list(facts.trend),
                "usual": _usual(facts.standing),
                "outcomes": dict(tally.whole.outcomes.most_common()),
                "slowest": None if tally.slowest is None else entry(tally.slowest),
                **{f"by_{key}": _breakdown(tally.groups.get(key, {})) for key in KEYS},
            }
        )
    return {"window_hours": hours, "operations": operations, "health": _health(facts.health)}


def entries(found: Sequence[MetricEntry], health: Health, **asked: object) -> dict[str, Any]:
    """Shape a list of calls."""
    return {**asked, "entries": [entry(one) for one in found], "health": _health(health)}


def entry(one: MetricEntry) -> dict[str, Any]:
    """Shape a call: as it stands in the file."""
    return as_json(one)


def explain(found: Sequence[Advice], rules: int, facts: Facts) -> dict[str, Any]:
    """Shape advice."""
    advice = [
        {
            "rule": one.rule.id,
            "title": one.rule.title,
            "bad": one.finding.bad,
            "evidence": sentence(one.finding.evidence),
            "cure": one.rule.cure,
            "settings": [name for name, _ in one.settings],
            "docs": one.rule.docs,
        }
        for one in found
    ]
    return {
        "window_hours": facts.hours,
        "operation": facts.operation,
        "rules": rules,
        "calls": facts.calls,
        "advice": advice,
        "health": _health(facts.health),
    }


def cleanup(preview: CleanupPreview, *, done: bool) -> dict[str, Any]:
    """Shape what a cleanup did, or would do."""
    return {"done": done, **asdict(preview)}


def export(written: int, kind: str, path: str, size: int) -> dict[str, Any]:
    """Shape what an export wrote."""
    return {"entries": written, "format": kind, "path": path, "bytes": size}


def _stats(stats: MetricStats) -> dict[str, Any]:
    shaped = asdict(stats)
    for key, needed in (("p95_duration", NEEDS_P95), ("p99_duration", NEEDS_P99)):
        if stats.total_calls < needed:
            shaped[key] = None
    return shaped


def _usual(standing: Standing | None) -> dict[str, Any] | None:
    """Shape what is usual for an operation, and in which ways its last 24 hours are not."""
    if standing is None or standing.usual is None:
        return None
    return {
        "p50_duration": standing.usual.p50,
        "p95_duration": standing.usual.p95,
        "failed_share": standing.usual.failure_share,
        "days": standing.usual.days,
        "changes": [change.kind.value for change in standing.changes],
        "slower_since": standing.slow_since,
    }


def _breakdown(groups: dict[str, Group]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "calls": len(group.durations),
            "failed": group.failed,
            "refused": group.refused,
            "p50_duration": group.quantile(0.5),
            "p95_duration": group.quantile(0.95) if len(group.durations) >= NEEDS_P95 else None,
            "p99_duration": group.quantile(0.99) if len(group.durations) >= NEEDS_P99 else None,
            "max_duration": group.quantile(1),
        }
        for name, group in ranked(groups)
    ]


def _health(health: Health) -> dict[str, Any]:
    return {
        "path": str(health.path),
        "entries": health.entries,
        "file_bytes": health.file_bytes,
        "corrupt_lines": health.corrupt_lines,
    }
