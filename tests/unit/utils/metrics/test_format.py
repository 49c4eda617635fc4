from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.format import (
    columns,
    count,
    cpu_use,
    cut_middle,
    duration,
    in_columns,
    percent,
    size,
    sparkline,
)

ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.32, "320 ms"),
        (1.8, "1.8 s"),
        (12e-6, "12 µs"),
        (75, "1 min 15 s"),
        (0, "0 s"),
        (3e-12, "0 s"),
        (5e-9, "5 ns"),
        (0.009, "9 ms"),
        (0.0023, "2.3 ms"),
        (0.9997, "1 s"),
        (30, "30 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (3599.7, "1 h"),
        (7500, "2 h 5 min"),
        (86_399, "1 d"),
        (273_600, "3 d 4 h"),
        (-0.32, "-320 ms"),
        (math.nan, "unknown"),
        (math.inf, "unknown"),
    ],
)
def test_a_duration_is_written_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(min_value=1e-8, max_value=1e9))
def test_a_duration_says_the_number_within_its_rounding(seconds: float) -> None:
    units = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
    parts = re.findall(r"([\d,.]+) (\D+?)(?: |$)", duration(seconds))
    said = sum(float(number.replace(",", "")) * units[unit] for number, unit in parts)
    assert abs(said - seconds) <= 0.051 * seconds + 5e-10


@given(st.floats(min_value=1e-9, max_value=59.4))
def test_a_short_duration_never_has_more_than_three_digits(seconds: float) -> None:
    assert sum(character.isdigit() for character in duration(seconds)) <= 3


@given(ANY_NUMBER)
def test_no_number_breaks_a_formatter(number: float) -> None:
    assert duration(number)
    assert percent(number)


def test_a_count_marks_its_thousands() -> None:
    assert [count(0), count(4812), count(-1_234_567)] == ["0", "4,812", "-1,234,567"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (12_345, "12 kB"),
        (499_999, "500 kB"),
        (900_000, "0.9 MB"),
        (900_000_000, "0.9 GB"),
        (-900_000, "-0.9 MB"),
        (10**19, "10,000 PB"),
    ],
)
def test_a_size_is_written_in_decimal_units(number: int, text: str) -> None:
    assert size(number) == text


@given(st.integers(min_value=1000, max_value=10**17))
def test_a_size_says_the_number_within_its_rounding(number: int) -> None:
    value, unit = size(number).split(" ")
    said = float(value.replace(",", "")) * 1000 ** (["kB", "MB", "GB", "TB", "PB"].index(unit) + 1)
    assert abs(said - number) <= 0.1001 * number


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0, "0 %"),
        (0.64, "64 %"),
        (0.064, "6.4 %"),
        (0.004, "0.4 %"),
        (0.00001, "<0.1 %"),
        (0.9996, ">99.9 %"),
        (0.996, "99.6 %"),
        (1, "100 %"),
        (1.64, "164 %"),
        (-0.5, "-50 %"),
        (math.nan, "unknown"),
    ],
)
def test_a_share_is_written_in_percent(fraction: float, text: str) -> None:
    assert percent(fraction) == text


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_a_part_never_reads_as_none_or_all(fraction: float) -> None:
    assert percent(fraction) not in ("0 %", "100 %")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 %"),
        (0.01, "<0.1 %"),
        (7.25, "7.2 %"),
        (99.4, "99 %"),
        (99.97, "100 %"),
        (100.0, "100 %"),
        (199.9, "200 %"),
    ],
)
def test_of_processors_one_is_not_all(value: float, text: str) -> None:
    assert cpu_use(value) == text


def test_a_sparkline_runs_from_the_lowest_to_the_highest_block() -> None:
    assert sparkline([1, 2, 3, 4, 5, 6, 7, 8]) == "▁▂▃▄▅▆▇█"
    assert sparkline([5, 5, 5]) == "▁▁▁"
    assert sparkline([]) == ""
    assert sparkline([1, None, math.nan, 9]) == "▁  █"
    assert sparkline([None, None]) == "  "


@given(st.lists(st.one_of(st.none(), ANY_NUMBER), max_size=40))
def test_a_sparkline_has_one_character_a_value_and_keeps_their_order(values: list[float | None]) -> None:
    drawn = sparkline(values)
    assert len(drawn) == len(values)
    shown = sorted(
        (value, block) for value, block in zip(values, drawn, strict=True) if value is not None and math.isfinite(value)
    )
    assert [block for _, block in shown] == sorted(block for _, block in shown)


def test_a_long_name_is_cut_in_its_middle() -> None:
    assert cut_middle("very-long-container-name", 16) == "very-lo…ner-name"
    assert cut_middle("short", 5) == "short"


@given(st.text(), st.integers(min_value=-3, max_value=60))
def test_a_cut_name_fits_and_keeps_both_ends(text: str, width: int) -> None:
    cut = cut_middle(text, width)
    assert len(cut) <= max(width, 0)
    if 0 < width < len(text):
        head, _, tail = cut.partition("…") if "…" not in text else (cut[: (width - 1) // 2], "", "")
        assert text.startswith(head)
        assert text.endswith(tail)
        assert len(cut) == width


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("", 0),
        ("nginx", 5),
        ("café", 4),
        ("cafe\u0301", 4),
        ("数据库", 6),
        ("\uff4e\uff47", 4),
        ("ﾅﾆ", 2),
        ("🚀 web", 6),
        ("\U0001f6e0\ufe0f build", 8),
        ("1\ufe0f\u20e3", 2),
        ("⌚\ufe0f", 2),
        ("a\u200db", 2),
    ],
)
def test_columns_are_counted_as_they_are_drawn(text: str, wide: int) -> None:
    assert columns(text) == wide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nginx", "nginx     |"),
        ("very-long-name", "very…-name|"),
        ("数据库", "数据库    |"),
        ("数据库服务器", "数据…务器 |"),
        ("数据库-primary", "数据…imary|"),
        ("🚀🚀🚀🚀🚀🚀", "🚀🚀…🚀🚀 |"),
        ("abcde\u0301fghijk\u0301l", "abcd…hijk\u0301l|"),
        ("aaaaaaa\U0001f6e0\ufe0faaaa", "aaaa…aaaa |"),
    ],
)
def test_a_name_in_columns_is_cut_and_padded_as_it_is_drawn(text: str, shown: str) -> None:
    assert in_columns(text, 10) + "|" == shown


NAMES = st.text(st.sampled_from("ab-é数🚀ﾅ\u0301\u200d\ufe0f\U0001f6e0\u00ad")) | st.text()


@given(NAMES, st.integers(min_value=-3, max_value=40))
def test_a_name_in_columns_takes_just_these_and_is_unchanged_when_it_fits(text: str, width: int) -> None:
    shown = in_columns(text, width)
    assert columns(shown) == max(width, 0)
    if width > 0 and columns(text) <= width:
        assert shown == text + " " * (width - columns(text))
    elif width > 0:
        ends = [(text[:at], text[len(text) - rest :]) for at in range(len(text)) for rest in range(len(text) - at + 1)]
        assert shown.rstrip(" ") in {f"{head}…{tail}".rstrip(" ") for head, tail in ends}


@given(st.text(st.characters(max_codepoint=0x2FF, categories=["L", "N", "P"])), st.integers(1, 40))
def test_a_name_of_narrow_signs_is_cut_as_ever(text: str, width: int) -> None:
    assert in_columns(text, width) == cut_middle(text, width).ljust(width)
