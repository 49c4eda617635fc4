"""A log's bytes become its lines, however they were cut into pieces and whatever is broken in them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.logs.demux import MOST_BYTES, Demuxer, RawLine, Source

STAMP = b"2026-11-24T08:00:00.123456789Z "
OUT, ERR = Source.STDOUT, Source.STDERR


def frame(source: int, payload: bytes) -> bytes:
    return bytes([source, 0, 0, 0]) + len(payload).to_bytes(4, "big") + payload


def read(data: bytes, *, terminal: bool = False, cuts: tuple[int, ...] = ()) -> list[RawLine]:
    demuxer = Demuxer(terminal=terminal)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    lines = [line for begin, end in pairwise(places) for line in demuxer.feed(data[begin:end])]
    return lines + demuxer.close()


def texts(lines: list[RawLine]) -> list[tuple[Source, str]]:
    return [(line.source, line.text) for line in lines]


CUTS = st.lists(st.integers(0, 400), max_size=12).map(tuple)
WRITTEN = st.lists(
    st.tuples(st.sampled_from([OUT, ERR]), st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=30)),
    max_size=8,
)


@given(written=WRITTEN, cuts=CUTS)
def test_every_line_comes_out_once_and_in_order_wherever_the_pieces_end(
    written: list[tuple[Source, str]], cuts: tuple[int, ...]
) -> None:
    data = b"".join(frame(source, STAMP + text.encode() + b"\n") for source, text in written)
    assert texts(read(data, cuts=cuts)) == written


@given(lines=st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=30)), cuts=CUTS)
def test_a_terminals_lines_come_out_wherever_the_pieces_end(lines: list[str], cuts: tuple[int, ...]) -> None:
    data = b"".join(STAMP + text.encode() + b"\n" for text in lines)
    assert [line.text for line in read(data, terminal=True, cuts=cuts)] == lines


@given(data=st.binary(max_size=300), cuts=CUTS)
def test_garbage_never_raises_and_is_read_alike_wherever_the_pieces_end(data: bytes, cuts: tuple[int, ...]) -> None:
    assert read(data, cuts=cuts) == read(data)
    assert read(data, terminal=True, cuts=cuts) == read(data, terminal=True)


@given(
    data=st.lists(
        st.sampled_from([frame(1, STAMP + b"a\n"), frame(2, b"b"), b"\x01\0\0\0", b"\xff" * 3, STAMP, b"\n"]),
        max_size=8,
    ).map(b"".join),
    cuts=CUTS,
)
def test_half_broken_streams_are_read_alike_wherever_the_pieces_end(data: bytes, cuts: tuple[int, ...]) -> None:
    assert read(data, cuts=cuts) == read(data)


def test_the_engines_time_stamp_is_read_off_and_only_the_first_one() -> None:
    (line,) = read(frame(1, STAMP + STAMP + b"mine\n"))
    assert line.moment == datetime(2026, 11, 24, 8, 0, 0, 123456, UTC)
    assert line.text == STAMP.decode() + "mine"


@pytest.mark.parametrize("stamp", [b"2026-11-24T09:00:00+01:00 ", b"2026-11-24T08:00:00Z "])
def test_time_stamps_of_other_engines_are_read_too(stamp: bytes) -> None:
    (line,) = read(frame(1, stamp + b"x\n"))
    assert (line.moment, line.text) == (datetime(2026, 11, 24, 8, tzinfo=UTC), "x")


def test_a_line_without_a_stamp_or_with_one_that_is_no_time_has_no_moment() -> None:
    plain, odd = read(frame(1, b"x\n") + frame(1, b"2026-99-24T09:00:00Z y\n"))
    assert (plain.moment, odd.moment) == (None, None)
    assert plain.text == "x"


def test_a_long_line_in_several_frames_is_one_line_without_the_stamps_between() -> None:
    part = b"x" * 16384
    (line,) = read(frame(1, STAMP + part) + frame(1, STAMP + part) + frame(1, STAMP + b"end\n"))
    assert line.text == "x" * 32768 + "end"


def test_a_terminals_long_line_is_one_line_without_the_stamps_between() -> None:
    part = b"x" * 16384
    (line,) = read(STAMP + part + STAMP + part + STAMP + b"end\n", terminal=True)
    assert line.text == "x" * 32768 + "end"


def test_a_line_that_a_crash_cut_off_does_not_run_into_the_next() -> None:
    assert texts(read(frame(1, STAMP + b"half") + frame(1, STAMP + b"whole\n"))) == [(OUT, "half"), (OUT, "whole")]


def test_frames_of_the_other_stream_may_come_between() -> None:
    data = frame(1, STAMP + b"a" * 16384) + frame(2, STAMP + b"oops\n") + frame(1, STAMP + b"b\n")
    assert texts(read(data)) == [(ERR, "oops"), (OUT, "a" * 16384 + "b")]


def test_what_the_engine_itself_says_at_the_end_is_a_line_of_its_own_kind() -> None:
    assert texts(read(frame(1, STAMP + b"a\n") + frame(3, b"error grabbing logs: EOF"))) == [
        (OUT, "a"),
        (Source.ENGINE, "error grabbing logs: EOF"),
    ]


def test_a_stream_without_headers_is_taken_as_it_is_though_no_terminal_was_told() -> None:
    assert texts(read(STAMP + b"plain\n" + STAMP + b"text\n")) == [(OUT, "plain"), (OUT, "text")]
    assert texts(read(b"short")) == [(OUT, "short")]


def test_a_broken_header_loses_what_follows_up_to_the_next_good_one() -> None:
    data = frame(1, STAMP + b"a\n") + b"\x09garbage\x01\0\0" + frame(2, STAMP + b"b\n")
    assert texts(read(data)) == [(OUT, "a"), (ERR, "b")]


def test_a_truncated_frame_gives_what_came_of_it() -> None:
    assert texts(read(frame(1, STAMP + b"a\n") + frame(1, STAMP + b"not whole\n")[:-4])) == [
        (OUT, "a"),
        (OUT, "not wh"),
    ]
    assert texts(read(frame(1, STAMP + b"a\n") + b"\x01\0\0")) == [(OUT, "a")]


def test_what_is_no_utf8_is_replaced() -> None:
    (line,) = read(frame(1, STAMP + b"a\xff\xc3\n"))
    assert line.text == "a\ufffd\ufffd"


def test_a_huge_line_is_kept_to_its_beginning_and_end_and_the_rest_is_counted() -> None:
    size = 10 * MOST_BYTES
    (line,) = read(b"begin" + b"x" * size + b"end\n", terminal=True, cuts=tuple(range(0, size, 1000)))
    assert line.text.startswith("begin")
    assert line.text.endswith("end")
    assert len(line.text) == MOST_BYTES
    assert line.lost == size + len("begin" + "end") - MOST_BYTES
