"""The one builder of embeds: it knows Discord's limits, which discord.py does not check.

Rules:
1. Lengths are counted in UTF-16 units, see `text`.
2. Text is cut at line ends, and a note says how many lines are missing; a line too long for any room ends in "…".
3. Description first, then the fields in order; fields that find no room any more are counted in the footer.
4. A number and its unit stay on one line, whatever the width of the screen.
5. Discord refuses blank names and values, so they get a zero-width space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import discord

from .text import clean, cut, unbroken, units

FINE = discord.Colour(0x3BA55D)
LOOK = discord.Colour(0xFAA61A)
BAD = discord.Colour(0xED4245)
PLAIN = discord.Colour(0x5865F2)

TITLE = 256
DESCRIPTION = 4096
FIELDS = 25
NAME = 256
VALUE = 1024
FOOTER = 2048
TOTAL = 6000

_BLANK = "\u200b"
# Kept free in the footer for the note on fields left out.
_NOTE = 48


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    value: str
    inline: bool


class Report:
    """An embed in the making; every call returns the report itself.

    Args:
        title: One line, shown without markdown's help; cut at 256.
        colour: FINE, LOOK, BAD or PLAIN; never the only sign of a state.
    """

    def __init__(self, title: str, colour: discord.Colour = PLAIN) -> None:
        self._title = title
        self._colour = colour
        self._lines: list[str] = []
        self._fields: list[_Field] = []
        self._footer = ""
        self._image = ""

    def line(self, text: str = "") -> Self:
        """Add a line (or several, parted by line feeds) to the description; no text adds an empty line."""
        self._lines.extend(clean(text).split("\n"))
        return self

    def field(self, name: str, value: str, *, inline: bool = False) -> Self:
        """Add a field: `name` at most 256, `value` at most 1024 units, longer ones are cut with a note."""
        self._fields.append(_Field(name=name, value=value, inline=inline))
        return self

    def footer(self, text: str) -> Self:
        """Set the small print under the embed. It shows neither markdown nor timestamps."""
        self._footer = text
        return self

    def image(self, filename: str) -> Self:
        """Show a picture under the text: a file of the same message, by its name."""
        self._image = filename
        return self

    def build(self) -> discord.Embed:
        """Make the embed, never over a limit of Discord."""
        title = cut(_shown(self._title), TITLE)
        footer = cut(_shown(self._footer), FOOTER - _NOTE)
        room = TOTAL - units(title) - units(footer) - _NOTE
        lines = unbroken("\n".join(self._lines)).split("\n")
        description = _fit(lines, min(DESCRIPTION, room)) if any(map(str.strip, lines)) else ""
        if not (title or description or self._fields):
            description = "Nothing to show."
        embed = discord.Embed(title=title or None, description=description or None, colour=self._colour)
        if self._image:
            embed.set_image(url=f"attachment://{self._image}")
        room -= units(description)
        left_out = self._add_fields(embed, room)
        if left_out:
            note = f"… {left_out} more {'section' if left_out == 1 else 'sections'} left out"
            footer = f"{footer} · {note}" if footer else note
        if footer:
            embed.set_footer(text=footer)
        return embed

    def _add_fields(self, embed: discord.Embed, room: int) -> int:
        for index, field in enumerate(self._fields):
            name = cut(_shown(field.name), NAME) or _BLANK
            value = _fit(_shown(field.value).split("\n"), VALUE) or _BLANK
            room -= units(name) + units(value)
            if index >= FIELDS or room < 0:
                return len(self._fields) - index
            embed.add_field(name=name, value=value, inline=field.inline)
        return 0


def _shown(text: str) -> str:
    return unbroken(clean(text).strip())


def _fit(lines: list[str], limit: int) -> str:
    """Join as many lines as `limit` units hold, with a note on the rest."""
    whole = "\n".join(lines)
    if units(whole) <= limit:
        return whole
    used, kept = 0, 0
    for line in lines:
        used += units(line) + 1
        if used + units(_missing(len(lines) - kept - 1)) > limit:
            break
        kept += 1
    if any(line.strip() for line in lines[:kept]):
        return "\n".join([*lines[:kept], _missing(len(lines) - kept)])
    # Not even the first line with a word in it fits: show its beginning rather than nothing.
    first = next(index for index, line in enumerate(lines) if line.strip())
    after = len(lines) - first - 1
    if not after:
        return cut(lines[first], limit)
    note = _missing(after)
    return cut(lines[first], limit - units(note) - 1) + "\n" + note


def _missing(count: int) -> str:
    return f"… {count} more {'line' if count == 1 else 'lines'}"
