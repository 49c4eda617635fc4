"""Pictures as PNG files: their size, and that what is told to be there is there, in its colour."""

from __future__ import annotations

import io
from dataclasses import asdict, replace
from typing import Any

import pytest
from matplotlib import image

from cogs.perf.charts.drawing import BACK, DPI, SIZE, draw
from cogs.perf.charts.picture import GREY, ORANGE, PURPLE, RED, SKY, Axis, Box, Entry, Line, Marks, Picture, Rule

AXIS = Axis(0, 10, ((0, "0 s"), (5, "5 s")), lines=True)
EMPTY = Picture("operation", "last 24 h · UTC", AXIS, AXIS, "words")
LIMIT = 100_000


def pixels(picture: Picture) -> Any:  # noqa: ANN401 - an array; numpy is none of our dependencies
    data = draw(asdict(picture))
    assert len(data) < LIMIT
    return image.imread(io.BytesIO(data))


def share_of(drawn: Any, colour: str) -> float:  # noqa: ANN401 - as above
    """Which share of the pixels have a colour, nearly."""
    wanted = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return float((abs(drawn[:, :, :3] - wanted).max(axis=2) < 0.03).mean())


def test_a_picture_is_three_times_as_wide_as_a_phone_shows_it() -> None:
    height, width, _ = pixels(EMPTY).shape
    assert (width, height) == (round(SIZE[0] * DPI), round(SIZE[1] * DPI)) == (900, 600)


def test_most_of_a_picture_is_the_colour_of_the_chat() -> None:
    drawn = pixels(EMPTY)
    assert 0.9 < share_of(drawn, BACK) < 0.999


@pytest.mark.parametrize(
    ("part", "colour"),
    [
        ({"lines": (Line((1, 5, 9), (1, None, 9), SKY), Line((1, 9), (2, 8), ORANGE))}, ORANGE),
        ({"lines": (Line((5,), (5,), SKY, dots=True),)}, SKY),
        ({"marks": (Marks((5,), (5,), RED, "x", 9),)}, RED),
        ({"boxes": (Box(1, 1, 4, 4, "#6DB5E6"),)}, "#6DB5E6"),
        ({"rules": (Rule(5, GREY),)}, GREY),
        ({"rules": (Rule(5, PURPLE, ":", upright=True),)}, PURPLE),
        ({"key": (Entry("p95", ORANGE), Entry("failed", RED, "x"), Entry("box", SKY, "box"))}, ORANGE),
    ],
)
def test_each_part_is_drawn_in_its_colour(part: dict[str, Any], colour: str) -> None:
    before, after = share_of(pixels(EMPTY), colour), share_of(pixels(replace(EMPTY, **part)), colour)
    assert after > before + 0.00005


def test_a_point_between_two_gaps_can_be_seen() -> None:
    line = Line((1, 5, 9), (None, 5, None), ORANGE, dots=True)
    assert share_of(pixels(replace(EMPTY, lines=(line,))), ORANGE) > 0


def test_a_logarithmic_axis_is_drawn() -> None:
    axis = Axis(0.001, 10, ((0.001, "1 ms"), (1, "1 s")), log=True)
    drawn = pixels(replace(EMPTY, x=axis, y=axis, lines=(Line((0.001, 10), (0.001, 10), SKY, width=3),)))
    assert share_of(drawn, SKY) > 0.001


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["$x^", "日本語 🐳", "_hidden", "\\frac{a}{b}", "%s {} \u202e", "ﷺ" * 40, "x" * 28])
def test_no_name_breaks_a_picture(name: str) -> None:
    axis = Axis(0, 1, ((0, name), (1, "1")))
    pixels(Picture(name, name, axis, axis, name, key=(Entry(name or "x", SKY),)))


@pytest.mark.parametrize("letters", range(12))
def test_a_key_too_wide_for_one_row_goes_on_in_the_next(letters: int) -> None:
    texts = ("p50", "p95", "p99", "usual 961 ms" + "i" * letters, "195 failed")
    drawn = pixels(replace(EMPTY, key=tuple(Entry(text, SKY) for text in texts)))
    background = [int(BACK[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    assert (abs(drawn[40:, -8:, :3] - background).max(axis=2) < 0.03).all(), "its last letters are cut off"
