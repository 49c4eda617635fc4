"""From the bytes of a container's log to its lines. Pure: no I/O, no clock.

What engines send, and the rules here:
1. A container without a terminal has its two streams in one: frames of an 8-byte header (the stream's number, three
   zeros, the length as a big-endian number) and that many bytes. One with a terminal sends its bytes as they are. The
   container's settings tell which; a stream that doesn't begin with a header is taken as it is all the same.
2. Pieces end anywhere: in a header, in a time stamp, in a letter of several bytes. Only whole lines are decoded.
3. Each frame begins with a time stamp. The engine parts a line longer than its buffer into several frames: the stamps
   of all but the first are no text, and go. A frame that begins while a shorter line is open begins a new line: the
   program before it was cut off in the middle of one.
4. After a header that can't be one, what follows is skipped up to the next that can.
5. A line is kept up to 64 KiB, its beginning and its end (of progress bars the end counts); the rest is only counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import NamedTuple

MOST_BYTES = 64 * 1024
_TAIL = 8 * 1024
_HEADER = 8
_LONGEST_FRAME = 16 * 1024 * 1024
_ENGINES_BUFFER = 8 * 1024  # Docker parts lines at 16 KiB, Podman at 8
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)(?: |$)")
_LONGEST_STAMP = 40
_NEXT = re.compile(rb"[\x00-\x03]\x00{3}")


class Source(IntEnum):
    """Where a line was written to; the number is the stream's in a header."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    ENGINE = 3
    """The engine itself, which ends a log so when it can't read on."""


class RawLine(NamedTuple):
    """A line as it was written, without its end and the engine's time stamp.

    Attributes:
        source: Where to; STDOUT for everything of a terminal.
        stamp: The engine's time stamp as it was sent; empty without one.
        text: The line; what was no UTF-8 is replaced. Everything else is as it was: colours, secrets.
        lost: Bytes left out of its middle because it is so long.
    """

    source: Source
    stamp: str
    text: str
    lost: int = 0

    @property
    def moment(self) -> datetime | None:
        """The time stamp as a time, to the microsecond."""
        if not self.stamp:
            return None
        try:
            moment = datetime.fromisoformat(self.stamp)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Open:
    """A line that goes on."""

    kept: bytearray
    lost: int = 0

    def add(self, piece: bytes) -> None:
        self.kept += piece
        over = len(self.kept) - MOST_BYTES
        if over > 0:
            del self.kept[-_TAIL - over : -_TAIL]
            self.lost += over

    def close(self, source: Source, *, unframed: bool = False) -> RawLine:
        text = bytes(self.kept)
        stamp = _STAMP.match(text)
        rest = text[stamp.end() :] if stamp else text
        if unframed and len(rest) > _ENGINES_BUFFER:
            rest = _STAMP.sub(b"", rest)  # there is no telling where its parts began
        return RawLine(source, stamp[0].decode().rstrip() if stamp else "", rest.decode(errors="replace"), self.lost)


class Demuxer:
    """Takes the pieces of one log in order, and gives its lines.

    Args:
        terminal: Whether the container has a terminal (`Config.Tty`).
    """

    def __init__(self, *, terminal: bool) -> None:
        self._plain = terminal
        self._begun = False
        self._buffer = bytearray()
        self._open: dict[Source, _Open] = {}
        self._source = Source.STDOUT
        self._left = 0
        self._fresh = False

    def feed(self, piece: bytes) -> list[RawLine]:
        """Take the next bytes, however many, and return the lines that they complete."""
        lines: list[RawLine] = []
        if self._plain:
            self._take(Source.STDOUT, piece, lines)
            return lines
        self._buffer += piece
        if not self._begun and len(self._buffer) >= _HEADER:
            self._begun = True
            if _length(self._buffer, 0) is None:
                self._plain = True
                return self.feed(self._flushed())
        if self._begun:
            del self._buffer[: self._frames(lines)]
        return lines

    def close(self) -> list[RawLine]:
        """Return what was left open: the last line of a log that doesn't end with a line's end."""
        lines: list[RawLine] = []
        if not self._begun:
            self._take(Source.STDOUT, self._flushed(), lines)
        elif self._left:
            self._begin(bytes(self._buffer), lines)
            self._take(self._source, self._flushed(), lines)
        for source, line in sorted(self._open.items()):
            lines.append(line.close(source, unframed=self._plain))
        self._open.clear()
        return lines

    def _flushed(self) -> bytes:
        rest = bytes(self._buffer)
        self._buffer.clear()
        return rest

    def _frames(self, lines: list[RawLine]) -> int:
        """Read the frames in the buffer as far as they are there, and return how many bytes are done with."""
        at, end = 0, len(self._buffer)
        while True:
            if not self._left:
                if end - at < _HEADER:
                    return at
                length = _length(self._buffer, at)
                if length is None:
                    found = _NEXT.search(self._buffer, at + 1)
                    at = found.start() if found else end - 3
                    continue
                self._source = Source(self._buffer[at])
                self._left, self._fresh = length, True
                at += _HEADER
                continue
            here = min(self._left, end - at)
            if self._fresh and here < min(self._left, _LONGEST_STAMP):
                return at  # its time stamp may be torn
            part = bytes(self._buffer[at : at + here])
            self._left -= here
            at += here
            if self._fresh:
                part = self._begin(part, lines)
            self._take(self._source, part, lines)
            if at == end:
                return at

    def _begin(self, part: bytes, lines: list[RawLine]) -> bytes:
        """Look at a frame's beginning: does it go on with the line that is open, or not?"""
        self._fresh = False
        line = self._open.get(self._source)
        stamp = _STAMP.match(part)
        if line is None or stamp is None:
            return part
        if len(line.kept) + line.lost >= _ENGINES_BUFFER:
            return part[stamp.end() :]
        lines.append(self._open.pop(self._source).close(self._source))
        return part

    def _take(self, source: Source, part: bytes, lines: list[RawLine]) -> None:
        *ended, rest = part.split(b"\n")
        for text in ended:
            line = self._open.pop(source, None) or _Open(bytearray())
            line.add(text)
            lines.append(line.close(source, unframed=self._plain))
        if rest:
            self._open.setdefault(source, _Open(bytearray())).add(rest)


def _length(buffer: bytearray, at: int) -> int | None:
    """Read the header at a place: how long the frame is, None when that is no header."""
    if buffer[at] > Source.ENGINE or buffer[at + 1] or buffer[at + 2] or buffer[at + 3]:
        return None
    length = int.from_bytes(buffer[at + 4 : at + 8], "big")
    return length if length <= _LONGEST_FRAME else None
