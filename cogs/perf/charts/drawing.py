"""Draws a picture with matplotlib. It is loaded in the process that draws, by its path, and imports nothing of ours.

In goes `Picture` as JSON gives it back, out comes a PNG of 900 by 600 pixels: three times what a phone shows of it in a
message, so that it is sharp there, and its letters are as high as those of the message's small print.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import NullFormatter, NullLocator

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

BACK = "#2B2D31"
TEXT = "#DBDEE1"
FAINT = "#3F4248"
SIZE = (3.6, 2.4)
DPI = 250
_FONT = 9.0
_POINTS = 72
_MUTED = "#B5BAC1"
_SMALL = 8.5
_BESIDE = 23.0
_EDGES = 8.0
_MISSING = "\u25a1"

# A name with dollar signs is a name and no formula.
mpl.rcParams.update({"text.parse_math": False, "font.family": "DejaVu Sans", "axes.unicode_minus": False})


def draw(picture: dict[str, Any]) -> bytes:
    """Draw a picture.

    Args:
        picture: The fields of `Picture`.

    Returns:
        A PNG file.
    """
    figure = Figure(figsize=SIZE, dpi=DPI, facecolor=BACK)
    FigureCanvasAgg(figure)
    width, height = SIZE[0] * _POINTS, SIZE[1] * _POINTS
    left = 11 + max((_width(_shown(text), _FONT) for _, text in picture["y"]["ticks"]), default=0.0)
    key = [_shown(entry["text"]) for entry in picture["key"]]
    columns = _columns(key, width)
    rows = -(-len(key) // columns)
    top = 24 + 13 * rows
    left = min(left, width / 2)
    axes = figure.add_axes(
        (left / width, 22 / height, 1 - (left + 11) / width, 1 - (top + 22) / height), facecolor=BACK
    )  # fmt: skip
    _lay_axes(axes, picture["x"], picture["y"])
    _fill(axes, picture)
    note = _shown(picture["note"])
    title = _fitted(_shown(picture["title"]), width - _width(note, _SMALL) - 20)
    figure.text(6 / width, 1 - 7 / height, title, color=TEXT, size=_FONT, weight="bold", va="top")
    figure.text(1 - 6 / width, 1 - 7.5 / height, note, color=_MUTED, size=_SMALL, va="top", ha="right")
    if key:
        figure.legend(
            [_handle(entry) for entry in picture["key"]], key, ncols=columns, loc="upper left",
            bbox_to_anchor=(1 / width, 1 - 17 / height), frameon=False, labelcolor=TEXT, fontsize=_SMALL,
            handlelength=1.4, handletextpad=0.4, columnspacing=0.8, borderpad=0.2, labelspacing=0.3,
        )  # fmt: skip
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=BACK, metadata={"Software": None}, pil_kwargs={"compress_level": 9})
    return out.getvalue()


def _lay_axes(axes: Axes, x: dict[str, Any], y: dict[str, Any]) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    for axis, each, scale, limit in (
        (axes.xaxis, x, axes.set_xscale, axes.set_xlim),
        (axes.yaxis, y, axes.set_yscale, axes.set_ylim),
    ):
        scale("log" if each["log"] else "linear")
        limit(each["low"], each["high"])
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
        axis.set_ticks([at for at, _ in each["ticks"]], labels=[_shown(text) for _, text in each["ticks"]])
        axis.set_tick_params(colors=TEXT, labelsize=_FONT, length=0, pad=5)
        if each["lines"]:
            axis.grid(visible=True, color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)


def _fill(axes: Axes, picture: dict[str, Any]) -> None:
    boxes = [Rectangle((box["x"], box["y"]), box["width"], box["height"]) for box in picture["boxes"]]
    if boxes:
        colours = [box["colour"] for box in picture["boxes"]]
        axes.add_collection(PatchCollection(boxes, facecolors=colours, edgecolors="none", zorder=2), autolim=False)
    for rule in picture["rules"]:
        across = axes.axvline if rule["upright"] else axes.axhline
        across(rule["at"], color=rule["colour"], linestyle=rule["style"], linewidth=1.4, zorder=3)
    for line in picture["lines"]:
        ys = [float("nan") if y is None else y for y in line["ys"]]
        axes.plot(
            line["xs"], ys, color=line["colour"], linestyle=line["style"], linewidth=line["width"], zorder=4,
            marker="o" if line["dots"] else "", markersize=2.4,
        )  # fmt: skip
    for marks in picture["marks"]:
        axes.plot(
            marks["xs"], marks["ys"], color=marks["colour"], linestyle="", marker=marks["shape"],
            markersize=marks["size"], markeredgewidth=1.6 if marks["shape"] == "x" else 0, zorder=5, clip_on=False,
        )  # fmt: skip


def _handle(entry: dict[str, Any]) -> Artist:
    sign, colour = entry["sign"], entry["colour"]
    if sign == "box":
        return Patch(facecolor=colour)
    if sign in ("o", "x"):
        return Line2D([], [], color=colour, linestyle="", marker=sign, markersize=5, markeredgewidth=1.6)
    return Line2D([], [], color=colour, linestyle=sign, linewidth=2)


def _columns(key: list[str], room: float) -> int:
    """Put the key's entries into one row where there is room, else into two."""
    needed = _EDGES + sum(_width(text, _SMALL) + _BESIDE for text in key)
    return max(1, len(key) if needed <= room else -(-len(key) // 2))


def _fitted(title: str, room: float) -> str:
    """Cut letters out of a title's middle until it fits."""
    kept = len(title)
    shown = title
    while kept > 1 and _width(shown, _FONT, bold=True) > room:
        kept -= 1
        shown = f"{title[: kept // 2]}…{title[len(title) - (kept - kept // 2 - 1) :]}"
    return shown


def _width(text: str, size: float, *, bold: bool = False) -> float:
    """Measure a text, in points."""
    font = get_font(findfont("DejaVu Sans:bold" if bold else "DejaVu Sans"))
    font.set_size(size, _POINTS)
    font.set_text(text)
    return float(font.get_width_height()[0]) / 64


@cache
def _has(char: str) -> bool:
    return get_font(findfont("DejaVu Sans")).get_char_index(ord(char)) != 0


def _shown(text: str) -> str:
    """Put an empty box for each sign that the font lacks: it has no Chinese, Japanese or Korean, and no emoji."""
    return "".join(char if _has(char) else _MISSING for char in text)
