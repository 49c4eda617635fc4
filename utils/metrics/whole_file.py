"""Files that are written whole or not at all, for the small books that a program keeps."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes, *, mode: int | None = None, like: Path | None = None) -> None:
    """Put a file's new content in place of the old; when this returns, it survives a crash.

    Temporary file, fsync, rename, fsync of the folder. It blocks; callers in an event loop use a thread.

    Args:
        path: The file; missing folders are made.
        content: All of it.
        mode: The file's mode; by default its owner alone may read and write it.
        like: A file whose mode, and owner as far as that is allowed, the new one gets instead, if there is such a file.

    Raises:
        OSError: It could not be written; the file is as it was.
    """
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=folder)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            _dress(file.fileno(), mode, like)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)  # noqa: PTH105 - the name is a str from mkstemp
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - as above
        raise
    _sync_folder(folder)


def _dress(handle: int, mode: int | None, like: Path | None) -> None:
    with contextlib.suppress(FileNotFoundError):
        if like is not None:
            found = like.stat()
            mode = stat.S_IMODE(found.st_mode)
            with contextlib.suppress(PermissionError):
                os.fchown(handle, found.st_uid, found.st_gid)
    if mode is not None:
        os.fchmod(handle, mode)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows can't open a folder, and renames durably without
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
