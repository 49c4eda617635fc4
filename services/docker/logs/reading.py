"""A log as it is read: its pieces go in, the last of the wanted lines stay. Pure, but too slow for the event loop.

A search must not tell what the answer hides: a filter that saw `password=hunter2` would let someone find it letter by
letter. So words are looked for in the line as it is shown; a look at the line as it was written only saves work.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .demux import Demuxer
from .tidy import Tidier

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .asked import Words
    from .demux import RawLine
    from .tidy import LogLine


class Reading:
    """Reads one stream of a log.

    Args:
        terminal: Whether the container has a terminal.
        words: Which lines are wanted.
        most: How many lines to keep, the last ones.

    Attributes:
        lines: The last wanted lines, fit to be shown, oldest first.
        seen: How many lines were read.
        found: How many of them were wanted, those not kept among them.
    """

    _last: RawLine | None = None

    def __init__(self, *, terminal: bool, words: Words, most: int) -> None:
        self._demuxer = Demuxer(terminal=terminal)
        self._tidier = Tidier()
        self._words = words
        self._most = most
        self.lines: deque[LogLine] = deque(maxlen=most)
        self.seen = 0
        self.found = 0

    @property
    def last(self) -> datetime | None:
        """When the last line was written; None when nothing was read or the engine didn't say."""
        return self._last.moment if self._last else None

    def feed(self, pieces: Iterable[bytes]) -> list[LogLine]:
        """Read on.

        Returns:
            The wanted lines that came with these pieces, the last `most` of them.
        """
        return self._take(line for piece in pieces for line in self._demuxer.feed(piece))

    def finish(self, pieces: Iterable[bytes] = ()) -> list[LogLine]:
        """Read the last pieces, and what they leave open. Returns as `feed` does."""
        return [*self.feed(pieces), *self._take(self._demuxer.close())]

    def _take(self, raws: Iterable[RawLine]) -> list[LogLine]:
        words = self._words
        came: deque[LogLine] = deque(maxlen=self._most)
        plain: deque[tuple[RawLine, str]] = deque(maxlen=self._most)
        for raw in raws:
            self.seen += 1
            self._last = raw
            text = self._tidier.written(raw)
            if not words:
                self.found += 1
                plain.append((raw, text))
            elif words.may_match(text):
                line = self._tidier.hidden(raw, text)
                if words.match(line.text):
                    self.found += 1
                    came.append(line)
        came.extend(self._tidier.hidden(raw, text) for raw, text in plain)
        self.lines.extend(came)
        return list(came)
