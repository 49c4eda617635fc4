"""Tables that fit the terminal: names are cut in their middle, and what can be spared goes when it is too narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from utils.metrics.format import cut_middle

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 2
_SHORTEST = {"name": 12, "wrap": 16}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Args:
        head: Its heading.
        cells: From the first row to the last.
        kind: "number" stands to the right; "text" to the left; "name" is cut in its middle where there is no room;
            "wrap" takes several lines there.
        spare: How easily it can be spared: the greatest goes first; 0 stays.
    """

    head: str
    cells: Sequence[Text]
    kind: str = "number"
    spare: int = 0

    @property
    def told(self) -> bool:
        """Whether there is anything in it."""
        return any(cell.plain for cell in self.cells)

    @property
    def natural(self) -> int:
        """How wide it is when there is room."""
        return max(cell_len(self.head), *(cell.cell_len for cell in self.cells))

    @property
    def shortest(self) -> int:
        """How narrow it may become."""
        return max(cell_len(self.head), min(self.natural, _SHORTEST.get(self.kind, self.natural)))


def table(columns: Sequence[Column], width: int) -> Table:
    """Lay out a table, without the columns that there is no room for.

    Args:
        columns: From left to right, all of one length, which is not 0.
        width: Columns of the terminal.
    """
    kept = list(columns)
    while sum(column.shortest + _GAP for column in kept) - _GAP > width:
        spare = max(kept, key=lambda column: column.spare)
        if not spare.spare:
            break
        kept.remove(spare)
    widths = _widths(kept, width - _GAP * (len(kept) - 1))
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column, room in zip(kept, widths, strict=True):
        # rich narrows further, where nothing else helps, what may wrap.
        made.add_column(
            Text(column.head),
            justify="right" if column.kind == "number" else "left",
            width=room,
            no_wrap=column.kind != "wrap",
            overflow="fold" if column.kind == "wrap" else "ellipsis",
        )
    for row in zip(*(column.cells for column in kept), strict=True):
        cells = zip(row, kept, widths, strict=True)
        made.add_row(*(_cut(cell, room) if column.kind == "name" else cell for cell, column, room in cells))
    return made


def _widths(columns: Sequence[Column], room: int) -> list[int]:
    """Share the room out: the widest gives first."""
    widths = [column.natural for column in columns]
    while sum(widths) > room:
        giving = [at for at, column in enumerate(columns) if widths[at] > column.shortest]
        if not giving:
            break
        widths[max(giving, key=lambda at: widths[at])] -= 1
    return widths


def _cut(cell: Text, cells: int) -> Text:
    return cell if cell.cell_len <= cells else Text(cut_to_cells(cell.plain, cells), cell.style)


def cut_to_cells(text: str, cells: int) -> str:
    """Cut a name in its middle so that it takes at most `cells` columns of a terminal, where some signs take two."""
    width = cells
    while cell_len(shown := cut_middle(text, width)) > cells:
        width -= 1
    return shown
