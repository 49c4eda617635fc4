"""Two windows of an operation as curves: which share of the calls took at most so long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.engine.arrange import ascending
from utils.metrics.engine.breath import Breath
from utils.metrics.engine.select import percentiles_of
from utils.metrics.format import count, cut_middle, duration
from utils.metrics.words import NEEDS_P95, plural

from . import axes
from .picture import ORANGE, SKY, Axis, Entry, Line, Picture

if TYPE_CHECKING:
    from utils.metrics.analysis.spans import Span
    from utils.metrics.samples import Samples

    from .subject import Subject

SHARES = (*(number / 100 for number in range(100)), 0.995, 0.999, 1.0)
_LABELS = (0.0, 0.25, 0.5, 0.75, 0.95)
_NAME = 22


@dataclass(frozen=True, slots=True)
class Curve:
    """One window.

    Attributes:
        span: When.
        calls: How many there were.
        values: Seconds, at each of `SHARES`; none without a call.
    """

    span: Span
    calls: int
    values: tuple[float, ...]

    def at(self, share: float) -> float:
        """Return the duration that this share of the calls did not exceed, in seconds."""
        return self.values[SHARES.index(share)]


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The numbers of the chart.

    Attributes:
        subject: Whose, and the second window.
        first: The window that the other is held against.
        second: The window in question.
    """

    subject: Subject
    first: Curve
    second: Curve

    @classmethod
    def of(cls, subject: Subject, samples: Samples, before: Span) -> BeforeAfter:
        """Sum up both windows.

        Args:
            subject: Whose, and the second window.
            samples: The calls of both, at least.
            before: The first window.
        """
        return cls(subject, _curve(samples, before), _curve(samples, subject.span))

    def picture(self) -> Picture:
        """Lay out the chart."""
        drawn = [(self.first, SKY, "--"), (self.second, ORANGE, "-")]
        drawn = [each for each in drawn if each[0].calls]
        x = axes.durations(
            [value for curve, *_ in drawn for value in (curve.values[0], curve.values[-1])], most=axes.ACROSS
        )
        return Picture(
            self.subject.title,
            "share of calls within",
            x,
            Axis(0.0, 1.02, tuple((share, f"{share * 100:g} %") for share in _LABELS), lines=True),
            self._alt(),
            lines=tuple(
                Line(tuple(max(x.low, value) for value in curve.values), SHARES, colour, style, 2.0)
                for curve, colour, style in drawn
            ),
            key=tuple(
                Entry(f"{cut_middle(curve.span.name, _NAME)} ({count(curve.calls)})", colour, style)
                for curve, colour, style in drawn
            ),
        )

    def _alt(self) -> str:
        told = [f"Held against {self.first.span.name}."]
        for curve in (self.first, self.second):
            parts = [plural(curve.calls, "call")]
            if curve.calls:
                parts.append(f"p50 {duration(curve.at(0.5))}")
            if curve.calls >= NEEDS_P95:
                parts.append(f"p95 {duration(curve.at(0.95))}")
            told.append(f"{curve.span.name[:1].upper()}{curve.span.name[1:]}: {', '.join(parts)}.")
        return self.subject.alt("Curves of which share of the calls took at most so long", *told)


def _curve(samples: Samples, span: Span) -> Curve:
    part = samples.between(span.start, span.end)
    if not part:
        return Curve(span, 0, ())
    ordered = ascending(part.durations, Breath())
    return Curve(span, len(part), tuple(percentiles_of([ordered], SHARES, {})))
