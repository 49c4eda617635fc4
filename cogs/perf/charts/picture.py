"""What a chart shows, as plain numbers and texts: nothing here knows how it is drawn.

Colours are those of Okabe and Ito, which people with any kind of colour blindness tell apart; whatever a colour says is
said by a shape or a word as well. All of it can be written as JSON: None stands for a value that is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

SKY = "#56B4E9"
ORANGE = "#E69F00"
PURPLE = "#CC79A7"
RED = "#D55E00"
GREY = "#B5BAC1"


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Args:
        low: Where it begins.
        high: Where it ends, greater.
        ticks: Places and their labels.
        log: Whether it is logarithmic; then `low` is above zero.
        lines: Whether lines go through the picture at its ticks.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: bool = False
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, broken where one is None.

    Args:
        xs: Where.
        ys: How high.
        colour: As #RRGGBB.
        style: "-" solid, "--" dashed, ":" dotted.
        width: In points.
        dots: Whether each point has a dot, so that one alone can be seen.
    """

    xs: tuple[float, ...]
    ys: tuple[float | None, ...]
    colour: str
    style: str = "-"
    width: float = 1.6
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """Points without a line.

    Args:
        xs: Where.
        ys: How high.
        colour: As #RRGGBB.
        shape: "o" a dot, "x" a cross.
        size: In points.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    colour: str
    shape: str = "o"
    size: float = 4.0


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle: its lower left corner, width and height in the axes' units, and its colour."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the picture: at an x if upright, else at a y."""

    at: float
    colour: str
    style: str = "--"
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the key: a text behind a sign, "-", "--", ":", "o", "x" or "box", in a colour."""

    text: str
    colour: str
    sign: str = "-"


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart.

    Args:
        title: What of; 32 characters find room.
        note: Of which window and in which zone; 28 find room.
        x: The axis along the bottom.
        y: The one at the left.
        alt: The chart in words, for who can't see it.
        lines: Above boxes.
        marks: Above lines.
        boxes: At the bottom.
        rules: Above boxes.
        key: In one row above the chart.
    """

    title: str
    note: str
    x: Axis
    y: Axis
    alt: str
    lines: tuple[Line, ...] = ()
    marks: tuple[Marks, ...] = ()
    boxes: tuple[Box, ...] = ()
    rules: tuple[Rule, ...] = ()
    key: tuple[Entry, ...] = ()
