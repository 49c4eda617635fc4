"""The shapes the metrics speak in: plain frozen values, seconds and bytes throughout."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class WallTime(float):
    """A moment that its owner told by the wall clock: seconds since the epoch."""

    __slots__ = ()


Record: TypeAlias = "tuple[str, float, float, float, bool, Mapping[str, Any] | None]"
"""A finished measurement on its way to the store, as it left the measured code: a bare tuple, because one is made in
every measurement. In this order: the operation; when it ended, in seconds of the monotonic clock (the store turns
them into wall time within moments, so the measured code need not read that clock), unless it is a `WallTime`;
monotonic seconds from start to end; how many of those were spent waiting for a person; whether it was a success; its
metadata, a shallow copy of the caller's that nobody has looked into yet, or None."""


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """One measurement as it stands in the file.

    ``duration`` is monotonic time less the waiting that was taken off, so ``end_time - start_time`` is the duration and
    ``metadata["waited"]`` together. Times are seconds since the epoch; ``timestamp`` is the end in local time.
    ``extra`` holds the fields of the line that this version does not know.
    """

    operation: str
    start_time: float
    end_time: float
    duration: float
    success: bool
    timestamp: str
    metadata: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


class Numbers(NamedTuple):
    """What a reader of numbers needs of an entry, in a fraction of the time a `MetricEntry` takes.

    Texts in ``metadata`` were not looked through for secrets: whoever reads it takes its numbers alone.
    """

    end_time: float
    duration: float
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MetricStats:
    """What an operation's calls in a window come to. Durations are seconds, percentiles exact.

    Percentiles are interpolated linearly at rank ``(n - 1) * p``. ``last_24h_calls`` and ``last_hour_calls`` do not
    depend on the window. There is no MetricStats for a window without a call. ``approximate`` says that percentiles
    may be off by 1 % of themselves, because hours of the window had to be folded to stay below the memory limit;
    everything else is exact even then.
    """

    operation: str
    total_calls: int
    successful_calls: int
    failed_calls: int
    min_duration: float
    max_duration: float
    avg_duration: float
    p50_duration: float
    p95_duration: float
    p99_duration: float
    last_24h_calls: int
    last_hour_calls: int
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class CleanupPreview:
    """What a cleanup would do, or did."""

    removed: int
    """Entries that ended before `cutoff`."""
    kept: int
    """Entries that stay."""
    bytes_freed: int
    """By how much the file shrinks."""
    cutoff: float
    """Seconds since the epoch: what ended before goes."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the store is doing."""

    entries: int
    """Entries in the file, as far as it is loaded."""
    pending: int
    """Measurements not yet in the file."""
    dropped: int
    """Measurements given up since the start because too many were waiting."""
    corrupt_lines: int
    """Lines of the file that could not be read as an entry. They are kept, and skipped."""
    file_bytes: int
    """Size of the file."""
    last_write: float | None
    """When this process last wrote, seconds since the epoch."""
    last_error: str | None
    """Why writing fails now; None when the last write went well."""
    path: Path
    """The file."""
    index_state: str = "ready"
    """``ready``, or ``loading 43 %``: answers rest on what is loaded, the newest first. ``rebuilding 43 %``: the same,
    after something in the index was found to be wrong."""
    index_bytes: int = 0
    """Memory that what is known of the entries takes, about."""
    folded_entries: int = 0
    """Entries of hours that were folded to stay below the memory limit; see `MetricStats.approximate`."""
