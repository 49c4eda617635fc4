"""What people type is read strictly and answered clearly."""

from collections.abc import Callable
from datetime import time
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.arguments import (
    BadInput,
    UnknownOperation,
    find_operation,
    parse_share,
    parse_threshold,
    parse_time,
    suggest,
)
from cogs.perf.kit import units

T = TypeVar("T")
UNITS = {"us": 1e-6, "µs": 1e-6, "ms": 1e-3, "": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def read_or_refusal(parse: Callable[[str], T], text: str) -> T | str:
    try:
        return parse(text)
    except BadInput as error:
        return error.user_message


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("1.5s", 1.5), ("2", 2.0), ("1m", 60.0), (" 1,5 S ", 1.5), ("250 µs", 0.00025), (".5", 0.5)],
)
def test_a_threshold_is_a_number_with_a_unit(text: str, seconds: float) -> None:
    assert parse_threshold(text) == pytest.approx(seconds)


@given(st.integers(0, 23), st.sampled_from(sorted(UNITS)), st.sampled_from(["", " "]))
def test_every_number_with_every_unit_is_read(number: int, unit: str, gap: str) -> None:
    assert parse_threshold(f"{number}{gap}{unit}") == pytest.approx(number * UNITS[unit])


@given(st.text())
def test_any_text_is_a_length_within_a_day_or_a_clear_error(text: str) -> None:
    read = read_or_refusal(parse_threshold, text)
    if isinstance(read, str):
        assert "length of time" in read or "longer than a day" in read
    else:
        assert 0 <= read <= 86_400


@pytest.mark.parametrize("text", ["", "ms", "-1s", "1 year", "1e9", "nan", "inf", "1..5s", "25h", "٣s", "1" * 400])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_threshold(text)


@given(st.times())
def test_every_time_of_day_is_read(clock: time) -> None:
    assert parse_time(f"{clock:%H:%M}") == clock.replace(second=0, microsecond=0)


@given(st.text())
def test_any_text_is_a_time_of_day_or_a_clear_error(text: str) -> None:
    read = read_or_refusal(parse_time, text)
    assert isinstance(read, time) or "time of day" in read


@pytest.mark.parametrize("text", ["24:00", "9", "09:60", "9 am", "12:3", "-1:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_time(text)


def test_suggestions_that_begin_with_the_typed_come_first() -> None:
    known = ["autocomplete.docker.x", "command.docker.list", "docker_operation"]
    assert suggest(known, "Dock") == ["docker_operation", "autocomplete.docker.x", "command.docker.list"]
    assert suggest(known, "") == known


@given(st.lists(st.text(max_size=150)), st.text(max_size=3))
def test_suggestions_fit_discord_and_lead_back_to_an_operation(known: list[str], typed: str) -> None:
    offered = suggest(known, typed)
    assert len(offered) <= 25
    for choice in offered:
        assert 1 <= units(choice) <= 100


@given(st.lists(st.text("ab", min_size=1, max_size=250), min_size=1))
def test_what_was_offered_is_understood(known: list[str]) -> None:
    for choice in suggest(known, ""):
        assert find_operation(known, choice) in known


def test_an_operation_is_found_by_its_name_whatever_the_case() -> None:
    assert find_operation(["config_load"], " Config_Load ") == "config_load"
    assert find_operation(["config_load"], None) is None


def test_an_unknown_operation_is_answered_with_similar_names() -> None:
    with pytest.raises(UnknownOperation) as caught:
        find_operation(["docker_operation", "config_load"], "docker_op`")
    assert caught.value.user_message == (
        "Nothing was measured under the name `docker_op`. Did you mean `docker_operation`?"
    )
    with pytest.raises(UnknownOperation, match="Leave the option out"):
        find_operation(["config_load"], "x")
    with pytest.raises(UnknownOperation, match="Nothing was measured yet"):
        find_operation([], "x")


@pytest.mark.parametrize(
    ("text", "share"), [("99%", 0.99), ("99.9", 0.999), (" 99,5 % ", 0.995), ("50", 0.5), ("99.999%", 0.99999)]
)
def test_a_share_is_read_as_percent(text: str, share: float) -> None:
    assert parse_share(text) == share


@pytest.mark.parametrize(
    "text", ["100", "0.99", "49", "-99", "99.9.9", "", "all", "\N{FULLWIDTH DIGIT NINE}9", "99.9999999"]
)
def test_a_share_that_makes_no_sense_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="such as"):
        parse_share(text)
