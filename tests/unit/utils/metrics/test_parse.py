"""Lengths of time and names as people type them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.parse import find_name, near_names, seconds

UNITS = {"us": 1e-6, "µs": 1e-6, "ms": 1e-3, "": 1.0, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


@given(st.integers(0, 10**9 - 1), st.sampled_from(sorted(UNITS)), st.sampled_from(["", " "]))
def test_a_number_with_a_unit_is_a_length(number: int, unit: str, gap: str) -> None:
    assert seconds(f"{number}{gap}{unit.upper() if unit != 'µs' else unit}") == pytest.approx(number * UNITS[unit])


@given(st.text())
def test_any_text_is_a_finite_length_or_none(text: str) -> None:
    read = seconds(text)
    assert read is None or (math.isfinite(read) and read >= 0)


@pytest.mark.parametrize("text", ["", "ms", "-1s", "1 year", "1e9", "nan", "inf", "1..5s", "٣s", "1" * 400])
def test_what_is_no_length_is_none(text: str) -> None:
    assert seconds(text) is None


@given(st.lists(st.text(min_size=1), min_size=1))
def test_every_name_finds_itself_or_one_that_differs_by_case_and_blanks(known: list[str]) -> None:
    for name in known:
        found = find_name(known, name)
        assert found in known or name != name.strip()
        if found is not None:
            assert found.casefold() == name.strip().casefold()


def test_a_name_is_found_whatever_its_case_but_not_by_its_start() -> None:
    assert find_name(["config_load"], " Config_Load ") == "config_load"
    assert find_name(["config_load"], "config") is None
    assert find_name([], "config") is None


def test_similar_names_come_likeliest_first_and_at_most_three() -> None:
    known = ["docker_operation", "docker_option", "docker_operators", "docker_opera", "config_load"]
    near = near_names(known, "docker_operatio")
    assert near[0] == "docker_operation"
    assert len(near) == 3
    assert near_names(known, "zzz") == []
