"""Replaces the file by one without some of its lines, while others append to it.

How no line is lost: the most of the file is copied without disturbing anyone, by the kernel where it can. Then the
file's lock is taken, which every writer holds while it writes; what was appended meanwhile is copied as it is; the copy
is made safe on the disk and takes the file's name; the lock is given back. A writer that waited for it finds that the
path leads elsewhere, and opens anew.

A second cleanup at the same time waits its turn: the copy has one name, and is locked while it is written. A copy that
a crash left behind is overwritten by the next cleanup.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from utils.metrics.appender import FILE_MODE, leads_to, locked, unlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_TURN_WAIT = 30.0
_WRITERS_WAIT = 10.0
_BLOCK = 2**20
_STEP = 2**26
_OTHER_WAY = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSOCK}
"""The kernel can't copy between these two by itself."""


class Rewrite:
    """A rewriting under way; see `rewriting`."""

    def __init__(self, path: Path, source: int, copy_path: Path, copy: int) -> None:
        self._path = path
        self._source = source
        self._copy_path = copy_path
        self._copy = copy
        # Up to here the source is copied, or left out.
        self._at = 0

    def expect(self, descriptor: int) -> None:
        """Raise an OSError when the open file is not the one to be replaced."""
        if not os.path.samestat(os.fstat(self._source), os.fstat(descriptor)):
            raise _replaced()

    def copy_without(self, unwanted: Sequence[tuple[int, int]], size: int) -> None:
        """Copy the file's first `size` bytes, and make the copy safe on the disk.

        Args:
            unwanted: start and stop of the stretches to leave out, in their order in the file.
            size: bytes of the file that `unwanted` speaks of; what comes after stays, and is copied later.

        Raises:
            OSError: it could not be done.
        """
        state = os.fstat(self._source)
        os.fchmod(self._copy, state.st_mode & 0o7777)
        with suppress(PermissionError):
            os.fchown(self._copy, state.st_uid, state.st_gid)
        for start, stop in unwanted:
            self._copy_up_to(start)
            self._at = stop
        self._copy_up_to(size)
        os.fsync(self._copy)

    @contextmanager
    def keeping_writers_out(self) -> Iterator[None]:
        """Copy what was appended since, and keep others from appending until the copy has taken the file's place.

        Raises:
            OSError: it can't be; the file is as it was.
        """
        with locked(self._source, _WRITERS_WAIT) as held:
            if not held:
                raise OSError(errno.ENOLCK, "the file system has no locks, so lines could be lost")
            if not leads_to(self._path, self._source):
                raise _replaced()
            self._copy_up_to(os.fstat(self._source).st_size)
            os.fsync(self._copy)
            yield

    def replace(self) -> int:
        """Put the copy in the file's place.

        Returns:
            A descriptor of the new file, the caller's to close.

        Raises:
            OSError: it can't be; the file is as it was.
        """
        descriptor = os.dup(self._copy)
        try:
            self._copy_path.replace(self._path)
        except OSError:
            os.close(descriptor)
            raise
        # It is the writers' file now.
        unlock(self._copy)
        return descriptor

    def _copy_up_to(self, end: int) -> None:
        while self._at < end:
            copied = _copy(self._source, self._copy, self._at, min(_STEP, end - self._at))
            if not copied:
                raise OSError(errno.ESTALE, "the file became shorter meanwhile; try again")
            self._at += copied

    def sync_folder(self) -> None:
        """Make the file's new name outlive a power cut; some file systems know no such thing."""
        with suppress(OSError):
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _copy(source: int, target: int, offset: int, length: int) -> int:
    """Copy bytes from an offset to where the target stands; return how many, 0 at the source's end."""
    with _unless_impossible():
        # Within the kernel, and where the file system can share blocks nothing is copied at all.
        if copied := os.copy_file_range(source, target, length, offset):
            return copied
    with _unless_impossible():
        if copied := os.sendfile(target, source, offset, length):
            return copied
    block = os.pread(source, min(_BLOCK, length), offset)
    view = memoryview(block)
    while view:
        view = view[os.write(target, view) :]
    return len(block)


@contextmanager
def _unless_impossible() -> Iterator[None]:
    try:
        yield
    except AttributeError:  # not on this system
        pass
    except OSError as error:
        if error.errno not in _OTHER_WAY:
            raise


def _replaced() -> OSError:
    return OSError(errno.ESTALE, "somebody else replaced the file meanwhile; try again")


@contextmanager
def rewriting(path: Path) -> Iterator[Rewrite | None]:
    """Get the turn to rewrite the file at `path`.

    Args:
        path: the file; a symbolic link is followed, so that what it leads to is replaced and not the link.

    Yields:
        The job; None when there is no file.

    Raises:
        OSError: the folder can't be written, or another cleanup does not end.
    """
    path = path.resolve()
    copy_path = path.with_name(path.name + ".cleanup")
    try:
        source = os.open(path, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        yield None
        return
    try:
        with _own_copy(copy_path) as copy:
            if not leads_to(path, source):
                # Another cleanup replaced it while we waited for our turn.
                replaced, source = source, os.open(path, os.O_RDWR)
                os.close(replaced)
            yield Rewrite(path, source, copy_path, copy)
    finally:
        os.close(source)


@contextmanager
def _own_copy(copy_path: Path) -> Iterator[int]:
    """Hold the file for the copy, empty and locked; it is removed in the end unless it became the file."""
    while True:
        copy = os.open(copy_path, os.O_RDWR | os.O_CREAT, FILE_MODE)
        try:
            with locked(copy, _TURN_WAIT):
                if not leads_to(copy_path, copy):
                    continue  # whom we waited for has made it the file, or removed it
                os.ftruncate(copy, 0)
                try:
                    yield copy
                finally:
                    if leads_to(copy_path, copy):
                        copy_path.unlink()
                return
        finally:
            os.close(copy)
