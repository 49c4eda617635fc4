"""From what sizes on the engine does what; a test with a small file takes smaller ones."""

from __future__ import annotations

from typing import NamedTuple


class Sizes(NamedTuple):
    """Bytes of the file, but for the last."""

    piece: int = 2**22
    """Loaded at a time: some 20,000 lines, a few hundredths of a second."""
    at_once: int = 2**24
    """Simply read by the first question, without leaving a gap: a tenth of a second or two."""
    checkpoint: int = 2**20
    """A shorter file gets no checkpoint: it is read as quickly."""
    unsaved: int = 2**23
    """Grown by so much since the last checkpoint, and by a part of itself, it gets a new one in the background."""
    unsaved_at_close: int = 2**20
    """Grown by so much, it gets a new one at the end."""
    looks: int = 500
    """Entries that may come in before it is looked whether the memory limit is kept."""


NORMAL = Sizes()
