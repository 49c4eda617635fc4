"""What is kept of the process each minute: one record, `process_sample`, among all others.

Its duration is the longest time that the event loop was late in that minute. The rest stands in its metadata:

| key | what | unit |
| --- | --- | --- |
| pid, started | which process, and when it began to measure | seconds since the epoch |
| rss | memory that it holds | bytes |
| cpu | processor time it took, as a share of one core | 0.5 is half a core |
| threads, fds | threads; open files and sockets | |
| lag | the median of how late the loop was | seconds |
| gc, gc_max, collections | pauses by the collector of garbage: sum, longest, how many | seconds |
| file, index, pending, dropped | the metrics: file and index, what waits, what was given up | bytes, records |

What could not be found out is left out.
"""

from __future__ import annotations

import math
import os
import time
from array import array
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from utils.metrics.arguments import begin_of
from utils.metrics.days import Days
from utils.metrics.words import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from utils.metrics.model import MetricEntry, Numbers
    from utils.performance_metrics import PerformanceMetrics

_NAN = math.nan
_MOST = 2.0**53
"""What is greater is no count of anything here, and no whole number as a float."""
STARTED = round(time.time(), 3)
"""When this process began to measure, in seconds since the epoch: a reloaded cog is no new process."""


@dataclass(frozen=True, slots=True)
class ProcessSample:
    """One minute of a process; None is not known. The units stand above.

    Attributes:
        end: When it was taken, in seconds since the epoch.
        worst: The longest time that the loop was late, in seconds.
    """

    end: float
    worst: float
    pid: int | None = None
    started: float | None = None
    rss: int | None = None
    cpu: float | None = None
    threads: int | None = None
    fds: int | None = None
    lag: float | None = None
    gc: float | None = None
    gc_max: float | None = None
    collections: int | None = None
    file: int | None = None
    index: int | None = None
    pending: int | None = None
    dropped: int | None = None

    @classmethod
    def of(cls, entry: MetricEntry | Numbers) -> ProcessSample:
        """Read one out of a record; what makes no sense in it is not known."""
        get = entry.metadata.get
        return cls(entry.end_time, entry.duration, *[_number(get(key)) for key in _KEYS])

    @property
    def metadata(self) -> dict[str, Any]:
        """What is kept beside the duration."""
        known = {key: getattr(self, key) for key in _KEYS}
        return {
            key: round(value, 6) if isinstance(value, float) else value
            for key, value in known.items()
            if value is not None
        }

    @property
    def run(self) -> tuple[int | None, float | None]:
        """Which run of the bot it is of."""
        return self.pid, self.started


_KEYS = tuple(field.name for field in fields(ProcessSample) if field.name not in ("end", "worst"))
_WIDTH = 2 + len(_KEYS)


def read(metrics: PerformanceMetrics, hours: float, now: float) -> list[ProcessSample]:
    """Read the samples of a window, oldest first; blocks.

    Args:
        metrics: Where to read.
        hours: The window.
        now: Where it ends, in seconds since the epoch.

    Raises:
        StorageError: The metrics can't be read.
    """
    return [sample for day in _days.read(metrics, SAMPLE, begin_of(hours, now)) for sample in _unpacked(day)]


def _packed(calls: Sequence[Numbers]) -> array[float]:
    """Put samples into a row of numbers, a tenth of their size; what is not known is NaN."""
    row = array("d")
    for call in calls:
        get = call.metadata.get
        row.extend((call.end_time, call.duration))
        row.extend(_NAN if (value := _number(get(key))) is None else value for key in _KEYS)
    return row


def _unpacked(row: array[float]) -> Iterator[ProcessSample]:
    values = [None if value != value else value for value in row]  # noqa: PLR0124 - only NaN is not itself
    for first in range(0, len(values), _WIDTH):
        yield ProcessSample(*values[first : first + _WIDTH])  # type: ignore[arg-type] # the first two are always known


_days = Days(_packed)


def of_this_run(samples: list[ProcessSample]) -> list[ProcessSample]:
    """Return those of the run that the last one is of: after a restart everything begins anew."""
    return [sample for sample in samples if sample.run == samples[-1].run]


def this_process() -> tuple[int, float]:
    """Return what makes a `run` of this process."""
    return os.getpid(), STARTED


def _number(value: Any) -> Any:  # noqa: ANN401 - from a file, so anything; whole or not is as it was written
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and 0 <= value < _MOST else None
