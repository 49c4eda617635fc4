"""Changes the settings file, so that nothing else in it changes and nothing is ever lost.

Rules:
1. What is saved is checked first, with all the rest of the file. A file that can't be read is never written over.
2. Keys that we don't know, the order of keys, the file's mode and its owner stay.
3. A save is whole or not at all, and the content before it stays as `config.json.bak`.
4. Two programs that save take turns, by a lock on the folder. Whoever takes no lock, as an editor, is noticed by the
   file's stamp; then the save starts anew from what they wrote.
5. A file that is mounted by itself into a container can't be renamed over. It is written in place, after its backup.

Everything here blocks; callers in an event loop use a thread.
"""

from __future__ import annotations

import copy
import errno
import fcntl
import json
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from utils.metrics.whole_file import write_whole

from .errors import SettingsError
from .reading import check, known_keys, parse, put, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PATIENCE = 5.0
"""Seconds to wait for another program's save, and to try again when someone else writes."""
_PAUSE = 0.05
_OURS_ALONE = 0o600

Stamp = tuple[int, int, int]


def stamp(path: Path) -> Stamp | None:
    """What tells whether a file is still the same: time of its last change (ns), size, inode. None for no file.

    Raises:
        OSError: It can't be looked at.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def save(path: Path, changes: Mapping[str, object], *, patience: float = PATIENCE) -> None:
    """Change some keys of the settings file; it is made when there is none.

    Args:
        path: The file.
        changes: Dotted key, as in ``docker.alerts.channel_id``, and its new value, as it would stand in JSON.
        patience: Seconds to wait for others that write.

    Raises:
        SettingsError: The changes or the file are wrong, or it can't be written. The file is as it was.
    """
    path = path.resolve()  # what a link points at is written, and the link stays
    if strange := sorted(set(changes) - known_keys()):
        raise SettingsError([f"There is no setting `{key}`. config.example.json has them all." for key in strange])
    until = time.monotonic() + patience
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _turn(path, until):
            while not _try_to_save(path, changes):
                if time.monotonic() > until:
                    raise SettingsError([f"{path} is being written by another program all the time. Try again later."])
                time.sleep(_PAUSE)
    except OSError as error:
        told = f"{path} can't be written: {error.strerror or error}. Let the bot's user write to it and its folder "
        raise SettingsError([f"{told}{path.parent}, or make room on the disk."]) from error


def _try_to_save(path: Path, changes: Mapping[str, object]) -> bool:
    """Save, unless someone changed the file meanwhile."""
    before = stamp(path)
    content = read(path)
    raw = parse(content, path)
    check(copy.deepcopy(raw), path, {})  # else a change could take the place of something that is wrong
    for dotted, value in changes.items():
        put(raw, tuple(dotted.split(".")), value)
    new = _text(raw)
    check(raw, path, {})
    if new == content:
        return True
    if content is not None:
        # Before the last look at the stamp: what comes after that look should be short.
        write_whole(path.with_name(f"{path.name}.bak"), content, mode=_OURS_ALONE, like=path)
    if stamp(path) != before:
        return False
    try:
        write_whole(path, new, mode=_OURS_ALONE, like=path)
    except OSError as error:
        if error.errno != errno.EBUSY or content is None:
            raise
        path.write_bytes(new)
    return True


def _text(raw: dict[str, Any]) -> bytes:
    try:
        return f"{json.dumps(raw, indent=2, ensure_ascii=False)}\n".encode()
    except UnicodeEncodeError:  # half a pair of surrogates, which JSON may hold as an escape alone
        return f"{json.dumps(raw, indent=2)}\n".encode()


@contextmanager
def _turn(path: Path, until: float) -> Iterator[None]:
    """Keep other programs of ours from writing in this folder meanwhile."""
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise SettingsError(
                        [f"Another program has been writing {path} for too long. Try again when it has ended."]
                    ) from None
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)
