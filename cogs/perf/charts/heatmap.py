"""When an operation is slow, or busy: a cell for each hour of each weekday, the lighter the more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from utils.metrics.analysis.week import HOURS, WEEKDAYS, by_hour
from utils.metrics.format import count, duration
from utils.metrics.words import NEEDS_P95, plural

from . import axes
from .picture import GREY, Axis, Box, Entry, Marks, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from utils.metrics.analysis.week import Cell
    from utils.metrics.samples import Samples

    from .subject import Subject

    _Ranked = tuple[float, int, int, Cell]

SHADES = ("#24506E", "#3380B3", "#6DB5E6", "#D9EFFC")
"""One hue from dark to light: who sees no colours sees the same."""
_EMPTY = "#35373C"
_GAP = 0.06
_ENOUGH = 0.5
_NEEDS_P50 = 5
_UNEVEN = 3.0


class Measure(StrEnum):
    """What a shade stands for."""

    P95 = "p95"
    P50 = "p50"
    CALLS = "calls"

    @property
    def needs(self) -> int:
        """How many calls a cell must have for it."""
        return {Measure.P95: NEEDS_P95, Measure.P50: _NEEDS_P50}.get(self, 1)


@dataclass(frozen=True, slots=True)
class Heatmap:
    """The numbers of the chart.

    Attributes:
        subject: Whose and when.
        cells: Seven rows from Monday on, of 24.
        measure: What a cell's shade stands for.
    """

    subject: Subject
    cells: tuple[tuple[Cell, ...], ...]
    measure: Measure

    @classmethod
    def of(cls, subject: Subject, samples: Samples, *, slow: bool) -> Heatmap:
        """Sum up the calls of the subject's window.

        Args:
            subject: Whose and when.
            samples: The calls of its window, at least.
            slow: Whether durations are wanted: p95, or p50 where most of the cells have too few calls for that, or
                numbers of calls where they have too few for any.
        """
        cells = by_hour(samples, subject.span.start, subject.span.end, subject.zone)
        numbers = [cell.calls for row in cells for cell in row if cell.calls]
        measures = (Measure.P95, Measure.P50) if slow else ()
        for measure in measures:
            enough = sum(number >= measure.needs for number in numbers)
            if enough and enough >= _ENOUGH * len(numbers):
                return cls(subject, cells, measure)
        return cls(subject, cells, Measure.CALLS)

    @property
    def calls(self) -> int:
        """Calls in all."""
        return sum(cell.calls for row in self.cells for cell in row)

    @property
    def few(self) -> int:
        """How many cells have calls, but not enough for the measure."""
        return sum(0 < cell.calls < self.measure.needs for row in self.cells for cell in row)

    def value(self, cell: Cell) -> float | None:
        """Return what the shade of a cell stands for; None for one that has none."""
        if cell.calls < self.measure.needs:
            return None
        return {Measure.P95: cell.p95, Measure.P50: cell.p50}.get(self.measure, float(cell.calls))

    def ranked(self) -> list[_Ranked]:
        """List the cells that have a shade: value, weekday, hour and cell, the highest first."""
        found = [
            (value, weekday, hour, cell)
            for weekday, row in enumerate(self.cells)
            for hour, cell in enumerate(row)
            if (value := self.value(cell)) is not None
        ]
        return sorted(found, key=lambda each: (-each[0], each[1], each[2]))

    def told(self, value: float) -> str:
        """Write a value: a duration, or a number of calls."""
        return count(round(value)) if self.measure is Measure.CALLS else duration(value)

    def picture(self) -> Picture:
        """Lay out the chart."""
        ranked = self.ranked()
        bounds = _bounds([value for value, *_ in ranked])
        few = self.few
        key = [Entry(f"≤{self.told(bound)}", shade, "box") for bound, shade in zip(bounds, SHADES, strict=False)]
        return Picture(
            self.subject.title,
            self.subject.note,
            Axis(0.0, float(HOURS), tuple((hour + 0.5, str(hour)) for hour in range(0, HOURS, 3))),
            Axis(0.0, float(WEEKDAYS), tuple((6.5 - day, name) for day, name in enumerate(axes.WEEKDAYS))),
            self._alt(ranked),
            boxes=tuple(self._boxes(bounds)),
            marks=(self._dots(),) if few else (),
            key=(*key, Entry(f"<{self.measure.needs} calls", GREY, "o")) if few else tuple(key),
        )

    def _boxes(self, bounds: Sequence[float]) -> Iterator[Box]:
        for weekday, row in enumerate(self.cells):
            for hour, cell in enumerate(row):
                value = self.value(cell)
                shade = _EMPTY
                if value is not None:
                    shade = SHADES[next((n for n, bound in enumerate(bounds) if value <= bound), len(bounds) - 1)]
                yield Box(hour + _GAP, 6 - weekday + _GAP, 1 - 2 * _GAP, 1 - 2 * _GAP, shade)

    def _dots(self) -> Marks:
        places = [
            (hour + 0.5, 6.5 - weekday)
            for weekday, row in enumerate(self.cells)
            for hour, cell in enumerate(row)
            if 0 < cell.calls < self.measure.needs
        ]
        return Marks(tuple(x for x, _ in places), tuple(y for _, y in places), GREY, size=2.5)

    def _alt(self, ranked: Sequence[_Ranked]) -> str:
        what = "numbers of calls" if self.measure is Measure.CALLS else self.measure.value
        told = [f"{plural(self.calls, 'call')}."]
        for word, (value, weekday, hour, _) in zip(("Highest", "Lowest"), ends_of(ranked), strict=False):
            told.append(f"{word}: {hour_of_week(weekday, hour)}, {self.told(value)}.")
        return self.subject.alt(f"Heatmap of {what} by weekday and hour", *told)


def ends_of(ranked: Sequence[_Ranked]) -> Sequence[_Ranked]:
    """Return the first and the last of what is ranked; one, or none, where there is no other."""
    return (ranked[0], ranked[-1]) if len(ranked) > 1 else ranked


def hour_of_week(weekday: int, hour: int) -> str:
    """Name an hour of a weekday: "Mon 20:00 to 21:00"."""
    return f"{axes.WEEKDAYS[weekday]} {hour:02}:00 to {(hour + 1) % HOURS:02}:00"


def _bounds(values: Sequence[float]) -> tuple[float, ...]:
    """Return up to which value each shade goes, ascending, the last the greatest; for values in descending order."""
    if not values:
        return ()
    high, low = values[0], max(values[-1], axes.FLOOR)
    shades = len(SHADES)
    if high <= low:
        return (high,)
    uneven = high > _UNEVEN * low
    steps = [
        low * (high / low) ** (number / shades) if uneven else low + (high - low) * number / shades
        for number in range(1, shades)
    ]
    return (*steps, high)
