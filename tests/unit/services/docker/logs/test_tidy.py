"""What a program wrote becomes fit to be shown: no control sequence, no secret, no endless line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.logs.demux import RawLine, Source
from services.docker.logs.tidy import LONGEST_LINE, Tidier, as_shown
from services.docker.redact import HIDDEN

STAMP = "2026-11-24T08:00:00Z"
KEY = [
    "-----BEGIN RSA PRIVATE KEY-----",
    *["MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MaVvVU2nd3ePzNlr"] * 3,
    "Qx3=",
]
END = "-----END RSA PRIVATE KEY-----"


def tidy(*texts: str, source: Source = Source.STDOUT, lost: int = 0) -> list[str]:
    tidier = Tidier()
    return [tidier.tidy(RawLine(source, STAMP, text, lost)).text for text in texts]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain text, grüße 12 ✓", "plain text, grüße 12 ✓"),
        ("\x1b[1;31mred\x1b[0m and \x1b[38;2;1;2;3mmore\x1b[m", "red and more"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\ after", "link after"),
        ("\x1bPdevice\x1b\\text\x1b_app\x1b\\", "text"),
        ("\x9b31mred\x9d0;title\x9ctext", "redtext"),
        ("\x1b(B\x1b=\x1b7text\x1b8", "text"),
        ("torn \x1b[3", "torn "),
        ("torn \x1b]0;half a ti", "torn "),
        ("torn \x1b", "torn "),
        ("a\ttab", "a\ttab"),
        ("windows\r", "windows"),
        ("10%\r50%\r100%", "100%"),
        ("10%\r\x1b[K100%\r\x1b[2K", "100%"),
        ("\r\r", ""),
        ("working |\b/\b-\b done", "working  done"),
        ("N\bNA\bAM\bME\bE", "NAME"),
        ("bell\x07 null\x00 del\x7f turned\u202e\u2066", "bell null del turned"),
        ("two\u2028lines", "twolines"),
    ],
)
def test_what_steers_a_terminal_goes_and_the_words_stay(written: str, shown: str) -> None:
    assert as_shown(written) == shown


@given(st.text(st.sampled_from("\x1b\x9b\x9d\x9c\x07\r\b[]P\\;0123mKab \u202e\x00é"), max_size=60))
def test_nothing_that_steers_is_left_whatever_comes(text: str) -> None:
    assert not set(as_shown(text)) & set("\x1b\x9b\x9d\x9c\x07\r\b\x00\u202e")


def test_a_progress_bar_of_a_thousand_states_is_its_last() -> None:
    assert tidy("".join(f"\x1b[2K\r{n} of 1000" for n in range(1001))) == ["1000 of 1000"]


def test_a_secret_is_hidden_though_it_is_coloured_in_its_middle() -> None:
    assert tidy("pass\x1b[1mword=hun\x1b[0mter2") == [f"password={HIDDEN}"]


def test_a_private_key_is_hidden_from_its_beginning_to_its_end_and_no_further() -> None:
    assert tidy("before", *KEY, END, "after") == ["before", *[HIDDEN] * 6, "after"]


def test_a_private_key_whose_lines_bear_prefixes_is_hidden_too() -> None:
    assert tidy(*(f"app | {line}" for line in [*KEY, END, "after"]))[1:] == [*[HIDDEN] * 5, "app | after"]


def test_a_private_key_in_one_line_is_hidden_and_what_follows_with_it() -> None:
    assert tidy('key file: "' + "\\n".join([*KEY, END]) + '", x', "after") == [f'key file: "{HIDDEN}', "after"]
    assert tidy("here " + KEY[0] + " and", KEY[1], "on", END) == [f"here {HIDDEN}", *[HIDDEN] * 3]


def test_the_rest_of_a_private_key_whose_beginning_is_out_of_sight_is_hidden() -> None:
    assert tidy(*KEY[2:], END, "after") == [*[HIDDEN] * 4, "after"]


@pytest.mark.parametrize(
    "begin",
    [
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
        "PuTTY-User-Key-File-3: ssh-ed25519",
    ],
)
def test_private_keys_of_every_make_are_known(begin: str) -> None:
    assert tidy(begin, "short") == [HIDDEN, HIDDEN]


def test_a_key_that_never_ends_does_not_hide_the_log_for_ever() -> None:
    assert tidy(KEY[0], *["x"] * 200)[-1] == "x"


def test_a_key_in_one_stream_hides_nothing_of_the_other() -> None:
    tidier = Tidier()
    tidier.tidy(RawLine(Source.STDERR, STAMP, KEY[0]))
    assert tidier.tidy(RawLine(Source.STDOUT, STAMP, "fine")).text == "fine"


@pytest.mark.parametrize(
    "line", ["-" * 80, "=" * 60, "_" * 50, "/" * 64, "x" * 44, "certificate-of-the-second-server-renewed"]
)
def test_separators_and_long_names_are_no_keys(line: str) -> None:
    assert tidy(line) == [line]


def test_a_long_line_is_cut_and_says_how_much_is_missing() -> None:
    assert tidy("ab " * 1000) == [("ab " * 1000)[:LONGEST_LINE] + " … 1,000 more characters"]
    (huge,) = tidy("ab " * 20_000, lost=5_000)
    assert huge.endswith(" … 63,000 more characters")


@given(st.integers(6_900, 8_100))
def test_no_part_of_a_secret_is_shown_wherever_the_cut_falls(place: int) -> None:
    word = "hV7kQ2mZ9xT4cW8nR3pL6sD1fG5jB0yA"
    (line,) = tidy(("password=x " * 800)[:place] + " " + word)
    assert not any(word[at : at + 6] in line for at in range(len(word) - 6))


@given(st.text(max_size=3000))
def test_a_line_stays_one_line_within_its_length(text: str) -> None:
    (line,) = tidy(text)
    assert "\n" not in line
    assert len(line) < LONGEST_LINE + 200
