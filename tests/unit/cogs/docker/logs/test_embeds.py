"""What is said around the lines of a log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.logs.embeds import file_embed, followed_embed, following_embed, page_embed, page_needs_file, why_ended
from cogs.perf.kit import units
from services.docker import Container, State
from services.docker.logs import Bound, End, LogLine, LogPage, Source, Words

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STAMP = int(NOON.timestamp())
WEB = Container(id="a" * 64, name="web", image="image", state=State.RUNNING)


def page(*texts: str, source: Source = Source.STDOUT) -> LogPage:
    return LogPage(
        container=WEB,
        lines=tuple(LogLine(text, source, NOON) for text in texts),
        more=False,
        searched=len(texts),
        bound=None,
        since=None,
        words=Words(),
        taken=NOON,
    )


def said(shown: LogPage, *, attached: bool = False) -> str:
    made = page_embed(shown, attached=attached)
    return f"{made.description}\n{made.footer.text or ''}"


def test_a_short_log_is_told_with_its_container_its_length_and_its_newest_line() -> None:
    assert said(page("a", "b")) == f"`web` ● running · 2 lines · newest <t:{STAMP}:R>\n```\na\nb\n```\n"
    assert said(page("a")).startswith("`web` ● running · 1 line ·")


def test_that_there_are_older_lines_is_told() -> None:
    assert "last 1 line ·" in said(replace(page("a"), more=True))


def test_what_was_asked_for_is_told() -> None:
    asked = replace(page("a"), words=Words(("error",), ("debug",)), since=NOON)
    assert f"1 line with `error` but without `debug` since <t:{STAMP}:f>" in said(asked)
    assert "1 line without `debug` ·" in said(replace(page("a"), words=Words((), ("debug",))))


def test_beside_a_file_stands_what_is_in_it_and_not_its_lines() -> None:
    asked = replace(page("a", "b"), words=Words(("error",)), bound=Bound.LINES, searched=20_000)
    made = file_embed(asked)
    assert made.description == f"`web` ● running · 2 lines with `error` · newest <t:{STAMP}:R>"
    assert made.footer.text == "searched the last 20,000 lines"
    assert "wrote nothing" in (file_embed(page()).description or "")


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (Bound.LINES, "searched the last 20,000 lines"),
        (Bound.BYTES, "its lines are long: looked through the last 20,000 lines only"),
        (Bound.TIME, "Docker was slow: looked through the last 20,000 lines only"),
    ],
)
def test_what_ended_a_search_early_is_told_whether_or_not_it_found_anything(bound: Bound, words: str) -> None:
    found = replace(page("a"), bound=bound, searched=20_000, words=Words(("x",)))
    assert words in said(found)
    assert words in said(replace(found, lines=()))


def test_what_does_not_fit_is_told_and_needs_a_file() -> None:
    long = page(*(f"line {n} " + "word " * 20 for n in range(100)))
    assert page_needs_file(long)
    assert "of 100 lines shown, all in the file" in said(long, attached=True)
    assert "in the file" not in said(long)
    assert "long lines are cut, all in the file" in said(page("x" * 1000), attached=True)
    assert not page_needs_file(page("a"))


def test_where_lines_came_from_is_told() -> None:
    assert "! = standard error" in said(replace(page(), lines=page("a").lines + page("b", source=Source.STDERR).lines))
    assert "all on standard error" in said(page("b", source=Source.STDERR))


@pytest.mark.parametrize(
    ("empty", "words"),
    [
        (page(), "wrote nothing to its standard output or error so far"),
        (replace(page(), container=replace(WEB, state=State.CREATED)), "was never started"),
        (replace(page(), since=NOON), f"wrote nothing since <t:{STAMP}:f>"),
        (replace(page(), words=Words(("x",)), searched=7), "wrote no line with `x`."),
        (replace(page(), words=Words(("x",)), searched=7), "searched all 7 lines"),
    ],
)
def test_an_empty_answer_says_why_it_is_empty(empty: LogPage, words: str) -> None:
    assert words in said(empty)


def test_empty_lines_alone_are_told_as_such() -> None:
    assert "(2 empty lines)" in said(page("", " "))


@given(st.lists(st.text(max_size=500), min_size=1, max_size=60), st.sampled_from(Bound), st.text(max_size=100))
def test_no_embed_is_cut_by_the_builder_which_would_open_the_block(texts: list[str], bound: Bound, word: str) -> None:
    shown = replace(page(*texts), bound=bound, words=Words((word,)), since=NOON, more=True)
    for made in (
        page_embed(shown, attached=True),
        following_embed(WEB, shown.lines, shown.words, until=NOON, gap=True),
        followed_embed(WEB, shown.lines, shown.words, why="x" * 60, gap=True, problem="y" * 300),
    ):
        assert made.description is not None
        assert units(made.description) <= 4096
        assert made.description.count("```") in (0, 2)
        assert "more lines" not in made.description


def test_a_followed_log_says_when_it_ends_and_that_nothing_came() -> None:
    made = following_embed(WEB, (), Words(), until=NOON, gap=False)
    assert made.description == f"`web` · ends <t:{STAMP}:R>\nNothing was written yet."


def test_lines_left_out_of_a_flood_are_told() -> None:
    made = following_embed(WEB, page("a").lines, Words(), until=NOON, gap=True)
    assert made.footer.text == "lines were left out: they came too fast"


@pytest.mark.parametrize("end", End)
def test_every_end_has_its_words(end: End) -> None:
    made = followed_embed(WEB, page("a").lines, Words(), why=why_ended(end, 300.0), gap=False)
    assert made.title == "Log · not followed any more"
    assert (made.description or "").replace("\u00a0", " ").splitlines()[0] == f"`web` · {why_ended(end, 300.0)}"
    assert why_ended(End.TIME, 300.0) == "its 5 min are over"
