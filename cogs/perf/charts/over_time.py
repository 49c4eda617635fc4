"""An operation over time: p50, p95 and p99 in slices, or each call where there are few.

Slices with failures have a cross. Where most would have one, bars below the lines tell which share of each failed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from utils.metrics.analysis.course import Slice, back_from, course, sliced, width_for
from utils.metrics.format import count, duration, percent
from utils.metrics.samples import FAILED, Samples
from utils.metrics.words import NEEDS_P95, NEEDS_P99, plural

from .axes import durations, moment, moments
from .picture import GREY, ORANGE, PURPLE, RED, SKY, Box, Entry, Line, Marks, Picture, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .picture import Axis
    from .subject import Subject

FEW = 300
"""So many calls are drawn one by one."""
CROSSES = 12
"""More slices than this with failures get bars: so many crosses tell nothing on a phone."""
_MOST, _LEAST = 48, 6
_BAND, _BARS = 0.2, 0.16
"""Which share of the picture's height the bars have below the lines, and how high the highest is."""
_WHOLE_BAR = 0.05
"""Failures of such a share have the highest bar, if none is higher: hardly any are no tower."""
_SEEN, _WIDE = 0.08, 0.76
_CROSSES = 0.96
_HEADROOM = 1.08
_SMALL, _LARGE = 3.5, 6.5
_CROWD, _TINY = 48, 3.0


@dataclass(frozen=True, slots=True)
class OverTime:
    """The numbers of the chart.

    Attributes:
        subject: Whose and when.
        whole: The window as one.
        slices: The window in parts; each percentile needs calls enough to be drawn.
        width: Of a slice, in seconds.
        usual: The usual p95 in seconds, when it is known.
        singles: The calls, when they are few.
    """

    subject: Subject
    whole: Slice
    slices: tuple[Slice, ...]
    width: float
    usual: float | None = None
    singles: Samples | None = None

    @classmethod
    def of(cls, subject: Subject, samples: Samples, usual: float | None) -> OverTime:
        """Sum up calls.

        Args:
            subject: Whose and when.
            samples: The calls of its window, at least.
            usual: The usual p95 in seconds, when it is known.
        """
        start, end = subject.span.start, subject.span.end
        inside = samples.between(start, end)
        width = width_for(inside, start, end, most=_MOST, least=_LEAST, calls=NEEDS_P95)
        parts = course(inside, back_from(start, end, width))
        return cls(
            subject, sliced(inside, start, end), parts, width, usual, inside if len(inside) <= FEW else None
        )  # fmt: skip

    @property
    def peak(self) -> Slice | None:
        """The slice with the highest p95 that calls enough stand behind."""
        known = [(part.p95, part) for part in self.slices if part.calls >= NEEDS_P95 and part.p95 is not None]
        return max(known, key=lambda each: each[0])[1] if known else None

    @property
    def worst(self) -> Slice | None:
        """The slice with most failures."""
        part = max(self.slices, key=lambda each: each.failed, default=None)
        return part if part is not None and part.failed else None

    @property
    def most_failing(self) -> float | None:
        """The highest share of failures of a slice, where bars tell of it; None where crosses do."""
        shares = [part.failure_share for part in self.slices if part.failed]
        return max(shares) if self.singles is None and len(shares) > CROSSES else None

    def picture(self) -> Picture:
        """Lay out the chart."""
        if self.singles is not None:
            return self._one_by_one(self.singles)
        # The first slice may reach out of the window.
        start = self.subject.span.start
        middles = tuple((max(start, part.start) + part.end) / 2 for part in self.slices)
        p50, p95, p99 = (self._values(share, needs) for share, needs in ((50, 1), (95, NEEDS_P95), (99, NEEDS_P99)))
        y = durations([*(v for values in (p50, p95, p99) for v in values if v is not None), *self._usual()])
        drawn = [
            ("p99", Line(middles, _on(y, p99), PURPLE, ":", dots=True)),
            ("p50", Line(middles, _on(y, p50), SKY, dots=True)),
            ("p95", Line(middles, _on(y, p95), ORANGE, width=2.2, dots=True)),
        ]
        lines = [(name, line) for name, line in drawn if any(value is not None for value in line.ys)]
        bars = self.most_failing is not None
        if bars:
            y = _with_room_below(y)
        elif self.whole.failed:
            y = replace(y, high=_height(y, _HEADROOM))
        key = [Entry(name, line.colour, line.style) for name, line in sorted(lines, key=lambda each: each[0])]
        return Picture(
            self.subject.title,
            self.subject.note,
            moments(self.subject.span.start, self.subject.span.end, self.subject.zone),
            y,
            self._alt(),
            lines=tuple(line for _, line in lines),
            marks=() if bars else tuple(self._crosses(middles, _height(y, _CROSSES))),
            boxes=tuple(self._bars(y)),
            rules=self._rules(y),
            key=(*key, *self._key_of_rules(), *(self._key_of_bars() if bars else self._key_of_failures())),
        )

    def _crosses(self, middles: tuple[float, ...], height: float) -> Iterator[Marks]:
        """Mark the slices with failures, those with many larger."""
        half = max(part.failed for part in self.slices) / 2
        for size in (_SMALL, _LARGE):
            places = tuple(
                middle
                for middle, part in zip(middles, self.slices, strict=True)
                if part.failed and (part.failed >= half) == (size == _LARGE)
            )
            if places:
                yield Marks(places, (height,) * len(places), RED, "x", size)

    def _bars(self, y: Axis) -> Iterator[Box]:
        """Draw the share of failures of each slice, on the ground of the picture."""
        most = self.most_failing
        for part in self.slices if most is not None else ():
            if part.failed:
                share = max(_SEEN, part.failure_share / max(_WHOLE_BAR, most or 0.0))
                start = max(self.subject.span.start, part.start)
                room = part.end - start
                left, width = start + room * (1 - _WIDE) / 2, room * _WIDE
                yield Box(left, y.low, width, _height(y, _BARS * share) - y.low, RED)

    def _one_by_one(self, calls: Samples) -> Picture:
        y = durations([*calls.durations, *self._usual()])
        points = [(end, max(y.low, seconds)) for end, seconds in zip(calls.ends, calls.durations, strict=True)]
        failed = [point for point, ending in zip(points, calls.endings, strict=True) if ending == FAILED]
        others = [point for point, ending in zip(points, calls.endings, strict=True) if ending != FAILED]
        marks = [_marks(others, SKY, "o", 3.5), _marks(failed, RED, "x", 5 if len(failed) <= _CROWD else _TINY)]
        # What p95 is of few calls nobody knows; of the window it may be known.
        p95 = self.whole.p95 if self.whole.calls >= NEEDS_P95 else None
        rules, key = [], [Entry("a call", SKY, "o")]
        if p95 is not None:
            rules.append(Rule(max(y.low, p95), ORANGE, "-"))
            key.append(Entry(f"p95 {duration(p95)}", ORANGE))
        return Picture(
            self.subject.title,
            self.subject.note,
            moments(self.subject.span.start, self.subject.span.end, self.subject.zone),
            y,
            self._alt(),
            marks=tuple(each for each in marks if each.xs),
            rules=(*rules, *self._rules(y)),
            key=(*key, *self._key_of_rules(), *self._key_of_failures()),
        )

    def _values(self, share: int, needs: int) -> tuple[float | None, ...]:
        return tuple(
            {50: part.p50, 95: part.p95, 99: part.p99}[share] if part.calls >= needs else None for part in self.slices
        )

    def _usual(self) -> tuple[float, ...]:
        return () if self.usual is None else (self.usual,)

    def _rules(self, y: Axis) -> tuple[Rule, ...]:
        return tuple(Rule(max(y.low, each), GREY) for each in self._usual())

    def _key_of_rules(self) -> tuple[Entry, ...]:
        return tuple(Entry(f"usual {duration(each)}", GREY, "--") for each in self._usual())

    def _key_of_failures(self) -> tuple[Entry, ...]:
        return (Entry(f"{count(self.whole.failed)} failed", RED, "x"),) if self.whole.failed else ()

    def _key_of_bars(self) -> tuple[Entry, ...]:
        return (Entry(f"{count(self.whole.failed)} failed, up to {percent(self.most_failing or 0.0)}", RED, "box"),)

    def _alt(self) -> str:
        whole, zone = self.whole, self.subject.zone
        kind = "Dot chart of each call" if self.singles is not None else "Line chart of percentiles"
        told = [f"{plural(whole.calls, 'call')}, {count(whole.failed)} failed."]
        for name, value, needs in (("p50", whole.p50, 1), ("p95", whole.p95, NEEDS_P95), ("p99", whole.p99, NEEDS_P99)):
            if value is not None and whole.calls >= needs:
                told.append(f"{name} {duration(value)}.")
        if self.usual is not None:
            told.append(f"Usual p95 {duration(self.usual)}.")
        if self.peak is not None and self.peak.p95 is not None:
            told.append(f"Slowest from {moment(self.peak.start, zone)} on: p95 {duration(self.peak.p95)}.")
        if self.worst is not None:
            told.append(f"Most failures from {moment(self.worst.start, zone)} on: {count(self.worst.failed)}.")
        if self.most_failing is not None:
            told.append(f"Up to {percent(self.most_failing)} of a slice failed.")
        empty = sum(not part.calls for part in self.slices)
        if empty:
            told.append(f"No call in {empty} of {len(self.slices)} slices of {duration(self.width)}.")
        return self.subject.alt(kind, *told)


def _marks(points: list[tuple[float, float]], colour: str, shape: str, size: float) -> Marks:
    return Marks(tuple(x for x, _ in points), tuple(y for _, y in points), colour, shape, size)


def _on(axis: Axis, values: tuple[float | None, ...]) -> tuple[float | None, ...]:
    """Lift what is below an axis onto its low end: a logarithmic one has no place for nothing."""
    return tuple(None if value is None else max(axis.low, value) for value in values)


def _with_room_below(axis: Axis) -> Axis:
    """Let an axis begin lower, for what stands below its values."""
    more = _BAND / (1 - _BAND)
    low = axis.low * (axis.low / axis.high) ** more if axis.log else axis.low - (axis.high - axis.low) * more
    return replace(axis, low=low)


def _height(axis: Axis, share: float) -> float:
    """Return the place at a share of an axis, from its low end on."""
    if not axis.log:
        return axis.low + share * (axis.high - axis.low)
    return axis.low * math.exp(share * math.log(axis.high / axis.low))
