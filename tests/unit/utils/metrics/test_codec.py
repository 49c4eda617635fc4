from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.codec import decode, encode, scan, timestamp
from utils.metrics.sanitise import clean_name

finite = st.floats(allow_nan=False, allow_infinity=False)
plain = st.dictionaries(
    st.text(max_size=10),
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), finite, st.text(max_size=20)),
)


def test_a_line_looks_as_the_old_program_wrote_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    line = encode("config_load", ("config_load", 1699999999.456, 0.333, 0.0, True, None)).decode()
    assert line == (
        '{"operation": "config_load", "start_time": 1699999999.123, "end_time": 1699999999.456, "duration": 0.333, '
        f'"success": true, "timestamp": "{timestamp(1699999999.456)}", "metadata": {{}}}}\n'
    )


@given(st.text(min_size=1, max_size=50), st.floats(0, 4e9), st.floats(0, 1e6), st.booleans(), plain)
def test_what_is_written_is_read_back(
    name: str,
    end: float,
    elapsed: float,
    success: bool,  # noqa: FBT001 - hypothesis hands it in
    metadata: dict[str, Any],
) -> None:
    name = clean_name(name)
    line = encode(name, (name, end, elapsed, 0.0, success, metadata))
    entry = decode(line)
    assert entry is not None
    assert (entry.operation, entry.success, entry.metadata, entry.extra) == (name, success, metadata, {})
    assert math.isclose(entry.end_time, end, abs_tol=1e-6)
    assert math.isclose(entry.duration, elapsed, abs_tol=1e-9)
    assert math.isclose(entry.end_time - entry.start_time, entry.duration, rel_tol=1e-9, abs_tol=3e-6)
    assert scan(line) == (entry.operation, entry.end_time, entry.duration, entry.success)


@given(
    st.one_of(st.floats(), st.just(0.0)),
    st.one_of(st.floats(), st.just(0.0)),
    st.dictionaries(st.text(st.characters()), st.one_of(st.floats(), st.text(st.characters()), st.binary())),
)
def test_a_line_is_one_line_of_strict_json_whatever_is_in_it(
    elapsed: float, waited: float, metadata: dict[str, Any]
) -> None:
    line = encode("op", ("op", 1.7e9, elapsed, waited, False, metadata))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    json.loads(line, parse_constant=pytest.fail)
    entry = decode(line)
    assert entry is not None
    assert entry.duration >= 0


def test_what_was_waited_is_not_in_the_duration_but_between_the_times() -> None:
    entry = decode(encode("op", ("op", 1_000.0, 10.0, 7.0, True, {"waited": 7.0})))
    assert entry is not None
    assert (entry.start_time, entry.end_time, entry.duration) == (990.0, 1_000.0, 3.0)


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


def test_a_moment_beyond_the_calendar_has_no_timestamp() -> None:
    assert timestamp(1e300) == ""
    assert len(timestamp(0)) == len("1970-01-01T00:00:00")
