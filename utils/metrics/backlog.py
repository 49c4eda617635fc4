"""Lines that wait for the disk, in bounded memory: when there are too many, the oldest are given up, and counted."""

from __future__ import annotations

from collections import deque

MAX_LINES = 20_000
MAX_BYTES = 16 * 2**20


class Backlog:
    """Lines in the order they came; not for two threads at once.

    Attributes:
        lines: how many wait.
        dropped: how many were given up.
    """

    def __init__(self) -> None:
        self.lines = 0
        self.dropped = 0
        self._bytes = 0
        self._batches: deque[bytes] = deque()

    def __bool__(self) -> bool:
        return bool(self._batches)

    def add(self, lines: bytes) -> None:
        """Put lines, each with its end, behind the others."""
        if lines:
            self._batches.append(lines)
            self.lines += lines.count(b"\n")
            self._bytes += len(lines)
            while self.lines > MAX_LINES or self._bytes > MAX_BYTES:
                self.dropped += 1
                self.remove(self._batches[0].index(b"\n") + 1)

    def first(self, size: int) -> bytes:
        """Return the oldest lines, about `size` bytes of them when there are so many; they stay. Empty without any."""
        batches = self._batches
        while len(batches) > 1 and len(batches[0]) < size:
            oldest = batches.popleft()
            batches[0] = oldest + batches[0]
        return batches[0] if batches else b""

    def remove(self, size: int) -> None:
        """Take off the oldest lines, `size` bytes of what `first` returned."""
        oldest = self._batches.popleft()
        if size < len(oldest):
            self._batches.appendleft(oldest[size:])
        self.lines -= oldest.count(b"\n", 0, size)
        self._bytes -= size

    def all(self) -> list[bytes]:
        """Return every line, oldest first."""
        return [line + b"\n" for line in b"".join(self._batches).split(b"\n")[:-1]]
