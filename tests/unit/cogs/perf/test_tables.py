"""Tables in a code block: their columns stand one below the other, whatever the names are, and fit a phone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.reports.tables import table
from utils.metrics.format import columns

HEADS = ("", "calls", "p95")


def test_wide_names_are_cut_and_padded_as_they_are_drawn() -> None:
    rows = [("データベースサーバー-primary", "12", "340 ms"), ("web", "4,812", "1.8 s")]
    assert table(HEADS, rows).split("\n") == [
        "                    calls    p95",
        "データベ…ー-primary    12 340 ms",
        "web                 4,812  1.8 s",
    ]


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["C", "Z"])), min_size=1, max_size=5))
def test_every_line_takes_the_same_columns_and_no_more_than_a_phone_has(names: list[str]) -> None:
    lines = table(HEADS, [(name, "4,812", "340 ms") for name in names]).split("\n")
    assert len({columns(line) for line in lines}) == 1
    assert columns(lines[0]) <= 32
