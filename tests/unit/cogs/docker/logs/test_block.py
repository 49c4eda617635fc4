"""Lines of a log in a code block that nothing in them can end, and in a file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.logs.block import ROOM, WIDTH, block, file_text
from cogs.perf.kit import units
from cogs.perf.kit.text import clean
from services.docker.logs import LogLine, Source

NOON = datetime(2026, 11, 24, 12, 0, 0, 123_456, UTC)
TEXTS = st.text(st.characters(exclude_characters="\n"), max_size=600)
LINES = st.lists(st.builds(LogLine, TEXTS, st.sampled_from(Source), st.sampled_from([NOON, None])), max_size=40)


def line(text: str, source: Source = Source.STDOUT) -> LogLine:
    return LogLine(text, source, NOON)


def test_the_lines_stand_in_a_block_the_newest_last() -> None:
    made = block([line("a"), line("b")])
    assert (made.text, made.shown, made.whole, made.marked) == ("```\na\nb\n```", 2, True, False)


def test_where_both_streams_were_used_the_standard_error_is_marked() -> None:
    made = block([line("a"), line("b", Source.STDERR), line("c", Source.ENGINE)])
    assert made.text == "```\na\n! b\n! Docker says: c\n```"
    assert made.marked
    assert block([line("b", Source.STDERR)]).text == "```\nb\n```"


@pytest.mark.parametrize("text", ["```", "``````", "```js\nx", "a``` @everyone", "`" * 50, "`\x00`\u202e`"])
def test_no_line_ends_the_block(text: str) -> None:
    inner = block([line(text), line("after")]).text.removeprefix("```").removesuffix("```")
    assert "``" not in clean(inner)


@given(lines=LINES, room=st.integers(200, ROOM))
def test_a_block_is_never_longer_than_its_room_and_holds_the_newest_lines(lines: list[LogLine], room: int) -> None:
    made = block(lines, room)
    assert units(made.text) <= room
    assert made.text.count("```") in (0, 2)
    assert made.shown <= len(lines)
    if made.whole:
        assert made.shown == len(lines)


def test_what_does_not_fit_are_the_oldest_lines() -> None:
    made = block([line(f"line {n}") for n in range(1000)])
    assert made.text.endswith("line 999\n```")
    assert not made.whole
    assert made.shown == made.text.count("line")


def test_a_long_line_is_cut_in_the_chat_and_so_is_not_whole() -> None:
    made = block([line("x" * (WIDTH + 1))])
    assert not made.whole
    assert "x…" in made.text


def test_empty_lines_alone_make_no_block() -> None:
    made = block([line(""), line("  ")])
    assert (made.text, made.shown) == ("", 2)


def test_a_file_has_every_line_with_its_time_and_the_marks() -> None:
    written = file_text([line("grüße"), LogLine("b", Source.STDERR, None)], "# head", 1000)
    assert written.decode() == "# head\n\n2026-11-24T12:00:00.123Z grüße\n! b\n"


@given(lines=LINES, most=st.integers(500, 5000))
def test_a_file_is_never_bigger_than_it_may_be_and_says_what_is_missing(lines: list[LogLine], most: int) -> None:
    written = file_text(lines, "# head", most)
    assert len(written) <= most
    kept = written.split(b"\n\n", 1)[1].split(b"\n")[:-1]
    assert (b"older lines left out" in written.split(b"\n\n", 1)[0]) == (len(kept) < len(lines))
