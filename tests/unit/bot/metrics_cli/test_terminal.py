"""Nothing from outside reaches the terminal but signs that print."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from bot.metrics_cli.layout import Column, cut_to_cells, table
from bot.metrics_cli.shapes import text_of
from bot.metrics_cli.tables import line_of, list_report, moment
from bot.metrics_cli.terminal import Terminal, harmless, visible
from utils.metrics.model import MetricEntry

ANY = st.text(st.characters() | st.sampled_from("\x00\x07\x08\t\n\r\x1b\x7f\x9b\u2028\u202e\ud800[]"))
TERMINALS = st.builds(Terminal, st.integers(20, 200), st.booleans(), st.booleans())
SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")


class Stream(io.TextIOWrapper):
    """A stream that is a terminal, or is not."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@settings(deadline=None)
@given(ANY)
def test_a_visible_text_prints_and_tells_every_sign(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    if text.isprintable():
        assert shown == text


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | ANY, lambda inner: st.lists(inner) | st.dictionaries(ANY, inner)
    )
)
def test_json_is_harmless_and_the_same_json(value: object) -> None:
    text = text_of({"value": value})
    assert text.replace("\n", "").isprintable()
    assert text.isascii()
    assert json.loads(text) == {"value": value}


@settings(deadline=None)
@given(ANY)
def test_exported_json_stays_the_same_json_when_it_is_made_harmless(text: str) -> None:
    written = json.dumps({"value": text}, ensure_ascii=False)
    shown = harmless(written)
    assert shown.replace("\n", "").isprintable()
    assert json.loads(shown) == json.loads(written)


def call(operation: str, metadata: dict[str, object], *, success: bool) -> MetricEntry:
    return MetricEntry(operation, 1.0, 2.0, 1.0, success, "1970-01-01T00:00:02", metadata)


@settings(deadline=None)
@given(
    TERMINALS,
    st.builds(
        call,
        ANY,
        st.dictionaries(ANY | st.sampled_from(["action", "container", "outcome", "error_type"]), ANY | st.lists(ANY)),
        success=st.booleans(),
    ),
)
def test_no_call_moves_the_cursor_or_speaks_markup(terminal: Terminal, entry: MetricEntry) -> None:
    drawn = line_of(entry, terminal) + list_report(
        "title", [entry], terminal, Text("below"), with_operation=True, with_metadata=True
    )
    bare = SEQUENCE.sub("", drawn)
    assert bare.replace("\n", "").isprintable()
    if not terminal.styled:
        assert bare == drawn
    if not terminal.unicode:
        assert drawn.isascii()


def test_markup_in_a_name_is_shown_as_it_stands() -> None:
    entry = call("[bold red]x[/] :smile:", {}, success=True)
    assert "[bold red]x[/] :smile:" in line_of(entry, Terminal(200, styled=True))


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")).map(visible), st.integers(1, 40))
def test_a_name_is_cut_to_the_cells_there_are(name: str, cells: int) -> None:
    cut = Text(cut_to_cells(name, cells))
    assert cut.cell_len <= cells
    if Text(name).cell_len <= cells:
        assert cut.plain == name


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["number", "text", "name", "wrap"]), st.text("ab 漢", max_size=60), st.integers(0, 3)
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(20, 120),
)
def test_a_table_is_no_wider_than_its_terminal_when_it_can_help_it(
    columns: list[tuple[str, str, int]], width: int
) -> None:
    made = [Column("head", [Text(text.strip())], kind, spare) for kind, text, spare in columns]
    drawn = Terminal(width, styled=False).draw(table(made, width))
    stays = [column for column in made if not column.spare]
    if sum(column.shortest + 2 for column in stays) - 2 <= width:
        assert all(Text(line).cell_len <= width for line in drawn.splitlines())


@settings(deadline=None)
@given(st.floats() | st.sampled_from([0.0, -1.0, 1e18, 1e300]))
def test_any_moment_has_words(seconds: float) -> None:
    assert moment(seconds, None)


@pytest.mark.parametrize(
    ("stream", "environment", "styled"),
    [
        (Stream(terminal=True), {"TERM": "xterm"}, True),
        (Stream(terminal=True), {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (Stream(terminal=True), {"TERM": "xterm", "NO_COLOR": ""}, True),
        (Stream(terminal=True), {"TERM": "dumb"}, False),
        (Stream(terminal=True), {}, False),
        (Stream(terminal=False), {"TERM": "xterm", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(stream: Stream, environment: dict[str, str], styled: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert Terminal.of(stream, environment).styled is styled


def test_a_stream_without_unicode_gets_ascii() -> None:
    terminal = Terminal.of(Stream(terminal=False, encoding="ascii"), {})
    assert not terminal.unicode
    assert terminal.draw(Text("✓ done")) == "? done\n"
