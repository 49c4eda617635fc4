"""Appends lines to a file that others append to as well, and that a cleanup may replace at any moment.

Rules, which all writers of the file keep to:
- the file is opened with O_APPEND, and a batch is one ``write``;
- meanwhile the writer holds an exclusive ``flock`` on the very file, and has looked, holding it, that the path still
  leads there. Whoever replaces the file holds the same lock, so no line can go into a file that is already replaced;
- a last line that somebody's death left without its end is given one first: it must not swallow the next;
- of a batch that only went out in part (a full disk) the piece of a line at its end is taken back.

A reader takes no lock: it trusts what lies before the last line end.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_MODE = 0o640
"""For a new file, less the umask: the owner writes, the group reads."""
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
_REPLACED_TRIES = 20


@contextmanager
def locked(descriptor: int, timeout: float) -> Iterator[bool]:
    """Hold the lock on an open file.

    Args:
        descriptor: the file.
        timeout: seconds to wait for others.

    Yields:
        True with the lock held; False where the file system has no such locks.

    Raises:
        TimeoutError: another held it all the while.
    """
    deadline = time.monotonic() + timeout
    while (held := _try_lock(descriptor)) is None:
        if time.monotonic() >= deadline:
            raise TimeoutError(errno.ETIMEDOUT, "another process holds the lock of the metrics file")
        time.sleep(0.001)
    try:
        yield held
    finally:
        if held:
            unlock(descriptor)


def _try_lock(descriptor: int) -> bool | None:
    """Return True with the lock, None when another has it, False where there are no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise
    return True


def unlock(descriptor: int) -> None:
    """Give the lock back, if it is held."""
    # Said outright, not left to close: after a fork the lock lives as long as any copy of the descriptor.
    fcntl.flock(descriptor, fcntl.LOCK_UN)


def leads_to(path: Path, descriptor: int) -> bool:
    """Say whether `path` is the open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


class Appender:
    """Writes batches of lines to the end of `path`; not for two threads at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._identity = (0, 0)
        # The file's size after our last write, which left it with a whole line at its end.
        self._whole_size = -1

    def append(self, lines: bytes, timeout: float) -> int:
        """Write lines.

        Args:
            lines: one or more, each with its line end.
            timeout: seconds to wait for another process that holds the file.

        Returns:
            How many bytes of them are in the file: all, or some whole lines when the disk took only part.

        Raises:
            OSError: nothing was written.
        """
        for _ in range(_REPLACED_TRIES):
            descriptor = self._open()
            with locked(descriptor, timeout):
                size = self._size()
                if size is not None:
                    return self._write(descriptor, size, lines)
            self.close()
        raise OSError(errno.ESTALE, "the metrics file is replaced again and again")

    def _open(self) -> int:
        if self._descriptor < 0:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            except FileExistsError as error:
                # What mkdir means: something else stands there.
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), error.filename) from error
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, FILE_MODE)
            state = os.fstat(self._descriptor)
            self._identity, self._whole_size = (state.st_dev, state.st_ino), -1
        return self._descriptor

    def _size(self) -> int | None:
        """Return the size of the file that the path leads to; None when that is not the open one."""
        # One call for both, and none that is not needed: each lets go of the interpreter's lock, and may wait for it.
        try:
            state = os.stat(self._path)  # noqa: PTH116 - as above: Path.stat() costs twice as much
        except OSError:
            return None
        return state.st_size if (state.st_dev, state.st_ino) == self._identity else None

    def _write(self, descriptor: int, size: int, lines: bytes) -> int:
        torn = 0 < size != self._whole_size and os.pread(descriptor, 1, size - 1) != b"\n"
        data = b"\n" + lines if torn else lines
        written = os.write(descriptor, data)
        end = data.rfind(b"\n", 0, written) + 1
        if end < written and os.fstat(descriptor).st_size == size + written:
            os.ftruncate(descriptor, size + end)
        self._whole_size = size + end
        if end <= torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return end - torn

    def close(self) -> None:
        """Give the file back; the next append opens it again."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)
