"""How long an operation's calls take: how many took how long, with p50, p95 and p99."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from utils.metrics.analysis.course import Slice, histogram, sliced
from utils.metrics.format import count, duration, percent
from utils.metrics.words import NEEDS_P95, NEEDS_P99, plural

from . import axes
from .picture import ORANGE, PURPLE, SKY, Axis, Box, Entry, Picture, Rule

if TYPE_CHECKING:
    from utils.metrics.samples import Samples

    from .subject import Subject

BARS = 24
_COLOUR = "#5F7296"
_WIDE = 0.92
_SEEN = 0.012


@dataclass(frozen=True, slots=True)
class Histogram:
    """The numbers of the chart.

    Attributes:
        subject: Whose and when.
        whole: The window.
        bounds: Edges of the bars in seconds, ascending, each so many times the one before.
        counts: Calls of each bar, one fewer.
        axis: The axis that the bars stand on.
    """

    subject: Subject
    whole: Slice
    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    axis: Axis

    @classmethod
    def of(cls, subject: Subject, samples: Samples) -> Histogram:
        """Sum up the calls of the subject's window."""
        inside = samples.between(subject.span.start, subject.span.end)
        ends = (min(inside.durations), max(inside.durations)) if inside else ()
        axis = axes.durations(ends, log=True, most=axes.ACROSS)
        factor = (axis.high / axis.low) ** (1 / BARS)
        bounds = (*(axis.low * factor**number for number in range(BARS)), axis.high)
        below, *counts, beyond = histogram(inside, bounds)
        # What is shorter than any axis shows, and what is exactly as long as it.
        counts[0] += below
        counts[-1] += beyond
        return cls(subject, sliced(inside, subject.span.start, subject.span.end), bounds, tuple(counts), axis)

    @property
    def most(self) -> tuple[float, float, float]:
        """The bar with most calls: from and to, in seconds, and its share of all calls, 0 to 1."""
        index = max(range(len(self.counts)), key=self.counts.__getitem__)
        share = self.counts[index] / self.whole.calls if self.whole.calls else 0.0
        return self.bounds[index], self.bounds[index + 1], share

    @property
    def marked(self) -> tuple[tuple[str, float, str, str], ...]:
        """The percentiles that calls enough stand behind: name, seconds, colour and style of the line."""
        whole = self.whole
        possible = (
            ("p50", whole.p50, 1, SKY, "-"),
            ("p95", whole.p95, NEEDS_P95, ORANGE, "--"),
            ("p99", whole.p99, NEEDS_P99, PURPLE, ":"),
        )
        return tuple(
            (name, value, colour, style)
            for name, value, needs, colour, style in possible
            if value is not None and whole.calls >= needs
        )

    def picture(self) -> Picture:
        """Lay out the chart."""
        top = max(self.counts)
        boxes = tuple(
            # A single slow call among a million is the one that is looked for: it is drawn high enough to be seen.
            Box(low, 0.0, (high - low) * _WIDE, max(number, top * _SEEN), _COLOUR)
            for (low, high), number in zip(pairwise(self.bounds), self.counts, strict=True)
            if number
        )
        low, high, share = self.most
        told = [f"{name} {duration(value)}." for name, value, *_ in self.marked]
        most = (
            f"Most common: {duration(low)} to {duration(high)}, {percent(share)} of {plural(self.whole.calls, 'call')}."
        )
        x = Axis(self.axis.low, self.axis.high, self.axis.ticks, log=True)
        return Picture(
            self.subject.title,
            self.subject.note,
            x,
            axes.calls(top),
            self.subject.alt("Histogram of durations", *told, most),
            boxes=boxes,
            rules=tuple(
                Rule(max(value, self.axis.low), colour, style, upright=True) for _, value, colour, style in self.marked
            ),
            key=(
                Entry(f"{count(self.whole.calls)} calls", _COLOUR, "box"),
                *(Entry(f"{name} {duration(value)}", colour, style) for name, value, colour, style in self.marked),
            ),
        )
