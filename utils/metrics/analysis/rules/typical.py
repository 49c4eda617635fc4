"""What several rules measure by: how slow an operation typically is when it is slow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.analysis.advice import Finding, Name
from utils.metrics.format import count, duration
from utils.metrics.stats import percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from utils.metrics.analysis.advice import Facts
    from utils.metrics.overview import Row

NEEDS_P95 = 20
NEEDS_P50 = 3
"""Of fewer calls nothing is said: the first one is slow for reasons of its own."""


@dataclass(frozen=True, slots=True)
class Typical:
    """How slow an operation is.

    Attributes:
        name: Of the operation.
        seconds: p95, or p50 where there are too few calls for it.
        measure: Which of the two.
        calls: How many it rests on.
    """

    name: str
    seconds: float
    measure: str
    calls: int


def typical(row: Row) -> Typical | None:
    """Tell how slow an operation is; None with too few calls."""
    stats = row.stats
    if stats.total_calls >= NEEDS_P95:
        return Typical(stats.operation, stats.p95_duration, "p95", stats.total_calls)
    if stats.total_calls >= NEEDS_P50:
        return Typical(stats.operation, stats.p50_duration, "p50", stats.total_calls)
    return None


def typical_of(name: str, seconds: Sequence[float]) -> Typical | None:
    """Tell the same of bare durations."""
    if len(seconds) < NEEDS_P50:
        return None
    share, measure = (0.95, "p95") if len(seconds) >= NEEDS_P95 else (0.5, "p50")
    return Typical(name, percentile(sorted(seconds), share), measure, len(seconds))


def too_slow(facts: Facts, limit: Callable[[str], float | None]) -> Finding | None:
    """Find operations above a limit.

    Args:
        facts: What was measured.
        limit: Gives the seconds that an operation may take; None for one that is not meant.

    Returns:
        The worst by its limit, and how many others there are.
    """
    over = []
    for name, row in facts.rows.items():
        wanted, found = limit(name), typical(row)
        if wanted is not None and found is not None and found.seconds > wanted:
            over.append((found, wanted))
    return slowest(over)


def slowest(over: Iterable[tuple[Typical, float]]) -> Finding | None:
    """Tell the worst of what is over its limit; None without one."""
    ordered = sorted(over, key=lambda one: (-one[0].seconds / one[1], one[0].name))
    if not ordered:
        return None
    worst, wanted = ordered[0]
    more = f" {len(ordered) - 1} more {'is' if len(ordered) == 2 else 'are'} over theirs." if len(ordered) > 1 else ""  # noqa: PLR2004 - one more
    return Finding.told(
        Name(worst.name),
        f" takes {duration(worst.seconds)} ({worst.measure} of {count(worst.calls)} calls); "
        f"more than {duration(wanted)} is slow.{more}",
    )
