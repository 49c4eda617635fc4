"""What the bench says: rows of ratios, as a text for the terminal and as a table for the documentation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.rounds import Contest, Spread

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"
_SCALES = ((1.0, "s", 1.0), (1e-3, "ms", 1e3), (1e-6, "µs", 1e6), (0.0, "ns", 1e9))
_FIGURES = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured against one peer."""

    what: str
    """What was measured, in a few words."""
    peer: str
    """What against."""
    ratio: Spread
    """Ours by the peer's, within each round."""
    beside: str
    """The figures that the ratio is made of, with their units."""
    goal: float | None = None
    """The most the ratio may be; None for a row that is only there to compare with."""
    limit: str = ""
    """A goal that is not a ratio, in words."""
    within: bool = True
    """Whether that limit was kept."""
    note: str = ""
    """What must be known to read the row."""

    @classmethod
    def of(
        cls,
        contest: Contest,
        what: str,
        ours: str,
        peer: str,
        *,
        goal: float | None = None,
        limit: float | None = None,
        note: str = "",
    ) -> Row:
        """Make a row of two contestants whose values are seconds.

        Args:
            contest: who ran against whom.
            what: what was measured.
            ours: a contestant's name.
            peer: the other's; it names itself in the row.
            goal: the most the ratio may be.
            limit: the most seconds that ours may take.
            note: what must be known to read the row.
        """
        took = contest.spread(ours).median
        return cls(
            what=what,
            peer=peer,
            ratio=contest.ratio(ours, peer),
            beside=f"{as_time(took)} to {as_time(contest.spread(peer).median)}",
            goal=goal,
            limit="" if limit is None else f"≤ {as_time(limit)}",
            within=limit is None or took <= limit,
            note=note,
        )

    def unjudged(self) -> Row:
        """Return the row without its goals, for figures that were taken with less than the goals mean."""
        return replace(self, goal=None, limit="", within=True)

    @property
    def has_goal(self) -> bool:
        """Whether something was to be reached."""
        return self.goal is not None or bool(self.limit)

    @property
    def met(self) -> bool:
        """Whether everything that was to be reached is."""
        return self.within and (self.goal is None or self.ratio.median <= self.goal)

    def cells(self) -> tuple[str, str, str, str, str, str]:
        """Return the row's texts: what, ratio, extremes, peer and figures, goal, met."""
        ratio = self.ratio
        extremes = "once" if ratio.rounds == 1 else f"{as_ratio(ratio.low)} … {as_ratio(ratio.high)}"
        goals = [] if self.goal is None else [f"≤ {as_ratio(self.goal)}"]
        goals += [self.limit] if self.limit else []
        verdict = ("yes" if self.met else "NO") if self.has_goal else ""
        what = f"{self.what} ({self.note})" if self.note else self.what
        return what, as_ratio(ratio.median), extremes, f"{self.peer}: {self.beside}", ", ".join(goals), verdict


HEADINGS = ("What", "Ratio", "Lowest … highest", "Of what", "Goal", "Met")


def as_ratio(value: float) -> str:
    """Write a ratio: as a fraction when it is small, else as a factor.

    Args:
        value: 0 or more.

    Returns:
        Such as ``0.36``, ``1/52``, ``12.5``.
    """
    if 0 < value < 0.1:
        return f"1/{round(1 / value):,}"
    return _figures(value)


def as_time(seconds: float) -> str:
    """Write a time with three figures: ``479 ns``, ``1.34 µs``, ``161 ms``, ``2.81 s``."""
    for least, unit, factor in _SCALES:
        if abs(seconds) >= least:
            return f"{_figures(seconds * factor)} {unit}"
    return f"{seconds} s"


def _figures(value: float) -> str:
    """Write a number with three figures, no exponent."""
    if not value or not math.isfinite(value):
        return f"{value:g}"
    decimals = max(0, _FIGURES - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}"


def as_text(rows: Sequence[Row]) -> str:
    """Lay the rows out in columns."""
    table = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in table
    ]
    return "\n".join(lines)


def as_markdown(rows: Sequence[Row], machine: str, conditions: str) -> str:
    """Write the rows as a table of Markdown, the machine and how it was measured above it."""
    lines = [f"Machine: {machine}.", "", conditions, "", _markdown(HEADINGS), _markdown(["---"] * len(HEADINGS))]
    lines += [_markdown(row.cells()) for row in rows]
    return "\n".join(lines)


def _markdown(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def between_markers(page: str, table: str) -> str:
    """Put the table into a page, in place of what stands between the markers.

    Raises:
        ValueError: the page has not each of the markers once, the first one first.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"The page needs {BEGIN} and, after it, {END}, each once; put them where the table goes.")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def write_docs(path: Path, table: str) -> None:
    """Put the table into the file at `path`; see `between_markers`.

    Raises:
        OSError: it can't be read or written.
        ValueError: it has no place for the table.
    """
    path.write_text(between_markers(path.read_text("utf-8"), table), "utf-8")
