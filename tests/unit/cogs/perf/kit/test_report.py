"""Embeds never go over a limit of Discord, and nothing goes without a note."""

from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.kit import BAD, Report, units

TEXT = st.one_of(
    st.text(st.characters(), max_size=80),
    st.builds(lambda part, times: part * times, st.text(st.characters(), min_size=1, max_size=9), st.integers(1, 3000)),
)
LINES = st.lists(TEXT, max_size=12)
FIELDS = st.lists(st.tuples(TEXT, TEXT), max_size=30)


def total(report: Report) -> int:
    embed = report.build()
    return sum(
        units(text or "")
        for text in (
            embed.title,
            embed.description,
            embed.footer.text,
            *(part for field in embed.fields for part in (field.name, field.value)),
        )
    )


def make(title: str, lines: list[str], fields: list[tuple[str, str]], footer: str) -> Report:
    report = Report(title)
    for line in lines:
        report.line(line)
    for name, value in fields:
        report.field(name, value)
    return report.footer(footer)


@given(TEXT, LINES, FIELDS, TEXT)
def test_no_limit_is_ever_exceeded(title: str, lines: list[str], fields: list[tuple[str, str]], footer: str) -> None:
    report = make(title, lines, fields, footer)
    embed = report.build()
    assert units(embed.title or "") <= 256
    assert units(embed.description or "") <= 4096
    assert units(embed.footer.text or "") <= 2048
    assert len(embed.fields) <= 25
    for field in embed.fields:
        assert 1 <= units((field.name or "").strip()) <= 256
        assert 1 <= units((field.value or "").strip()) <= 1024
    assert total(report) <= 6000
    assert embed.title or embed.description or embed.fields
    assert embed.description is None or embed.description.strip()


@given(st.lists(st.text("abc 😀", max_size=600).map(str.strip), max_size=40))
def test_every_line_is_there_or_counted_in_the_note(lines: list[str]) -> None:
    text = make("t", lines, [], "").build().description or ""
    shown = text.split("\n")
    if shown[-1].startswith("… "):
        missing = int(shown.pop().split()[1])
        assert len(shown) + missing == len(lines)
        assert shown == lines[: len(shown)]
    else:
        assert text == ("\n".join(lines) if any(lines) else "")


@given(st.lists(st.tuples(st.text("abc", min_size=1), st.text("abc", min_size=1, max_size=1500)), max_size=40))
def test_every_field_is_there_or_counted_in_the_footer(fields: list[tuple[str, str]]) -> None:
    embed = make("t", [], fields, "exact").build()
    missing = len(fields) - len(embed.fields)
    footer = embed.footer.text
    assert footer == "exact" if not missing else footer and footer.startswith(f"exact · … {missing} more section")
    for (_, value), field in zip(fields, embed.fields, strict=False):
        assert field.value == value or (field.value or "").endswith("…")


def test_a_number_and_its_unit_stay_on_one_line_wherever_they_stand() -> None:
    embed = make(
        "last 24 h", ["p99 309 ms · 12 %", "```", "p99 309 ms", "```"], [("in 5 s", "670 ms\u201330 s")], "1 kB"
    ).build()
    assert embed.title == "last 24\u00a0h"
    assert embed.description == "p99\u00a0309\u00a0ms · 12\u00a0%\n```\np99 309 ms\n```"
    assert [(field.name, field.value) for field in embed.fields] == [("in 5\u00a0s", "670\u00a0ms\u201330\u00a0s")]
    assert embed.footer.text == "1\u00a0kB"


def test_lines_are_cut_at_their_ends() -> None:
    report = Report("t")
    for number in range(500):
        report.line(f"line {number} of many")
    lines = (report.build().description or "").split("\n")
    assert lines[-1] == f"… {500 - len(lines) + 1} more lines"
    assert lines[-2] == f"line {len(lines) - 2} of many"


def test_a_line_longer_than_the_room_ends_in_an_ellipsis_and_the_rest_is_counted() -> None:
    text = Report("t").line("x" * 5000).line("more").build().description or ""
    first, note = text.split("\n")
    assert first.endswith("x…")
    assert note == "… 1 more line"
    assert units(text) == 4096


def test_a_short_report_is_exactly_what_was_written() -> None:
    embed = (
        Report("Title", BAD)
        .line("one")
        .line()
        .line("two\nthree")
        .field("Name", "value", inline=True)
        .footer("f")
        .build()
    )
    assert embed.to_dict() == {
        "type": "rich",
        "flags": 0,
        "title": "Title",
        "color": 0xED4245,
        "description": "one\n\ntwo\nthree",
        "fields": [{"name": "Name", "value": "value", "inline": True}],
        "footer": {"text": "f"},
    }


def test_a_blank_name_or_value_gets_a_zero_width_space_and_a_blank_report_a_word() -> None:
    embed = Report("").field(" ", "").build()
    assert [(field.name, field.value) for field in embed.fields] == [("\u200b", "\u200b")]
    assert Report(" ").build().description == "Nothing to show."
