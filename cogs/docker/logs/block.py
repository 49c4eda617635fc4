"""Lines of a log as a code block that nothing in them can end, and as the text of a file. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from cogs.perf.kit import cut, units
from services.docker.logs import Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.docker.logs import LogLine

ROOM = 3_600
"""UTF-16 units of a block; an embed's description takes 4,096, the words around the block among them."""
WIDTH = 400
"""Units of one line in the chat; on a phone these are ten already."""

_APART = "`\u200b"
"""A back tick that no other can follow, whatever is taken out between them later."""
_FENCE = "```"
_STAMP = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, slots=True)
class Block:
    """A code block.

    Attributes:
        text: With its fences; empty when there are no lines.
        shown: How many lines are in it, the newest.
        whole: Whether all lines are in it, and none is cut.
        marked: Whether lines of the standard error bear a mark.
    """

    text: str
    shown: int
    whole: bool
    marked: bool


def block(lines: Sequence[LogLine], room: int = ROOM) -> Block:
    """Put as many lines into a code block as fit, the newest at its end.

    Where both streams were written to, those of the standard error begin with "! ". The others are not indented to
    match: a phone has no columns to spare.

    Args:
        lines: The newest last.
        room: Units for the block with its fences.
    """
    marked = _is_mix(lines)
    room -= units(f"{_FENCE}\n\n{_FENCE}")
    kept: list[str] = []
    whole = True
    for line in reversed(lines):
        text = _marked(line, marked=marked).replace("`", _APART)
        short = cut(text, WIDTH)
        room -= units(short) + 1
        if room < 0:
            whole = False
            break
        whole = whole and short == text
        kept.append(short)
    if not any(map(str.strip, kept)):
        return Block("", len(kept), whole, marked)
    body = "\n".join(reversed(kept))
    return Block(f"{_FENCE}\n{body}\n{_FENCE}", len(kept), whole, marked)


def file_text(lines: Sequence[LogLine], head: str, most: int) -> bytes:
    """Write lines for a file, each with its time in UTC.

    Args:
        lines: The newest last.
        head: What the file is; its first line.
        most: Bytes that the file may have; older lines are left out, and the second line says how many.
    """
    marked = _is_mix(lines)
    room = most - len(head.encode()) - 200
    kept: list[bytes] = []
    for line in reversed(lines):
        row = f"{_stamp(line.moment)}{_marked(line, marked=marked)}\n".encode(errors="replace")
        room -= len(row)
        if room < 0:
            break
        kept.append(row)
    left = len(lines) - len(kept)
    note = f"({left:,} older lines left out: a file may have {most // 1_000_000} MB)\n" if left else ""
    return f"{head}\n{note}\n".encode() + b"".join(reversed(kept))


def _is_mix(lines: Sequence[LogLine]) -> bool:
    return len({line.aside for line in lines}) > 1


def _marked(line: LogLine, *, marked: bool) -> str:
    text = f"Docker says: {line.text}" if line.source is Source.ENGINE else line.text
    if not marked:
        return text
    return f"! {text}" if line.aside else text


def _stamp(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):{_STAMP}}.{moment.microsecond // 1000:03d}Z " if moment else ""
