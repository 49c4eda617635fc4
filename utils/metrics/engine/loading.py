"""Brings what was in the file before we came into the index: in pieces, the newest first.

Rules:
- a piece begins and ends at a line's start, and is read without any lock, into a store of its own;
- between blocks it breathes, so that an event loop in the same process goes on;
- a file that changed meanwhile is no error: the piece is dropped by whoever asked for it.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NamedTuple

from utils.metrics.engine.scan import BLOCK, Scanner
from utils.metrics.engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from utils.metrics.engine.column import Column
    from utils.metrics.engine.fold import Fold

_BLOCKS_AT_ONCE = 2


class Gap(NamedTuple):
    """A stretch of the file that is not in the index yet."""

    start: int
    stop: int
    """The start of a line."""
    mid_line: bool
    """Whether `start` lies within a line that is too long to be one."""


def no_folds(fold: Fold) -> dict[str, Column]:
    """Read nothing: a piece has no folds."""
    raise AssertionError(fold)


def load(descriptor: int, gap: Gap, piece: int, near: int | None, breathe: Callable[[], None]) -> tuple[int, Store]:
    """Read the last piece of a gap.

    Args:
        descriptor: the open file.
        gap: where to read; it holds a line end at its end.
        piece: how many bytes to read, about.
        near: of the store that is to take the piece over.
        breathe: called after every block.

    Returns:
        Where the piece begins, and what is in it.

    Raises:
        OSError: the file can't be read, or became shorter.
    """
    begin = _begin(descriptor, gap, piece)
    scanner = Scanner(descriptor, begin, mid_line=gap.mid_line and begin == gap.start)
    store = Store(no_folds, near=near)
    blocks = 0
    while scanner.at < gap.stop:
        if not scanner.step(gap.stop):
            raise OSError(errno.ESTALE, "the file became shorter meanwhile")
        blocks += 1
        if not blocks % _BLOCKS_AT_ONCE:
            store.take(*scanner.take())
        breathe()
    store.take(*scanner.take())
    return begin, store


def _begin(descriptor: int, gap: Gap, piece: int) -> int:
    """Find the start of a line that lies about a piece before the gap's end."""
    at = gap.stop - piece
    while at > gap.start:
        begin = _line_start_from(descriptor, at, gap.stop)
        if begin < gap.stop:
            return begin
        # One line as long as a piece: it begins further back.
        at -= piece
    return gap.start


def _line_start_from(descriptor: int, at: int, stop: int) -> int:
    """Return the offset after the first line end from `at` on; `stop` when there is none before it."""
    while at < stop:
        block = os.pread(descriptor, min(BLOCK, stop - at), at)
        if not block:
            break
        end = block.find(b"\n")
        if end >= 0:
            return at + end + 1
        at += len(block)
    return stop


def line_start_before(descriptor: int, at: int, least: int) -> int:
    """Return the start of the line that `at` lies in or after, not before `least`, which is taken for one."""
    while at > least:
        start = max(least, at - BLOCK)
        end = os.pread(descriptor, at - start, start).rfind(b"\n")
        if end >= 0:
            return start + end + 1
        at = start
    return least
