"""Text from outside stays what it is: text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.kit import code, cut, plain, units

ANY = st.text(st.characters())  # halves of surrogate pairs included


@given(ANY, st.integers(1, 60))
def test_a_code_span_is_one_line_that_nothing_in_it_can_end(name: str, width: int) -> None:
    span = code(name, width)
    assert span.startswith("`")
    assert span.endswith("`")
    inner = span[1:-1]
    assert inner
    assert len(inner) <= width
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


def test_a_sign_outside_the_basic_plane_counts_twice() -> None:
    assert units("a😀") == 3
    assert cut("😀😀", 3) == "😀…"
    assert cut("😀😀", 2) == "…"
