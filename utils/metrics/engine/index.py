"""Follows the file: what was in it is brought in once, and after that only what was appended.

Rules:
- a checkpoint that matches the file stands for the part of the file it was made of;
- of much that is new the newest is read at once and the rest is left as a gap, to be filled from its end; meanwhile
  answers rest on what is there, and `state` says so;
- the file is read anew from its start when it was replaced, became shorter, or no longer holds what was read last.
  What is edited in place further back is not noticed before that;
- it is also read anew, and no checkpoint trusted, when somebody found the index in a state that it should not be in.

Not safe for two threads at once: the engine holds a lock. `load` alone needs none.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, NamedTuple

from utils.metrics.codec import decode
from utils.metrics.engine import checkpoint
from utils.metrics.engine.breath import Breath
from utils.metrics.engine.loading import Gap, line_start_before, load
from utils.metrics.engine.recall import Recall
from utils.metrics.engine.scan import MEMORY, Scanner, line_at
from utils.metrics.engine.sizes import NORMAL, Sizes
from utils.metrics.engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from utils.metrics.engine.column import Column
    from utils.metrics.engine.cut import Cut
    from utils.metrics.engine.fold import Fold
    from utils.metrics.model import MetricEntry

_BLOCKS_AT_ONCE = 2


class Claim(NamedTuple):
    """A gap that somebody fills, and the file it is in."""

    gap: Gap
    near: int | None
    generation: int
    descriptor: int


class Index:
    """What is in the file at `path`.

    Args:
        path: the file.
        memory_limit: bytes the index may take; None for as many as it needs.
        sizes: from what sizes on what is done.

    Attributes:
        sizes: as given.
        store: the entries.
        gaps: what is not read yet, oldest first.
        generation: changes when all is begun anew.
        untouched: whether nothing of the newest gap is read yet.
        saved: bytes of the file that the checkpoint on the disk stands for, as far as we know.
        restored: bytes of the file that were not read because a checkpoint stood for them.
    """

    def __init__(self, path: Path, memory_limit: int | None = None, sizes: Sizes = NORMAL) -> None:
        self._path = path
        self.sizes = sizes
        self._limit = memory_limit
        self._descriptor = -1
        self._outdated: list[int] = []
        self._recall = Recall()
        self._bytes_read = 0
        self.generation = 0
        self._forget()

    def anew(self) -> Index:
        """Return one that knows nothing yet."""
        return Index(self._path, self._limit, self.sizes)

    def _forget(self) -> None:
        self.generation += 1
        self.store = Store(self._read_fold, self._limit, self.sizes.looks)
        self.gaps: list[Gap] = []
        self.untouched = False
        self.saved = self.restored = 0
        self.oldest_new = math.inf
        self._mending = False
        self._scanner = Scanner(self._descriptor, 0)
        self._seen: tuple[int, int] | None = None
        self._recall.clear()

    def begin_anew(self) -> None:
        """Forget all that is known, for something in it is wrong, and trust nothing but the file for it."""
        self._forget()
        self._mending = True

    def __len__(self) -> int:
        return len(self.store)

    # Following

    def refresh(self, limit: int | None = None) -> None:
        """Read what is new.

        Args:
            limit: bytes of the file to look at; None for all there are.

        Raises:
            OSError: the file is there and can't be read.
        """
        if not self._find():
            return
        state = os.fstat(self._descriptor)
        if (state.st_size, state.st_mtime_ns) == self._seen:
            return
        if not self.stands():
            self._forget()
        end = state.st_size if limit is None else min(limit, state.st_size)
        if not self.size:
            self._from_checkpoint(end)
        if end - self.size > self.sizes.at_once:
            self._leave_gap(end)
        self._read_on(end)
        if end == state.st_size:
            self._seen = (state.st_size, state.st_mtime_ns)

    def _find(self) -> bool:
        """Open the file that the path leads to now; False when there is none."""
        try:
            state = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self.close()
            return False
        if self._descriptor >= 0 and os.path.samestat(state, os.fstat(self._descriptor)):
            return True
        self._go_over(os.open(self._path, os.O_RDONLY))
        return True

    def stands(self) -> bool:
        """Say whether the file still holds what was read last.

        Raises:
            OSError: it can't be read.
        """
        # Of a file that became shorter, less than the remembered bytes come back.
        tail = self._scanner.tail
        return self._read(self.size - len(tail), len(tail)) == tail

    def _read(self, offset: int, length: int) -> bytes:
        data = os.pread(self._descriptor, length, offset) if length else b""
        self._bytes_read += len(data)
        return data

    def _from_checkpoint(self, end: int) -> None:
        if end < self.sizes.checkpoint or self._mending:
            return
        size = checkpoint.read(self._path, self._descriptor, end, self.store)
        if size:
            self.saved = self.restored = size
            self._go_to(size)

    def _go_to(self, offset: int) -> None:
        self._bytes_read += self._scanner.bytes_read
        self._scanner = Scanner(self._descriptor, offset)
        length = min(MEMORY, offset)
        self._scanner.tail = self._read(offset - length, length)

    def _leave_gap(self, end: int) -> None:
        start = line_start_before(self._descriptor, end, self.size)
        if start > self.size:
            self.gaps.append(Gap(self.size, start, self._scanner.mid_line))
            self.untouched = True
            self._go_to(start)

    def _read_on(self, end: int) -> None:
        blocks, breathe = 0, Breath()
        while self._scanner.step(end):
            blocks += 1
            breathe()
            if not blocks % _BLOCKS_AT_ONCE:
                self._take()
        self._take()

    def _take(self) -> None:
        rows, corrupt = self._scanner.take()
        if rows or corrupt:
            self.store.take(rows, corrupt)
            self.oldest_new = min(self.oldest_new, *(found[0][0] for found in rows.values()), math.inf)

    # Filling gaps

    def claim(self) -> Claim | None:
        """Return what is to be loaded next, with a descriptor that is the caller's to close; None when all is there."""
        if not self.gaps or self._descriptor < 0:
            return None
        return Claim(self.gaps[-1], self.store.near, self.generation, os.dup(self._descriptor))

    def load(self, claim: Claim, breathe: Callable[[], None]) -> tuple[int, Store]:
        """Read the last piece of a claimed gap; needs no lock. See `loading.load`."""
        return load(claim.descriptor, claim.gap, self.sizes.piece, claim.near, breathe)

    def merge(self, claim: Claim, begin: int, piece: Store) -> None:
        """Take over a piece, unless all was begun anew since it was claimed."""
        if claim.generation != self.generation:
            return
        at = self.gaps.index(claim.gap)
        self.gaps[at : at + 1] = [] if begin == claim.gap.start else [claim.gap._replace(stop=begin)]
        self.untouched = False
        self.store.absorb(piece)

    @property
    def state(self) -> str:
        """``ready``, ``loading 43 %``, or ``rebuilding 43 %`` after `begin_anew`."""
        if not self.gaps:
            return "ready"
        missing = sum(gap.stop - gap.start for gap in self.gaps)
        return f"{'rebuilding' if self._mending else 'loading'} {100 - math.ceil(100 * missing / self.size)} %"

    # Reading back

    def entry(self, offset: int) -> MetricEntry | None:
        """Read an entry back; None when somebody changed the file under it."""
        entry = self._recall.get(offset)
        if entry is None:
            line = line_at(self._descriptor, offset)
            entry = decode(line)
            if entry is not None:
                self._recall.put(offset, entry, len(line))
        return entry

    def _read_fold(self, fold: Fold) -> dict[str, Column]:
        return fold.stretch.read(self._descriptor, self.size)

    # The rest

    def replaced(self, descriptor: int, cut: Cut) -> None:
        """Go over to the file that a cleanup put in this one's place.

        Args:
            descriptor: the new file; it belongs to the index from now on.
            cut: what was left out in it.
        """
        if cut.generation != self.generation or self.oldest_new < cut.cutoff:
            # Much happened meanwhile, or what came in should have gone as well but is still there.
            self._go_over(descriptor)
            return
        mid_line, size = self._scanner.mid_line, cut.new_offset(self.size)
        try:
            self.store.leave_out(cut.cutoff)
            self.store.move(cut.new_offset, cut.whole_from, cut.bytes_freed)
        except OSError:
            self._go_over(descriptor)
            return
        self._outdated.append(self._descriptor)
        self._descriptor = descriptor
        try:
            self._go_to(size)
        except OSError:
            self._forget()
            return
        self._scanner.mid_line = mid_line
        self.gaps = [gap._replace(start=cut.new_offset(gap.start), stop=cut.new_offset(gap.stop)) for gap in self.gaps]
        self.generation += 1
        self.saved = 0
        self._seen = None
        self._recall.clear()

    def _go_over(self, descriptor: int) -> None:
        """Begin anew with another file."""
        if self._descriptor >= 0:
            self._outdated.append(self._descriptor)
        self._descriptor = descriptor
        self._forget()

    @property
    def has_outdated(self) -> bool:
        """Whether `outdated` would return any."""
        return bool(self._outdated)

    def outdated(self) -> list[int]:
        """Return descriptors of files that were replaced, for the caller to close.

        The last one to close such a file may wait for the disk to give back its room.
        """
        outdated, self._outdated = self._outdated, []
        return outdated

    @property
    def size(self) -> int:
        """Bytes of the file that are looked at, gaps included."""
        return self._scanner.at

    @property
    def mid_line(self) -> bool:
        """Whether the last line is too long to be one, and has no end yet."""
        return self._scanner.mid_line

    @property
    def bytes_read(self) -> int:
        """Bytes read from the file by `refresh` since the start."""
        return self._bytes_read + self._scanner.bytes_read

    @property
    def descriptor(self) -> int:
        """The open file; -1 when there is none."""
        return self._descriptor

    def close(self) -> None:
        """Give the file back, and forget it."""
        self._go_over(-1)
        for descriptor in self.outdated():
            os.close(descriptor)
