"""What takes memory, line by line: tracemalloc, started on request and stopped by itself.

It notes which line takes each piece of memory from then on, and forgets the piece when it is given back. So what is
there at the end was taken since the start and is still held: growth, and what merely replaced something older. What
libraries written in C take by themselves it does not see.
"""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import dataclass

from .figures import figures
from .paths import short

_PIECES = 5_000
_TIMES = 5
_OURS = (tracemalloc.__file__, __file__)


@dataclass(frozen=True, slots=True)
class Cost:
    """What tracing costs here.

    Attributes:
        times: How many times as long taking memory takes.
        bytes_a_piece: What each piece of memory takes more.
        seconds_a_million: How long the process stands still at the end for each million pieces.
    """

    times: float
    bytes_a_piece: float
    seconds_a_million: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of code, and what it holds.

    Attributes:
        place: Its file, shortened, and its number.
        size: Bytes.
        pieces: In how many pieces.
    """

    place: str
    size: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Grown:
    """What was found.

    Attributes:
        seconds: For how long was traced.
        lines: Most first.
        rss_before: Bytes that the process held at the start; None is not known.
        rss_after: The same at the end.
        taking: Seconds that it took to find out.
    """

    seconds: float
    lines: tuple[Line, ...]
    rss_before: int | None
    rss_after: int | None
    taking: float

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(line.size for line in self.lines)


def is_on() -> bool:
    """Whether something traces already."""
    return tracemalloc.is_tracing()


def cost() -> Cost:
    """Try out what tracing costs; takes some hundredths of a second, and must not be called while something traces."""
    plain = min(_timed() for _ in range(_TIMES))
    tracemalloc.start()
    try:
        traced = min(_timed() for _ in range(_TIMES))
        kept = _work()
        room = tracemalloc.get_tracemalloc_memory()
        began = time.thread_time()
        pieces = max(1, len(tracemalloc.take_snapshot().traces))
        taking = time.thread_time() - began
        del kept
    finally:
        tracemalloc.stop()
    return Cost(traced / plain if plain else 1.0, room / pieces, taking / pieces * 1e6)


def _work() -> list[dict[str, object]]:
    return [{"number": number, "list": [number]} for number in range(_PIECES)]


def _timed() -> float:
    # Of this thread alone: what else the machine does must not be told as a cost.
    began = time.thread_time()
    _work()
    return time.thread_time() - began


class Tracing:
    """One trace; it begins at once. Each of its methods may block."""

    def __init__(self) -> None:
        self._rss = figures().rss
        self._began = time.monotonic()
        tracemalloc.start()

    def result(self) -> Grown:
        """Find out what grew, and stop."""
        seconds = time.monotonic() - self._began
        rss = figures().rss
        began = time.perf_counter()
        try:
            snapshot = tracemalloc.take_snapshot()
        finally:
            tracemalloc.stop()
        lines = tuple(
            Line(f"{short(one.traceback[0].filename)}:{one.traceback[0].lineno}", one.size, one.count)
            for one in snapshot.statistics("lineno")
            if one.traceback[0].filename not in _OURS
        )
        return Grown(seconds, lines, self._rss, rss, time.perf_counter() - began)

    def stop(self) -> None:
        """End without a result."""
        tracemalloc.stop()
