"""Rules on the program itself: its measurements, its memory, its event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.metrics.analysis.advice import Finding, Name, Rule
from utils.metrics.analysis.growth import memory_growth
from utils.metrics.format import count, duration, size

from .typical import NEEDS_P95, typical_of

if TYPE_CHECKING:
    from utils.metrics.analysis.advice import Facts

LAG = 0.2
"""Seconds that the loop may be held in a minute, at p95 of the minutes."""
GROWTH = 100_000_000
"""Bytes a day."""
FREE = 500_000_000
INDEX = 200_000_000


def unsaved(facts: Facts) -> Finding | None:
    """Measurements can't be saved."""
    if facts.health.last_error is None:
        return None
    return Finding.told("New measurements can't be saved: ", Name(facts.health.last_error), bad=True)


def dropped(facts: Facts) -> Finding | None:
    """Measurements were given up."""
    if not facts.health.dropped:
        return None
    told = f"{count(facts.health.dropped)} measurements were given up since the start, because too many waited."
    return Finding.told(told, bad=True)


def damaged(facts: Facts) -> Finding | None:
    """The file has lines that are no measurement."""
    if not facts.health.corrupt_lines:
        return None
    return Finding.told(
        f"{count(facts.health.corrupt_lines)} lines of the file can't be read; they are kept, and skipped."
    )


def full_disk(facts: Facts) -> Finding | None:
    """Less than 500 MB are free where the measurements are."""
    if facts.disk_free is None or facts.disk_free >= FREE:
        return None
    return Finding.told(
        f"{size(facts.disk_free)} are free where the measurements are; less than {size(FREE)} is little.", bad=True
    )


def big_index(facts: Facts) -> Finding | None:
    """Knowing the measurements takes more than 200 MB, or old hours had to be folded."""
    health = facts.health
    if health.index_bytes <= INDEX and not health.folded_entries:
        return None
    folded = f", and {count(health.folded_entries)} of them are known to 1 % only" if health.folded_entries else ""
    return Finding.told(f"Knowing {count(health.entries)} entries takes {size(health.index_bytes)} of memory{folded}.")


def held_loop(facts: Facts) -> Finding | None:
    """Something holds the event loop for more than a fifth of a second, in one minute of twenty."""
    found = typical_of("loop", [sample.worst for sample in facts.samples])
    if found is None or found.calls < NEEDS_P95 or found.seconds <= LAG:
        return None
    worst = max(sample.worst for sample in facts.samples)
    over = sum(sample.worst > LAG for sample in facts.samples)
    return Finding.told(
        f"In {count(over)} of {count(found.calls)} minutes the event loop was held for more than {duration(LAG)}, "
        f"{duration(worst)} at most."
    )


def growing(facts: Facts) -> Finding | None:
    """The process grows steadily by more than 100 MB a day."""
    found = memory_growth(list(facts.samples))
    if found is None or not found.is_steady or found.per_day <= GROWTH:
        return None
    return Finding.told(
        f"It holds {size(int(found.last))} and grew by {size(int(found.per_day))} a day over {count(found.hours)} "
        f"hours; more than {size(GROWTH)} a day is much."
    )


RULES = (
    Rule(
        "unsaved",
        "Measurements can't be saved",
        unsaved,
        "Make sure that the bot may write to the folder and that its disk is not full. What waits is saved then.",
        docs="docs/metrics-engine.md#writing",
        whole=True,
    ),
    Rule(
        "full-disk",
        "The disk is nearly full",
        full_disk,
        "Make room, or keep less: old measurements go when the file is over its size or they are over their age.",
        settings=("metrics.max_file_mb", "metrics.retention_days"),
        whole=True,
    ),
    Rule(
        "dropped",
        "Measurements are lost",
        dropped,
        "The disk could not keep up, or could not be written for a while. See the log for when, and put the "
        "measurements on a faster disk.",
        docs="docs/metrics-engine.md#what-it-does-not-promise",
        whole=True,
    ),
    Rule(
        "held-loop",
        "The event loop is held up",
        held_loop,
        "Something works on the loop that belongs in a thread: reading files, packing, long loops. `/perf profile` "
        "tells what, while it happens.",
        whole=True,
    ),
    Rule(
        "growing-memory",
        "Memory grows",
        growing,
        "A cache without a limit, or something that is kept for ever: `/perf memory` finds the lines of code.",
        whole=True,
    ),
    Rule(
        "big-index",
        "The measurements take much memory",
        big_index,
        "Keep them for fewer days; `/perf export` keeps a copy of what goes. DDC_METRICS_MEMORY_MB sets a limit above "
        "which old hours are kept to 1 %.",
        settings=("metrics.retention_days",),
        docs="docs/metrics-engine.md#a-limit-for-the-memory",
        whole=True,
    ),
    Rule(
        "damaged-lines",
        "The file has damaged lines",
        damaged,
        "They come from a crash of the machine or from an editor; nothing else is lost by them. Where more of them "
        "come, look after the disk.",
        docs="docs/metrics-engine.md#the-file-is-the-truth",
        whole=True,
    ),
)
