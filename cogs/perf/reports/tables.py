"""Tables in a code block, narrow enough for a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.metrics.format import columns, in_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLUMNS = 32
_NAME = 8


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Lay out a table that fits a phone: numbers to the right, the names in front cut in their middle."""
    widths = [max(map(columns, column)) for column in zip(heads, *rows, strict=True)]
    widths[0] = min(widths[0], max(_NAME, _COLUMNS - sum(widths[1:]) - len(widths) + 1))
    lines = []
    for first, *numbers in (heads, *rows):
        cells = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
        lines.append(" ".join([in_columns(first, widths[0]), *cells]))
    return "\n".join(lines)
