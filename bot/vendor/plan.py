"""What is to be done with each file, by what is there, what we put there, and what we would put there now. Pure.

Rules:
1. What is not ours is never touched: a first copy is refused when anything else lies where it would go.
2. What was edited stays. When we changed the same file, ours is laid beside it as `name.new`.
3. What we no longer have goes, unless it was edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Deed(StrEnum):
    """What becomes of a file."""

    SAME = "same"
    """It is there as it should be."""
    ADD = "add"
    UPDATE = "update"
    REMOVE = "remove"
    KEEP = "keep"
    """It was edited; we changed nothing in it, or have it no more."""
    CONFLICT = "conflict"
    """It was edited, and we changed it, too."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file.

    Attributes:
        path: Below the bot's folder, with slashes.
        deed: What is to be done.
    """

    path: str
    deed: Deed


def plan(ours: Mapping[str, str], stamped: Mapping[str, str], there: Mapping[str, str]) -> list[Step]:
    """Compare.

    Args:
        ours: The files we have now: path and hash.
        stamped: Those that we put there the last time; none for a first copy.
        there: What lies at any of these paths.

    Returns:
        One step for each path of ours and of the last time, in order.
    """
    return [Step(path, _deed(ours.get(path), stamped.get(path), there.get(path))) for path in sorted({*ours, *stamped})]


def _deed(ours: str | None, stamped: str | None, there: str | None) -> Deed:
    if ours is None:
        if there is None:
            return Deed.SAME
        return Deed.REMOVE if there == stamped else Deed.KEEP
    if there is None:
        return Deed.ADD
    if there == ours:
        return Deed.SAME
    if there == stamped:
        return Deed.UPDATE
    return Deed.KEEP if ours == stamped else Deed.CONFLICT


def in_the_way(ours: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return the paths where something else lies that a first copy would have to overwrite."""
    return sorted(path for path, found in there.items() if path in ours and found != ours[path])
