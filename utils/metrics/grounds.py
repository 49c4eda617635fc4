"""Reads the facts that advice rests on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from utils.metrics import overview
from utils.metrics.analysis.advice import Config, Docker, Facts, Requests
from utils.metrics.process import sample
from utils.metrics.samples import FAILED
from utils.metrics.spent import ASKED
from utils.metrics.standing import judge
from utils.metrics.tally import ending_of
from utils.metrics.words import outcome, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from utils.metrics.model import MetricEntry
    from utils.performance_metrics import PerformanceMetrics

DOCKER = "docker_operation"
REQUESTS = "discord_api"
HIT, MISS = "config_cache_hit", "config_cache_miss"
LIMITED = "rate_limited"
"""Metadata of a request to Discord: how often it was put off for coming too fast."""
MOST = 10_000
"""So many of the newest calls of an operation are looked at one by one."""
_HOUR = 3_600.0
_DAY = 24


def gather(
    metrics: PerformanceMetrics,
    hours: float,
    now: float,
    operation: str | None = None,
) -> Facts:
    """Read the facts; blocks.

    Args:
        metrics: Where to read.
        hours: The window.
        now: Seconds since the epoch.
        operation: The one that is asked about; None for all.

    Raises:
        StorageError: The metrics can't be read.
    """
    seen = overview.gather(metrics, hours, now)
    rows = {row.stats.operation: row for row in seen.rows}
    if hours != _DAY:
        standings = judge(metrics, now, rows)
        rows = {name: replace(row, standing=standings.get(name)) for name, row in rows.items()}
    since = now - hours * _HOUR

    newest = _Newest(metrics, since)
    asked = [name for name in rows if name.startswith(ASKED)]
    facts = Facts(
        hours=hours,
        rows=rows,
        health=seen.health,
        docker=tuple(map(_docker, newest.of(DOCKER))) if DOCKER in rows else (),
        acks={name: acks for name in asked if (acks := _acks(newest.of(name, MOST // len(asked) + 1)))},
        config=_config(newest) if rows.keys() & {"config_load", HIT, MISS} else Config(),
        requests=_requests(newest.of(REQUESTS)) if REQUESTS in rows else Requests(),
        samples=tuple(sample.of_this_run(sample.read(metrics, hours, now))),
        settings=settings_of(metrics),
        disk_free=_free(metrics),
    )
    return facts if operation is None else facts.about(operation)


class _Newest:
    """Reads the newest calls of a window."""

    def __init__(self, metrics: PerformanceMetrics, since: float) -> None:
        self._metrics = metrics
        self._since = since

    def of(self, operation: str, most: int = MOST) -> list[MetricEntry]:
        """Return an operation's newest calls, oldest first."""
        found = self._metrics.get_recent_metrics(operation, most)
        return [entry for entry in reversed(found) if entry.end_time >= self._since]


def _docker(entry: MetricEntry) -> Docker:
    action, container = subject(entry)
    return Docker(
        action=action,
        container=container,
        start=entry.end_time - entry.duration,
        end=entry.end_time,
        work=entry.duration,
        waited=_number(entry.metadata.get("queue_wait")),
        outcome=outcome(entry),
        failed=ending_of(entry) == FAILED,
    )


def _acks(entries: Iterable[MetricEntry]) -> tuple[float, ...]:
    return tuple(_number(entry.metadata["ack"]) for entry in entries if "ack" in entry.metadata)


def _config(newest: _Newest) -> Config:
    cached = tuple(entry.duration for entry in newest.of("config_load") if entry.metadata.get("cached") is True)
    hits, misses = (sum(_times(entry) for entry in newest.of(name)) for name in (HIT, MISS))
    return Config(cached, hits, misses)


def _times(entry: MetricEntry) -> int:
    """Tell for how many lookups a record stands: it may have counted a minute's."""
    return int(_number(entry.metadata.get("count"))) or 1


def _requests(entries: list[MetricEntry]) -> Requests:
    return Requests(len(entries), sum(_number(entry.metadata.get(LIMITED)) > 0 for entry in entries))


def _free(metrics: PerformanceMetrics) -> int | None:
    try:
        return shutil.disk_usage(metrics.path.parent).free
    except OSError:
        return None


def _number(value: Any) -> float:  # noqa: ANN401 - from a file, so anything
    """Read a number of at least 0; 0 for what is none."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value < float("inf") else 0.0


_known: WeakKeyDictionary[PerformanceMetrics, Callable[[], Mapping[str, object]]] = WeakKeyDictionary()


def know(metrics: PerformanceMetrics, settings: Callable[[], Mapping[str, object]]) -> None:
    """Say how the program that measures is set; advice then tells the present values.

    Args:
        metrics: Whose program it is.
        settings: Gives its settings by their dotted names. It must not hold the metrics alive.
    """
    _known[metrics] = settings


def settings_of(metrics: PerformanceMetrics) -> Mapping[str, object]:
    """Return what `know` was told; nothing when it was told nothing."""
    source = _known.get(metrics)
    return source() if source is not None else {}
