from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.report import BEGIN, END, Row, as_markdown, as_ratio, as_text, as_time, between_markers, write_docs
from tests.bench.rounds import Contest, Spread

if TYPE_CHECKING:
    from pathlib import Path

CONTEST = Contest({"ours": [2e-3, 3e-3, 4e-3], "DuckDB": [0.2, 0.3, 0.2]})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.3611, "0.361"),
        (1 / 52.2, "1/52"),
        (1 / 2000, "1/2,000"),
        (12.54, "12.5"),
        (1.0, "1.00"),
        (1234.5, "1,234"),
        (0, "0"),
    ],
)
def test_a_small_ratio_reads_as_a_fraction_and_others_with_three_figures(value: float, text: str) -> None:
    assert as_ratio(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (479e-9, "479 ns"),
        (1.343e-6, "1.34 µs"),
        (0.161, "161 ms"),
        (2.809, "2.81 s"),
        (0.0002, "200 µs"),
        (0.0, "0 ns"),
    ],
)
def test_a_time_has_three_figures_and_the_unit_that_fits(seconds: float, text: str) -> None:
    assert as_time(seconds) == text


def test_a_row_tells_the_ratio_its_extremes_the_figures_and_whether_the_goal_is_met() -> None:
    row = Row.of(CONTEST, "`get_stats()`", "ours", "DuckDB", goal=1 / 50, limit=0.010)
    assert row.cells() == (
        "`get_stats()`",
        "1/100",
        "1/100 … 1/50",
        "DuckDB: 3.00 ms to 200 ms",
        "≤ 1/50, ≤ 10.0 ms",
        "yes",
    )


def test_a_ratio_above_the_goal_is_not_met() -> None:
    assert not Row.of(CONTEST, "x", "ours", "DuckDB", goal=1 / 200).met
    assert Row.of(CONTEST, "x", "ours", "DuckDB", goal=1 / 200).cells()[-1] == "NO"


def test_a_time_above_its_limit_is_not_met_however_good_the_ratio() -> None:
    assert not Row.of(CONTEST, "x", "ours", "DuckDB", goal=1 / 50, limit=0.001).met


def test_a_row_without_a_goal_is_neither_met_nor_missed() -> None:
    cells = Row.of(CONTEST, "x", "ours", "DuckDB").cells()
    assert cells[-2:] == ("", "")


def test_figures_taken_with_less_than_the_goals_mean_are_not_judged() -> None:
    row = Row.of(CONTEST, "x", "ours", "DuckDB", goal=1 / 200, limit=0.001).unjudged()
    assert row.cells()[-2:] == ("", "")


def test_a_note_stands_behind_what_was_measured() -> None:
    assert Row.of(CONTEST, "x", "ours", "DuckDB", note="no checkpoint").cells()[0] == "x (no checkpoint)"


def test_a_single_measurement_has_no_extremes() -> None:
    assert Row("x", "y", Spread.of([2.0]), "2 to 1").cells()[2] == "once"


def test_the_text_has_its_columns_below_each_other() -> None:
    row = Row.of(CONTEST, "x", "ours", "DuckDB")
    first, second = as_text([row]).splitlines()
    assert first.index("Ratio") == second.index("1/100")


def test_the_markdown_table_names_the_machine_and_has_as_many_cells_in_each_line() -> None:
    table = as_markdown([Row.of(CONTEST, "a | b", "ours", "DuckDB")], "A processor, 2 cores", "Seven rounds.")
    lines = table.splitlines()
    assert lines[0] == "Machine: A processor, 2 cores."
    assert "Seven rounds." in lines
    rows = [line.replace("\\|", "") for line in lines if line.startswith("|")]
    assert len(rows) == 3
    assert {row.count("|") for row in rows} == {7}


def test_the_table_takes_the_place_of_what_stands_between_the_markers() -> None:
    assert between_markers(f"# Page\n{BEGIN}\nold\n{END}\nrest\n", "new") == f"# Page\n{BEGIN}\nnew\n{END}\nrest\n"


@given(st.text(), st.text(), st.text())
def test_writing_the_table_twice_changes_nothing_and_the_rest_of_the_page_stays(
    before: str, after: str, table: str
) -> None:
    page = f"{before}{BEGIN}{END}{after}"
    once = between_markers(page, table)
    assert between_markers(once, table) == once
    assert once.startswith(before)
    assert once.endswith(after)


@pytest.mark.parametrize("page", ["", BEGIN, END, END + BEGIN, BEGIN + END + BEGIN + END])
def test_a_page_without_its_place_for_the_table_is_refused_and_told_what_it_needs(page: str) -> None:
    with pytest.raises(ValueError, match="each once"):
        between_markers(page, "table")


def test_the_table_is_written_into_the_file(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Seite über uns\n{BEGIN}\n{END}\n", "utf-8")
    write_docs(page, "| µs |")
    assert page.read_text("utf-8") == f"# Seite über uns\n{BEGIN}\n| µs |\n{END}\n"
