"""The index on the disk, beside the file it was made of, so that a start need not read the whole file.

Rules:
- it is never trusted, only compared: every byte of it is under a checksum, and it says of which bytes of the file it
  was made (how many, and a hash of the first and the last of them and of some between; of a file that did not grow
  since, the time of its last change as well). What does not match is passed over, and the file is read;
- it is written beside and renamed, so that it is whole or not there; two writers at a time are one too many, and the
  second leaves it;
- the columns are copied a chunk at a time, so that nobody waits long for the index, and what changes meanwhile other
  than by growing ends the attempt.

Layout: a mark; the columns of every chunk and the folds, bare; a JSON object that tells what lies where; the checksums
of both parts and the object's length.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import sys
import zlib
from array import array
from hashlib import blake2b
from typing import IO, TYPE_CHECKING, Any

from utils.metrics.appender import FILE_MODE, leads_to, locked
from utils.metrics.engine.chunk import Chunk
from utils.metrics.engine.column import Column
from utils.metrics.engine.fold import Summary
from utils.metrics.engine.sketch import Sketch
from utils.metrics.redact import redact_name

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from utils.metrics.engine.index import Index
    from utils.metrics.engine.store import Store

MARK = b"ddc-perf index 2\n"
"""What a checkpoint begins with; the number changes with the layout."""
_FOOT = struct.Struct("<IIQ")
_PROOF = 4_096
_SAMPLES = 16
_SAMPLE = 256
_BUFFER = 2**20
_logger = logging.getLogger(__name__)
_NATURE = f"{sys.byteorder} {array('I').itemsize} {array('d').itemsize}"


def path_of(path: Path) -> Path:
    """Return where the checkpoint of a file lies."""
    return path.with_name(f"{path.stem}.index")


def prove(descriptor: int, size: int) -> str:
    """Return a hash of parts of the file's first `size` bytes."""
    digest = blake2b(digest_size=16)
    places = [(0, _PROOF), (max(0, size - _PROOF), _PROOF)]
    places += [(size * number // (_SAMPLES + 1), _SAMPLE) for number in range(1, _SAMPLES + 1)]
    for offset, length in places:
        digest.update(os.pread(descriptor, min(length, size - offset), offset))
    return digest.hexdigest()


# Writing


def write(index: Index, lock: threading.Lock, path: Path) -> bool:
    """Write a checkpoint of all that is in the index now.

    Args:
        index: the index.
        lock: guards it; it is not held for long.
        path: the file of the measurements.

    Returns:
        False when there was none to write, somebody else wrote one, or too much changed meanwhile.

    Raises:
        OSError: the disk refuses.
    """
    with lock:
        if index.gaps or index.mid_line or index.size < index.sizes.checkpoint:
            return False
        snapshot = _Snapshot(index)
        # After its proof: a file that was cut and grew again unseen is not the one that the index knows.
        if not index.stands():
            return False
    target = path_of(path.resolve())
    part = target.with_name(f"{target.name}.part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        with locked(descriptor, 0.0):
            if not leads_to(part, descriptor):
                return False
            os.ftruncate(descriptor, 0)
            if snapshot.write(_Writer(descriptor), lock):
                part.replace(target)
            else:
                part.unlink()
                return False
    except TimeoutError:
        return False
    finally:
        os.close(descriptor)
    with lock:
        if index.generation == snapshot.generation:
            index.saved = snapshot.size
    return True


class _Writer:
    """Writes, and sums up what it wrote."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._parts: list[bytes] = []
        self._length = 0
        self.checksum = 0

    def put(self, data: bytes | bytearray) -> None:
        self.checksum = zlib.crc32(data, self.checksum)
        self._parts.append(bytes(data))
        self._length += len(data)
        if self._length >= _BUFFER:
            self.flush()

    def flush(self) -> None:
        rest = memoryview(b"".join(self._parts))
        self._parts, self._length = [], 0
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


class _Snapshot:
    """What the index held at one moment; growing columns are remembered by their lengths."""

    def __init__(self, index: Index) -> None:
        state = os.fstat(index.descriptor)
        store = index.store
        self.size = index.size
        self.generation = index.generation
        self._corrupt = store.corrupt[:]
        self._chunks = [
            (name, [(chunk, len(chunk), chunk.version) for chunk in column.chunks])
            for name, column in store.columns.items()
        ]
        self._folds = [(fold, fold.first, fold.last, list(fold.summaries.items())) for fold in store.folds.all]
        self._head = {
            "nature": _NATURE,
            "size": self.size,
            "length": state.st_size,
            "changed": state.st_mtime_ns,
            "proof": prove(index.descriptor, self.size),
            "limit": store.limit,
            "newest": store.newest,
            "corrupt": len(self._corrupt),
        }

    def write(self, writer: _Writer, lock: threading.Lock) -> bool:
        """Write all; False when something changed that must not."""
        writer.put(MARK)
        writer.put(self._corrupt.tobytes())
        columns = []
        for name, chunks in self._chunks:
            heads = []
            for chunk, count, version in chunks:
                with lock:
                    if chunk.version != version:
                        return False
                    told, parts = chunk.saved(count)
                for data in parts:
                    writer.put(data)
                heads.append(told)
            columns.append([name, heads])
        folds = [
            [fold.start, fold.stop, first, last, [[name, *_put(summary, writer)] for name, summary in summaries]]
            for fold, first, last, summaries in self._folds
        ]
        body = writer.checksum
        head = json.dumps({**self._head, "columns": columns, "folds": folds}).encode()
        writer.put(head)
        writer.put(_FOOT.pack(body, zlib.crc32(head), len(head)))
        writer.flush()
        return True


def _put(summary: Summary, writer: _Writer) -> list[Any]:
    sketch, slowest = summary.sketch, summary.slowest
    for part in (sketch.bins, sketch.counts, *slowest):
        writer.put(part.tobytes())
    numbers = [summary.calls, summary.failed, summary.total, summary.least, summary.most]
    return [*numbers, len(sketch.bins), len(slowest[0])]


# Reading


def read(path: Path, descriptor: int, end: int, store: Store) -> int:
    """Read the checkpoint of a file.

    Args:
        path: the file of the measurements.
        descriptor: the same, open.
        end: bytes of it that may be looked at.
        store: what it is read into; empty, and empty again when it comes to nothing.

    Returns:
        How many of the file's bytes are in the store now; 0 when there is no checkpoint, or it is damaged, or does not
        match the file.
    """
    try:
        with path_of(path.resolve()).open("rb", buffering=_BUFFER // 4) as file:
            found = _head(file)
            if found is not None and _matches(found[0], descriptor, end, store.limit):
                head, checksum, length = found
                if _body(file, head, store) == (checksum, length):
                    return int(head["size"])
    except FileNotFoundError:
        return 0
    except Exception:
        # Whatever is strange about it, the file itself is there to be read.
        _logger.warning("The checkpoint beside %s can't be read; the file is read instead.", path, exc_info=True)
    store.clear()
    return 0


def _head(file: IO[bytes]) -> tuple[dict[str, Any], int, int] | None:
    """Return the object, the checksum that the rest must have, and how long the rest is; None when it is damaged."""
    length = file.seek(0, os.SEEK_END)
    if length < len(MARK) + _FOOT.size:
        return None
    file.seek(length - _FOOT.size)
    body, own, head_length = _FOOT.unpack(file.read(_FOOT.size))
    start = length - _FOOT.size - head_length
    if start < len(MARK):
        return None
    file.seek(start)
    head = file.read(head_length)
    file.seek(0)
    if zlib.crc32(head) != own or file.read(len(MARK)) != MARK:
        return None
    return json.loads(head), body, start


def _matches(head: dict[str, Any], descriptor: int, end: int, limit: int | None) -> bool:
    state = os.fstat(descriptor)
    same_length = head["length"] == state.st_size
    return bool(
        head["nature"] == _NATURE
        and head["size"] <= end
        and (not same_length or head["changed"] == state.st_mtime_ns)
        and (not head["folds"] or head["limit"] == limit)
        # One of a program that did not know what is secret: two of its names may be one now.
        and all(name == redact_name(name) for name in _names(head))
        and head["proof"] == prove(descriptor, head["size"])
    )


def _names(head: dict[str, Any]) -> Iterator[str]:
    """Yield the operations that a checkpoint has entries of."""
    for column in head["columns"]:
        yield column[0]
    for fold in head["folds"]:
        for summary in fold[-1]:
            yield summary[0]


class _Reader:
    """Reads bare columns, and sums up what it read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.checksum = zlib.crc32(MARK)

    def fill(self, column: array[Any] | bytearray) -> None:
        if column:
            view = memoryview(column).cast("B")
            if self._file.readinto(view) != len(view):  # type: ignore[attr-defined] # a buffered reader has it
                raise OSError("the checkpoint became shorter meanwhile")
            self.checksum = zlib.crc32(view, self.checksum)

    def column(self, kind: str, count: int) -> array[Any]:
        made = array(kind, (0,)) * count
        self.fill(made)
        return made


def _body(file: IO[bytes], head: dict[str, Any], store: Store) -> tuple[int, int]:
    """Fill the store; return the checksum and the length of what it was filled from."""
    reader = _Reader(file)
    store.corrupt = reader.column("q", head["corrupt"])
    for name, chunks in head["columns"]:
        column = store.columns[name] = Column()
        column.chunks = [Chunk.restored(chunk, reader.fill) for chunk in chunks]
    for start, stop, first, last, summaries in head["folds"]:
        store.folds.restore(start, stop, first, last, {name: _summary(numbers, reader) for name, *numbers in summaries})
    store.newest, store.untidy = head["newest"], True
    store.count()
    return reader.checksum, file.tell()


def _summary(numbers: list[Any], reader: _Reader) -> Summary:
    calls, failed, total, least, most, bins, slow = numbers
    sketch = Sketch(reader.column("i", bins), reader.column("I", bins))
    slowest = reader.column("d", slow), reader.column("d", slow), reader.column("q", slow)
    return Summary(calls, failed, total, least, most, sketch, slowest)
