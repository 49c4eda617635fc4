"""Text from outside stays what it is: text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.kit import code, cut, plain, units
from cogs.perf.kit.text import unbroken
from utils.metrics.format import columns

ANY = st.text(st.characters())  # halves of surrogate pairs included


@given(ANY, st.integers(1, 60))
def test_a_code_span_is_one_line_that_nothing_in_it_can_end(name: str, width: int) -> None:
    span = code(name, width)
    assert span.startswith("`")
    assert span.endswith("`")
    inner = span[1:-1]
    assert inner
    assert columns(inner) <= width
    assert not re.search(r"[`\n\r\t\ud800-\udfff\u202a-\u202e]", inner)


def test_a_long_name_is_cut_in_its_middle() -> None:
    assert code("postgres-main-database-of-the-shop-production-1", 17) == "`postgres…uction-1`"


@pytest.mark.parametrize("name", ["", "```", " \n "])
def test_a_name_of_nothing_still_has_a_name(name: str) -> None:
    assert code(name) == "`(no name)`"


def test_plain_text_escapes_markdown_links_and_mentions() -> None:
    assert plain("**bold** [x](https://e.vil) `c`") == r"\*\*bold\*\* \[x\]\(https\://e.vil\) \`c\`"
    assert plain("@everyone <@1> <#2> <t:3:R>") == "@\u200beveryone \\<@\u200b1\\> \\<\\#2\\> \\<t:3:R\\>"
    assert plain("# title\n- item\n> quote") == r"\# title - item \> quote"
    assert plain("- item") == r"\- item"
    assert plain("1. one") == r"1\. one"


def test_plain_text_leaves_ordinary_words_alone() -> None:
    assert plain("docker_operation _x_ a__b_") == r"docker_operation \_x\_ a\_\_b\_"
    assert plain("nginx-1 took 1.5 s, twice: (fine)") == r"nginx-1 took 1.5 s, twice: \(fine\)"


@given(ANY)
def test_no_sign_of_markdown_is_left_unescaped(text: str) -> None:
    assert not re.search(r"(?<!\\)(?:\\\\)*(?:[*~|`<>\[\]]|__|\b_|_\b)", plain(text))
    assert "\n" not in plain(text)


@given(ANY, st.integers(1, 300))
def test_a_cut_text_fits_and_ends_in_an_ellipsis(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert units(short) <= limit
    assert short == text or short.endswith("…")


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("p50 175 ms · p99 1.5 s", "p50~175~ms · p99~1.5~s"),
        ("max 3 calls, max 1,000 ms · p9 3 s", "max 3 calls, max~1,000~ms · p9 3~s"),
        ("gone in 2 h 5 min at this rate", "gone in 2~h~5~min at this rate"),
        ("**<0.1 %** of 12 kB, 340 B/s", "**<0.1~%** of 12~kB, 340~B/s"),
        ("3 min 20 s ago, 7 µs", "3~min~20~s ago, 7~µs"),
        ("3 sheep, 4 more, 5 days", "3 sheep, 4 more, 5 days"),
        ("`2 s` 3 s `4 s", "`2 s` 3~s `4~s"),
        (r"\` 1 s `2 s` 3 s", r"\` 1~s `2 s` 3~s"),
        ("1 s\n```\n2 s `3 s`\n```\n4 s", "1~s\n```\n2 s `3 s`\n```\n4~s"),
    ],
)
def test_a_number_keeps_its_unit_on_its_line_outside_of_code(text: str, held: str) -> None:
    assert unbroken(text) == held.replace("~", "\u00a0")


@given(st.text("12 msh`\\\n\u00a0😀"))
def test_only_blanks_change_and_doing_it_twice_changes_nothing_more(text: str) -> None:
    held = unbroken(text)
    assert held.replace("\u00a0", " ") == text.replace("\u00a0", " ")
    assert unbroken(held) == held


def test_a_sign_outside_the_basic_plane_counts_twice() -> None:
    assert units("a😀") == 3
    assert cut("😀😀", 3) == "😀…"
    assert cut("😀😀", 2) == "…"
