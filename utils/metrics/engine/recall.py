"""Remembers the entries that were read back last, so that the same list is not read again at every look."""

from __future__ import annotations

from collections import OrderedDict
from copy import deepcopy
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

from utils.metrics.model import MetricEntry

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ENTRIES = 512
MAX_BYTES = 2**20
"""Bytes of lines, at most."""
# An entry is frozen; a copy made by its own __init__ takes three times as long, and a list is fifty of them.
_NAMES = tuple(field.name for field in fields(MetricEntry) if field.name not in ("metadata", "extra"))
_SETTERS = tuple(getattr(MetricEntry, name).__set__ for name in _NAMES)
_set_metadata = MetricEntry.metadata.__set__  # type: ignore[attr-defined, misc] # a slot
_set_extra = MetricEntry.extra.__set__  # type: ignore[attr-defined, misc] # as above
_new = object.__new__


class _Known(NamedTuple):
    values: tuple[Any, ...]
    metadata: dict[str, Any]
    extra: dict[str, Any]
    copy: Callable[[dict[str, Any]], dict[str, Any]]
    length: int


class Recall:
    """Entries by the offset of their line; the least recently used go first. Not for two threads at once."""

    def __init__(self) -> None:
        self._entries: OrderedDict[int, _Known] = OrderedDict()
        self._bytes = 0

    def get(self, offset: int) -> MetricEntry | None:
        """Return an entry that shares no dict or list with what is remembered; None when it is not."""
        known = self._entries.get(offset)
        if known is None:
            return None
        self._entries.move_to_end(offset)
        values, metadata, extra, copy, _ = known
        made = _new(MetricEntry)
        for put, value in zip(_SETTERS, values, strict=True):
            put(made, value)
        _set_metadata(made, copy(metadata))
        _set_extra(made, copy(extra))
        return made

    def put(self, offset: int, entry: MetricEntry, length: int) -> None:
        """Remember an entry whose line has so many bytes."""
        while self._entries and (len(self._entries) >= MAX_ENTRIES or self._bytes + length > MAX_BYTES):
            self._bytes -= self._entries.popitem(last=False)[1].length
        values = (*entry.metadata.values(), *entry.extra.values())
        copy = deepcopy if any(isinstance(value, (dict, list)) for value in values) else dict.copy
        self._entries[offset] = _Known(
            tuple(getattr(entry, name) for name in _NAMES), copy(entry.metadata), copy(entry.extra), copy, length
        )
        self._bytes += length

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()
        self._bytes = 0
