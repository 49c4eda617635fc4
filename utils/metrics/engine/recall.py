"""Remembers the entries that were read back last, so that the same list is not read again at every look."""

from __future__ import annotations

from collections import OrderedDict
from copy import deepcopy
from dataclasses import fields
from typing import Any

from utils.metrics.model import MetricEntry

MAX_ENTRIES = 512
MAX_BYTES = 2**20
"""Bytes of lines, at most."""
# An entry is frozen; a copy by its own __init__ takes three times as long, and a list is fifty of them.
_FIELDS = tuple(field.name for field in fields(MetricEntry))
_SETTERS = tuple(getattr(MetricEntry, name).__set__ for name in _FIELDS)


class Recall:
    """Entries by the offset of their line; the least recently used go first. Not for two threads at once."""

    def __init__(self) -> None:
        self._entries: OrderedDict[int, tuple[MetricEntry, int]] = OrderedDict()
        self._bytes = 0

    def get(self, offset: int) -> MetricEntry | None:
        """Return a copy of an entry, or None."""
        found = self._entries.get(offset)
        if found is None:
            return None
        self._entries.move_to_end(offset)
        return copied(found[0])

    def put(self, offset: int, entry: MetricEntry, length: int) -> None:
        """Remember an entry whose line has so many bytes."""
        while self._entries and (len(self._entries) >= MAX_ENTRIES or self._bytes + length > MAX_BYTES):
            self._bytes -= self._entries.popitem(last=False)[1][1]
        self._entries[offset] = copied(entry), length
        self._bytes += length

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()
        self._bytes = 0


def copied(entry: MetricEntry) -> MetricEntry:
    """Return an equal entry that shares no dict or list with it."""
    made = object.__new__(MetricEntry)
    for name, put in zip(_FIELDS, _SETTERS, strict=True):
        value: Any = getattr(entry, name)
        put(made, _apart(value) if type(value) is dict else value)
    return made


def _apart(value: dict[str, Any]) -> dict[str, Any]:
    if any(isinstance(item, (dict, list)) for item in value.values()):
        return deepcopy(value)
    return value.copy()
