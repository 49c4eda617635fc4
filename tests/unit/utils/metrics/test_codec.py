from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.codec import decode, numbers, scan, timestamp


@pytest.mark.parametrize(
    ("fields", "times"),
    [
        ({"start_time": 1.0, "end_time": 3.0}, (1.0, 3.0, 2.0)),
        ({"start_time": 1, "duration": 2}, (1.0, 3.0, 2.0)),
        ({"end_time": 3, "duration": 2}, (1.0, 3.0, 2.0)),
        # The old program's clock could go back: its line is shown as it stands.
        ({"start_time": 5, "end_time": 3, "duration": -2}, (5.0, 3.0, -2.0)),
    ],
)
def test_what_is_missing_is_derived_and_what_is_there_is_kept(
    fields: dict[str, float], times: tuple[float, float, float]
) -> None:
    entry = decode(json.dumps({"operation": "op", **fields}).encode())
    assert entry is not None
    assert (entry.start_time, entry.end_time, entry.duration) == times
    assert (entry.success, entry.metadata) == (True, {})
    assert entry.timestamp == timestamp(3.0)


def test_unknown_fields_are_kept_and_strange_metadata_is_put_under_a_key() -> None:
    entry = decode(b'{"operation": "op", "end_time": 1, "duration": 1, "metadata": [1, NaN], "host": {"a": 1}}')
    assert entry is not None
    assert entry.metadata == {"metadata": [1, "NaN"]}
    assert entry.extra == {"host": {"a": 1}}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b'"text"',
        b'{"operation": "op"}',
        b'{"operation": "op", "end_time": 1}',
        b'{"operation": "", "end_time": 1, "duration": 1}',
        b'{"operation": ["op"], "end_time": 1, "duration": 1}',
        b'{"operation": "op", "end_time": true, "duration": 1}',
        b'{"operation": "op", "end_time": 1, "duration": -Infinity}',
        b'{"operation": "op", "start_time": 1e308, "duration": 1e308}',
        b'{"operation": "op", "end_time": 1, "duration": 1, "success": []}',
        b'{"operation": "op", "end_time": 1, "duration": 1}}',
        b'{"operation": "op", "end_time": 1, "duration": 1, "metadata": {"a": "\xc3"}}',
        b'{"operation": "op", "end_time": 1, "duration": 1, "metadata": ' + b'{"a":' * 100_000,
    ],
)
def test_what_is_no_entry_is_none(line: bytes) -> None:
    assert decode(line) is None
    assert scan(line) is None


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(line: bytes) -> None:
    assert (decode(line) is None) == (scan(line) is None)


_SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
_METADATA = st.dictionaries(st.text(max_size=9), _SCALAR | st.dictionaries(st.text(max_size=9), _SCALAR), max_size=5)
_LINE = (
    '{"operation": %s, "start_time": %s, "end_time": %s, "duration": %s, "success": true, "timestamp": "now", '
    '"metadata": %s%s}%s'
)


_LINES = st.builds(
    lambda escape, values, more, rest: (
        _LINE % (*(json.dumps(value, ensure_ascii=escape) for value in values), more, rest)
    ).encode(errors="surrogatepass"),
    st.booleans(),
    st.tuples(st.text(min_size=1, max_size=9), *[st.floats() | st.integers()] * 3, _METADATA | _SCALAR),
    st.sampled_from(["", ', "metadata": {}', ', "end_time": 5', "}", "  ", ', "x": {"metadata": {"a": 1}}']),
    st.sampled_from(["", "\r", " ", "\n", "}", "\x0b"]),
)


@given(_LINES)
def test_numbers_alone_are_those_of_the_whole_entry(line: bytes) -> None:
    entry, found = decode(line), numbers(line)
    assert (entry is None) == (found is None)
    if entry is not None and found is not None:
        assert (found.end_time, found.duration) == (entry.end_time, entry.duration)
        strange = not isinstance(json.loads(line).get("metadata"), dict)
        assert found.metadata == ({} if strange else entry.metadata)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_of_numbers_raise(line: bytes) -> None:
    assert (numbers(line) is None) == (decode(line) is None)


def test_a_moment_beyond_the_calendar_has_no_timestamp() -> None:
    assert timestamp(1e300) == ""
    assert len(timestamp(0)) == len("1970-01-01T00:00:00")
