"""Numbers as people read them: 2 to 3 digits and a unit, the same everywhere.

Pure text: no clock, no locale, no I/O. Every function accepts any number, NaN and infinities too, and never raises
for one.
"""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_BLOCKS = "▁▂▃▄▅▆▇█"
_UNKNOWN = "unknown"
_AS_EMOJI = "\ufe0f"
_MARKS = frozenset({"Mn", "Me", "Cf"})
_SMALL_UNITS = ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s"))
_LARGE_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_SIZES = ("kB", "MB", "GB", "TB", "PB")


def _digits(value: float) -> str:
    """Write a number of at least 0: one decimal below ten (none when it is zero), else whole."""
    if value < 9.95:  # noqa: PLR2004 - where rounding to one decimal would make it ten
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:,.0f}"


def duration(seconds: float) -> str:
    """Write a duration in the unit that suits it.

    Args:
        seconds: how long, in seconds.

    Returns:
        ``320 ms``, ``1.8 s``, ``12 µs``, ``1 min 15 s``, ``2 h 5 min``, ``3 d 4 h``; ``0 s`` for nothing; ``unknown``
        for what is not a number.
    """
    if not math.isfinite(seconds):
        return _UNKNOWN
    sign = "-" if seconds < 0 else ""
    seconds = abs(seconds)
    if round(seconds) >= 60:  # noqa: PLR2004 - a minute
        return sign + _long_duration(round(seconds))
    for index, (factor, unit) in enumerate(_SMALL_UNITS):
        shown = _digits(seconds / factor)
        # 999.7 ms is written as 1 s, not as 1,000 ms.
        if shown != "1,000" and (seconds < factor * 1000 or index == len(_SMALL_UNITS) - 1):
            return "0 s" if shown == "0" else f"{sign}{shown} {unit}"
    return _UNKNOWN  # pragma: no cover - the last unit always answers


def _long_duration(seconds: int) -> str:
    for index, (factor, unit) in enumerate(_LARGE_UNITS[:-1]):
        smaller_factor, smaller_unit = _LARGE_UNITS[index + 1]
        smaller = round(seconds / smaller_factor)
        whole, rest = divmod(smaller, factor // smaller_factor)
        if whole:
            return f"{whole:,} {unit}" + (f" {rest} {smaller_unit}" if rest else "")
    return f"{seconds} s"  # pragma: no cover - the caller gives a minute or more


def count(number: int) -> str:
    """Write a whole number with thousands marked: ``4,812``."""
    return f"{number:,}"


def size(number: int) -> str:
    """Write a number of bytes in decimal units.

    Args:
        number: bytes.

    Returns:
        ``340 B`` below 1,000, then ``12 kB``, ``0.9 MB``, ``1.2 GB``: the next unit from half of it on.
    """
    sign = "-" if number < 0 else ""
    number = abs(number)
    if number < 1000:  # noqa: PLR2004 - below one kB
        return f"{sign}{number} B"
    scale = 1000
    for unit in _SIZES[:-1]:
        if number < 500 * scale:
            return f"{sign}{_digits(number / scale)} {unit}"
        scale *= 1000
    return f"{sign}{_digits(number / scale)} {_SIZES[-1]}"


def percent(fraction: float) -> str:
    """Write a share.

    Args:
        fraction: 0.64 is ``64 %``.

    Returns:
        Whole from ten on, one decimal below; ``<0.1 %`` for a trace and ``>99.9 %`` for nearly all, so that neither
        reads as none or all; ``unknown`` for what is not a number.
    """
    if not math.isfinite(fraction):
        return _UNKNOWN
    sign = "-" if fraction < 0 else ""
    value = abs(fraction) * 100
    if 0 < value < 0.05:  # noqa: PLR2004 - would round to zero
        return f"{sign}<0.1 %"
    if 99.5 <= value < 100:  # noqa: PLR2004 - would round to all
        return f"{sign}>99.9 %" if value > 99.9 else f"{sign}{math.floor(value * 10) / 10:.1f} %"  # noqa: PLR2004
    return f"{sign}{_digits(value)} %"


def cpu_use(value: float) -> str:
    """Write how much of the processors is used.

    Args:
        value: 100.0 is one processor.

    Returns:
        As `percent` does, but 99.97 is ``100 %``: one processor is no limit, so nearly one is rounded like all else.
    """
    return "100 %" if 99.5 <= value < 100 else percent(value / 100)  # noqa: PLR2004 - what `percent` keeps below all


def sparkline(values: Iterable[float | None]) -> str:
    """Draw numbers as blocks on their own scale, lowest to highest.

    Args:
        values: in order. None and what is not finite become a space: a gap is not a low value.

    Returns:
        One character a value; all equal are drawn low.
    """
    points = [value if value is not None and math.isfinite(value) else None for value in values]
    known = [value for value in points if value is not None]
    if not known:
        return " " * len(points)
    low, high = min(known), max(known)
    # Halved first: the span of two huge numbers of different sign may be infinite.
    span = high / 2 - low / 2
    drawn = []
    for value in points:
        if value is None:
            drawn.append(" ")
        elif span <= 0:
            drawn.append(_BLOCKS[0])
        else:
            share = (value / 2 - low / 2) / span
            drawn.append(_BLOCKS[min(len(_BLOCKS) - 1, int(share * len(_BLOCKS)))])
    return "".join(drawn)


def cut_middle(text: str, width: int) -> str:
    """Shorten a name in its middle, where names differ least.

    Args:
        text: the name.
        width: the most characters the answer may have.

    Returns:
        The text itself when it fits, else its start, ``…`` and its end: exactly `width` characters; nothing for a width
        below one.
    """
    if width < 1:
        return ""
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    tail = width - 1 - head
    return f"{text[:head]}…{text[len(text) - tail :]}"


def columns(text: str) -> int:
    """Tell how many columns of a code block or a terminal a text takes.

    Args:
        text: on one line.

    Returns:
        Two for a wide sign (CJK, emoji), none for a mark on the sign before it, one for all else. Emoji joined to one
        are counted each: they may be drawn so.
    """
    return len(text) if text.isascii() else sum(_widths(text))


def in_columns(text: str, width: int) -> str:
    """Shorten a name in its middle as `cut_middle` does, and pad it, so that what comes next stands in its column.

    Args:
        text: the name, on one line.
        width: how many columns the answer takes.

    Returns:
        The text itself when it fits, else its start, ``…`` and its end; then blanks, as many as are missing. A wide
        sign and the marks on a sign stay whole.
    """
    if width < 1:
        return ""
    taken = columns(text)
    if taken <= width:
        return text + " " * (width - taken)
    widths = _widths(text)
    room = width - 1
    head, used = 0, 0
    while used + widths[head] <= room // 2:
        used += widths[head]
        head += 1
    tail = len(text)
    while used + widths[tail - 1] <= room:
        tail -= 1
        used += widths[tail]
    while tail < len(text) and unicodedata.category(text[tail]) in _MARKS:  # on a sign that has gone
        used -= widths[tail]
        tail += 1
    return f"{text[:head]}…{text[tail:]}{' ' * (room - used)}"


def _widths(text: str) -> list[int]:
    """The columns of each sign."""
    widths: list[int] = []
    for sign in text:
        if sign == _AS_EMOJI:  # it makes the narrow sign before it a wide one
            widths.append(1 if widths[-1:] == [1] else 0)
        elif unicodedata.category(sign) in _MARKS:
            widths.append(0)
        else:
            widths.append(2 if unicodedata.east_asian_width(sign) in "WF" else 1)
    return widths
