"""Reads what statistics need out of the file's lines, block by block.

Rules:
- a line counts from its line end on; what is no entry is corrupt and told by its offset; blank lines are nothing;
- a line of `MAX_LINE` bytes or more is corrupt, once, and passed over in pieces;
- lines as this program writes them are read by one regular expression for a whole block, in a third of the time that
  JSON takes. It accepts nothing that JSON would not, and what it does not know goes to `utils.metrics.codec.scan`;
- a block is small, so that no single step keeps the interpreter's lock for more than about a millisecond.
"""

from __future__ import annotations

import os
import re
from itertools import accumulate
from typing import TypeAlias

from utils.metrics.codec import NUMBER, scan
from utils.metrics.redact import redact_name

BLOCK = 2**16
"""Bytes read in one step."""
MAX_LINE = 2**20
"""Bytes a line may have; longer ones are corrupt."""
MEMORY = 256
"""Bytes worth remembering of what was read last: a line or so, and no two lines have the same time."""
Row: TypeAlias = tuple[float, int, float, bool]
"""End, offset in the file, duration, success."""

# Possessive throughout: what matched is never tried again, so a strange line costs no more than its length. The
# texts hold no escapes; that they are UTF-8 is looked at first.
_TEXT = rb'"[^"\\\x00-\x1f]*+"'
_VALUE = rb"(?:" + _TEXT + rb"|-?(?:0|[1-9]\d*+)(?:\.\d++)?+(?:[eE][-+]?\d++)?+|true|false|null)"
_FLAT = _TEXT + rb": " + _VALUE
# The parts of a call's time are an object within the metadata; it holds none itself.
_PAIR = _TEXT + rb": (?:" + _VALUE + rb"|\{(?:" + _FLAT + rb"(?:, " + _FLAT + rb")*+)?+\})"
_LINE = re.compile(
    rb'(?m)^\{"operation": "([^"\\\x00-\x1f]++)", "start_time": ' + NUMBER + rb', "end_time": (' + NUMBER + rb"), "
    rb'"duration": (' + NUMBER + rb'), "success": (true|false), "timestamp": ' + _TEXT + rb', "metadata": '
    rb"\{(?:" + _PAIR + rb"(?:, " + _PAIR + rb")*+)?+\}\}\n"
)
_SUCCESS = b"true"


class Scanner:
    """Goes through a stretch of the file from `at` on.

    Args:
        descriptor: the open file.
        at: offset of a line's start, or of the middle of a line that is too long.
        mid_line: whether it is the middle of such a line.

    Attributes:
        rows: what was found since `take`, by operation, in the order of the file.
        corrupt: offsets of the corrupt lines found since `take`, in the order of the file.
        tail: the last bytes before `at` that were read, `MEMORY` at most.
        bytes_read: how much was read in all.
    """

    def __init__(self, descriptor: int, at: int, *, mid_line: bool = False) -> None:
        self._descriptor = descriptor
        self.at = at
        self.mid_line = mid_line
        self.rows: dict[str, list[Row]] = {}
        self.corrupt: list[int] = []
        self.tail = b""
        self.bytes_read = 0

    def take(self) -> tuple[dict[str, list[Row]], list[int]]:
        """Return rows and corrupt lines, and begin new ones."""
        taken = self.rows, self.corrupt
        self.rows, self.corrupt = {}, []
        return taken

    def step(self, stop: int) -> bool:
        """Go through the whole lines of the next block.

        Args:
            stop: offset up to which the file may be looked at.

        Returns:
            False when there is no whole line before `stop` any more.
        """
        block = self._read(min(BLOCK, stop - self.at))
        if b"\n" not in block:
            # An unfinished line, or one that is longer than a block.
            block = self._read(min(MAX_LINE, stop - self.at)) if stop - self.at > BLOCK else block
            if b"\n" not in block:
                if len(block) < MAX_LINE:
                    return False
                if not self.mid_line:
                    self.corrupt.append(self.at)
                self.mid_line = True
                return self._pass(block)
        if self.mid_line:
            self.mid_line = False
            return self._pass(block[: block.index(b"\n") + 1])
        block = block[: block.rfind(b"\n") + 1]
        self._lines(block)
        return self._pass(block)

    def _pass(self, block: bytes) -> bool:
        self.at += len(block)
        self.tail = block[-MEMORY:] if len(block) >= MEMORY else (self.tail + block)[-MEMORY:]
        return True

    def _read(self, length: int) -> bytes:
        data = os.pread(self._descriptor, length, self.at) if length > 0 else b""
        self.bytes_read += len(data)
        return data

    def _lines(self, block: bytes) -> None:
        if not _is_text(block):
            self._one_by_one(block)
            return
        found = _LINE.findall(block)
        lengths = list(map(len, block.splitlines(keepends=True)))
        if len(found) != len(lengths):
            # Some line is of another kind, or holds a carriage return, at which it was cut as well.
            self._one_by_one(block)
            return
        names, ends, durations, successes = zip(*found, strict=True)
        offsets = accumulate(lengths, initial=self.at)
        rows = zip(map(float, ends), offsets, map(float, durations), map(_SUCCESS.__eq__, successes), strict=False)
        add = {name: self.rows.setdefault(redact_name(name.decode()), []).append for name in set(names)}
        for name, row in zip(names, rows, strict=False):
            add[name](row)

    def _one_by_one(self, block: bytes) -> None:
        offset = self.at
        for line in block.split(b"\n")[:-1]:
            fields = _fields(line)
            if fields is not None:
                operation, end, duration, success = fields
                self.rows.setdefault(operation, []).append((end, offset, duration, success))
            elif line.strip():
                self.corrupt.append(offset)
            offset += len(line) + 1


def _fields(line: bytes) -> tuple[str, float, float, bool] | None:
    match = _LINE.fullmatch(line + b"\n") if line.isascii() else None
    if match is None:
        return scan(line)
    name, end, duration, success = match.groups()
    return redact_name(name.decode()), float(end), float(duration), success == _SUCCESS


def _is_text(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def line_at(descriptor: int, offset: int, length: int = 512) -> bytes:
    """Read one line, without its end; empty when it has none within `MAX_LINE` bytes.

    Args:
        descriptor: the open file.
        offset: where the line starts.
        length: how long it may well be.
    """
    while True:
        data = os.pread(descriptor, length, offset)
        end = data.find(b"\n")
        if end >= 0:
            return data[:end]
        if len(data) < length or length >= MAX_LINE:
            return b""
        length *= 8
