"""Decides what is too old, or too much, to be kept, and has it removed.

Rules:
- a cleanup copies all that stays, so it is not done for every entry that grows old: it waits until the oldest is over
  its age by `GRACE`, a day for ages of weeks, and then removes all that are over it;
- a file over its size is cut, the oldest entries first, to `ROOM` of it or a hundredth less, so that it is not cut
  again an hour later;
- when even without any entry the file would be too big (it holds other lines, or entries of the future), nothing is
  removed for its size: all measurements would go, and it would not help.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.format import count, duration, size
from utils.metrics.words import entries

if TYPE_CHECKING:
    from collections.abc import Callable

    from utils.metrics.model import CleanupPreview
    from utils.performance_metrics import PerformanceMetrics

GRACE = 1 / 24
"""Share of the age by which the oldest entry may be over it, at most a day."""
ROOM = 0.9
"""Share of the greatest size that is left after a cut."""
_DAY = 86_400.0
_OLDEST = 365_000.0
"""Days; no entry is older than that, for the epoch is not."""
_YOUNGEST = 1e-4
"""Days, some seconds: from there on ages are looked through by their logarithms."""
_COARSE = 8
_STEPS = 64
_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept.

    Args:
        days: age from which entries go; None keeps them for ever.
        max_bytes: the greatest size of the file; None for any.
    """

    days: float | None = None
    max_bytes: int | None = None

    @property
    def keeps_all(self) -> bool:
        """Whether nothing is ever removed."""
        return self.days is None and self.max_bytes is None


@dataclass(frozen=True, slots=True)
class Cut:
    """What is to be removed.

    Args:
        days: the age from which entries go; None for no entry.
        for_size: whether the size of the file asks for it, and not the age alone.
        hopeless: whether the file stays too big whatever is removed.
    """

    days: float | None
    for_size: bool = False
    hopeless: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What was removed.

    Args:
        cut: what was decided.
        removed: entries that went.
        kept: entries that stay.
        bytes_freed: by how much the file shrank.
        policy: what asked for it.
    """

    cut: Cut
    removed: int
    kept: int
    bytes_freed: int
    policy: Policy

    def __str__(self) -> str:
        """Say it in one sentence."""
        told = (
            f"{count(self.kept)} {'stays' if self.kept == 1 else 'stay'}; the file shrank by {size(self.bytes_freed)}"
        )
        age = duration((self.cut.days or 0) * _DAY)
        if self.cut.for_size:
            limit = size(self.policy.max_bytes or 0)
            return f"Removed {entries(self.removed)}, all older than {age}, to keep the file below {limit}; {told}."
        days = f"{self.cut.days:g} {'day' if self.cut.days == 1 else 'days'}"
        return f"Removed {entries(self.removed)} older than {days}; {told}."


def decide(policy: Policy, file_bytes: int, preview: Callable[[float], CleanupPreview]) -> Cut:
    """Decide what to remove.

    Args:
        policy: what is kept.
        file_bytes: size of the file now.
        preview: says what a cleanup from an age in days on would do; the younger, the more goes.

    Returns:
        An age from which entries go, the oldest that satisfies the policy, or nearly.
    """
    due = policy.days is not None and preview(policy.days + min(1.0, policy.days * GRACE)).removed > 0
    days = policy.days if due else None
    freed = preview(days).bytes_freed if days is not None else 0
    if policy.max_bytes is None or file_bytes - freed <= policy.max_bytes:
        return Cut(days)
    least = file_bytes - policy.max_bytes * ROOM
    if preview(0).bytes_freed < least:
        return Cut(days, hopeless=True)
    longest = _OLDEST if days is None else days
    return Cut(_age_that_frees(least, least + policy.max_bytes * _TOLERANCE, preview, longest), for_size=True)


def _age_that_frees(least: float, most: float, preview: Callable[[float], CleanupPreview], longest: float) -> float:
    """Find an age that frees the wanted bytes.

    Args:
        least: bytes.
        most: bytes that may go, where entries are small enough for that: no need to look for a better age.
        preview: as above.
        longest: days; an age that does not free them. 0 does.
    """
    enough, short = 0.0, longest
    for step in range(_STEPS):
        # Ages of minutes are as likely as those of years: by powers of two at first.
        middle = max(_YOUNGEST, math.sqrt(max(enough, _YOUNGEST) * short)) if step < _COARSE else (enough + short) / 2
        if not enough < middle < short:
            break
        freed = preview(middle).bytes_freed
        if freed < least:
            short = middle
        else:
            enough = middle
            if freed <= most:
                break
        if (short - enough) * _DAY < 0.001:  # noqa: PLR2004 - a millisecond
            break
    return enough


def keep(metrics: PerformanceMetrics, policy: Policy) -> Done | Cut:
    """Remove what is too old or too much; blocks.

    Args:
        metrics: whose file it is.
        policy: what is kept.

    Returns:
        What was removed, or the cut that removes nothing.

    Raises:
        StorageError: the file can't be read or rewritten.
    """
    health = metrics.health()
    cut = decide(policy, health.file_bytes, metrics.preview_cleanup)
    if cut.days is None:
        return cut
    freed = metrics.preview_cleanup(cut.days).bytes_freed
    removed = metrics.cleanup_old_metrics(cut.days)
    return Done(cut, removed, metrics.health().entries, freed, policy)
