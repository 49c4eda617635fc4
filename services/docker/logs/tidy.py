"""From a line as a program wrote it to one fit to be shown: no control sequences, no secrets, no endless length. Pure.

In this order, for each step could bring out what the next must see: a secret may be coloured in its middle, and be cut.
1. Sequences that steer a terminal go (colours, titles, links), whole or torn at the line's end.
2. Of what carriage returns overwrote, as progress bars do, the last state stays; what backspaces took back goes.
3. Other control characters go, and those that turn the direction of writing.
4. Secrets become "[hidden]": see `services.docker.redact` for one line; private keys, which have many, here.
5. A line over 2,000 characters is cut, with a note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.docker.redact import HIDDEN, mixed, redact_line

from .demux import Source

if TYPE_CHECKING:
    from datetime import datetime

    from .demux import RawLine

LONGEST_LINE = 2_000
_LOOKED_AT = 8_000
_LONGEST_SECRET = 1_000
_LONGEST_KEY = 120  # lines; one of 8,192 bits has 100

_SEQUENCE = re.compile(
    r"""(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?             # CSI: colours, movements
      | (?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?  # OSC, DCS, SOS, PM, APC: strings
      | \x1b[ -/]*[0-~]?                              # the short ones
    """,
    re.VERBOSE,
)
_UNSEEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_KEY_BEGINS = re.compile(r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|PuTTY-User-Key-File-\d:")
_KEY_ENDS = re.compile(r"-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-MAC:")
_KEY_WORDS = ("PRIVATE KEY", "PuTTY-User-Key-File", "Private-MAC:")
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_BLOB_END = re.compile(r"[A-Za-z0-9+/_-]{0,76}={0,2}")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a container's log, fit to be shown.

    Attributes:
        text: The words; one line, no secrets.
        source: Which stream it was written to.
        moment: When, by the engine's clock; None when it didn't say.
    """

    text: str
    source: Source
    moment: datetime | None

    @property
    def aside(self) -> bool:
        """Whether it was not written to the standard output."""
        return self.source is not Source.STDOUT


class Tidier:
    """Makes the lines of one log fit to be shown; takes them in order, for a private key goes over several.

    `written` and `hidden` are the two halves of `tidy`, so that a search can leave out the second, which costs more,
    where the first says no.
    """

    def __init__(self) -> None:
        self._blocks: dict[Source, _KeyBlock] = {}

    def tidy(self, raw: RawLine) -> LogLine:
        """Make a line fit to be shown."""
        return self.hidden(raw, self.written(raw))

    def written(self, raw: RawLine) -> str:
        """The text of a line as a terminal would show it in the end, without private keys; must see every line."""
        return self._blocks.setdefault(raw.source, _KeyBlock()).hide(as_shown(raw.text))

    def hidden(self, raw: RawLine, text: str) -> LogLine:
        """Hide the other secrets, and cut.

        Args:
            raw: The line.
            text: What `written` made of it.
        """
        shown = redact_line(text[:_LOOKED_AT])
        if len(text) > _LOOKED_AT:
            shown = shown[:-_LONGEST_SECRET]  # what was cut in its middle can't be judged
        if len(text) > LONGEST_LINE:
            shown = f"{shown[:LONGEST_LINE]} … {len(text) - LONGEST_LINE + raw.lost:,} more characters"
        return LogLine(shown, raw.source, raw.moment)


class _KeyBlock:
    """Hides private keys in the lines of one stream. Of a line that has part of one, only what stands before stays."""

    def __init__(self) -> None:
        self._left = 0
        self._in_blob = False

    def hide(self, text: str) -> str:
        inside = self._left > 0
        self._left = max(0, self._left - 1)
        if any(word in text for word in _KEY_WORDS):
            begins = [found.start() for found in _KEY_BEGINS.finditer(text)]
            ends = [found.start() for found in _KEY_ENDS.finditer(text)]
            if begins or ends:
                self._in_blob = False
                self._left = _LONGEST_KEY if max(begins, default=-1) > max(ends, default=-1) else 0
                whole = inside or not begins or (ends and ends[0] < begins[0])
                return HIDDEN if whole else text[: begins[0]] + HIDDEN
        return HIDDEN if inside or self._is_blob(text.strip()) else text

    def _is_blob(self, line: str) -> bool:
        """Tell whether a line is nothing but base64, such as the rest of a key whose beginning is out of sight."""
        goes_on = self._in_blob and line and _BLOB_END.fullmatch(line)
        self._in_blob = bool(goes_on or (_BLOB.fullmatch(line) and mixed(line, 4)))
        return self._in_blob


def as_shown(text: str) -> str:
    """Take away what steers a terminal, and what it would have overwritten."""
    if text.isascii() and text.isprintable():
        return text
    text = _SEQUENCE.sub("", text)
    if "\r" in text:
        text = next((part for part in reversed(text.split("\r")) if part.strip()), "")
    if "\b" in text:
        text = _taken_back(text)
    return _UNSEEN.sub("", text)


def _taken_back(text: str) -> str:
    kept: list[str] = []
    for char in text:
        if char != "\b":
            kept.append(char)
        elif kept:
            kept.pop()
    return "".join(kept)
