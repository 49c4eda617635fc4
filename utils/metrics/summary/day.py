"""What happened in a day: what got slower or fails more than usual, every operation, single calls, Docker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from utils.metrics.analysis.course import course, edges
from utils.metrics.analysis.regressions import NEEDS_CALLS, RELATIVE, Kind, news, persists, remember
from utils.metrics.overview import PARTS, Row, by_need
from utils.metrics.standing import judge
from utils.metrics.summary.calls import BACKGROUND, DAY, HOUR, failures, operations, slowest, stats_of
from utils.metrics.summary.engine import Engine
from utils.metrics.summary.engine import gather as gather_engine
from utils.metrics.words import BESIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from utils.metrics.analysis.regressions import Change, Told
    from utils.metrics.model import Health, MetricEntry
    from utils.performance_metrics import PerformanceMetrics

_WORSE = frozenset({Kind.SLOWER, Kind.FAILING})


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened between two moments.

    Attributes:
        start: Seconds since the epoch, included.
        end: The same, not included.
        rows: Each operation, what needs a look first.
        slowest: The slowest calls, slowest first.
        failures: The last failures, newest first, refusals not counted.
        docker: What the engine did.
        health: Of the store.
    """

    start: float
    end: float
    rows: tuple[Row, ...]
    slowest: tuple[MetricEntry, ...]
    failures: tuple[MetricEntry, ...]
    docker: Engine
    health: Health

    @property
    def calls(self) -> int:
        """Calls in all."""
        return sum(row.stats.total_calls for row in self.rows)

    @property
    def failed(self) -> int:
        """Failed calls in all."""
        return sum(row.failed for row in self.rows)

    @property
    def worse(self) -> tuple[Change, ...]:
        """What is slower or fails more than usual."""
        standings = [row.standing for row in self.rows if row.standing is not None]
        return tuple(change for standing in standings for change in standing.changes if change.kind in _WORSE)

    @property
    def quiet(self) -> bool:
        """Whether nothing was called, and nothing happened to a container.

        Background tasks run on the quietest day, and the summary of the day before is posted through Discord's API.
        """
        nothing = not self.failed and self.background + self.beside == self.calls
        return nothing and not self.docker.events

    def telling(self, worse: Regressions) -> str | None:
        """Name the operation whose course says most of the day: what is worse, else what failed; None if quiet."""
        if self.quiet or not self.rows:
            return None
        changed = [change.operation for change in (*worse.new, *worse.old)]
        return changed[0] if changed else self.rows[0].stats.operation

    @property
    def background(self) -> int:
        """Runs of background tasks."""
        return sum(row.stats.total_calls for row in self.rows if row.stats.operation.startswith(BACKGROUND))

    @property
    def beside(self) -> int:
        """Calls that only carry what others do, such as requests to Discord, where none of them failed."""
        rows = [row.stats for row in self.rows]
        return sum(stats.total_calls for stats in rows if stats.operation in BESIDE and not stats.failed_calls)


@dataclass(frozen=True, slots=True)
class Regressions:
    """What is worse than usual, by what was told before.

    Attributes:
        new: To be told as news.
        old: Told before, and still so.
        over: Operations told before, and as before again.
        settled: Operations told before that stayed as they are so long that it is usual by now.
        told: What has been told once these are.
    """

    new: tuple[Change, ...] = ()
    old: tuple[Change, ...] = ()
    over: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    told: Mapping[tuple[str, str], Told] = field(default_factory=dict)


def gather(metrics: PerformanceMetrics, start: float, end: float, now: float) -> Facts:
    """Read what happened between two moments; blocks.

    Args:
        metrics: Where to read.
        start: Seconds since the epoch, included.
        end: The same, not included.
        now: The same, not before `end` but for clocks that jump.

    Raises:
        StorageError: The metrics can't be read.
    """
    found = ((name, metrics.get_samples(name, start, end)) for name in operations(metrics))
    calls = {name: samples for name, samples in found if samples}
    # What is usual is known of whole days alone.
    standings = judge(metrics, end, calls) if abs(end - start - DAY) <= HOUR else {}
    rows = []
    for name, samples in calls.items():
        trend = tuple(part.p95 for part in course(samples, edges(start, end, PARTS)))
        stats = stats_of(name, samples, end)
        rows.append(Row(stats, samples.failed, samples.refused, trend, standings.get(name)))
    rows.sort(key=by_need)
    return Facts(
        start,
        end,
        tuple(rows),
        slowest(metrics, calls, start, end, now),
        failures(metrics, calls, start, end),
        gather_engine(metrics, start, end, now),
        metrics.health(),
    )


def regressions(facts: Facts, told: Mapping[tuple[str, str], Told], looked: float | None) -> Regressions:
    """Part what is news from what was told.

    Args:
        facts: Of a day.
        told: What was told before.
        looked: Up to when the summary before looked, in seconds since the epoch; None when there was none.
    """
    # What was there at the last look has not been gone since, however long ago that is: a day of 25 hours, or one that
    # had no summary.
    gone = DAY if looked is None else max(DAY, facts.end - looked)
    standings = {row.stats.operation: row.standing for row in facts.rows if row.standing is not None}
    found = list(facts.worse)
    known = {change.key for change in found}
    over: list[str] = []
    settled: list[str] = []
    for (operation, word), one in told.items():
        standing = standings.get(operation)
        if (operation, word) in known or standing is None or looked is None or one.seen < looked:
            continue
        kind = Kind(word)
        still = persists(operation, kind, standing.now, standing.usual)
        if still is not None:
            found.append(still)
        elif standing.usual is not None and standing.now.calls >= NEEDS_CALLS:
            back = kind is Kind.FAILING or (standing.now.p95 or 0.0) * (1 + RELATIVE) <= one.worst
            (over if back else settled).append(operation)
    new, old = news(found, told, facts.end, gone)
    return Regressions(
        tuple(new),
        tuple(old),
        tuple(dict.fromkeys(over)),
        tuple(dict.fromkeys(settled)),
        remember(found, told, facts.end, gone),
    )
