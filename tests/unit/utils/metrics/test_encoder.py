from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.codec import decode, scan, timestamp
from utils.metrics.encoder import Encoder
from utils.metrics.model import MetricEntry, WallTime
from utils.metrics.outcome import Outcome
from utils.metrics.sanitise import clean_metadata, clean_name, mend_text

if TYPE_CHECKING:
    from utils.metrics.model import Record

finite = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=20)
plain = st.dictionaries(
    st.text(max_size=10), st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), finite, texts)
)


def line(record: Record, offset: float = 0.0) -> bytes:
    return Encoder().encode([record], offset)


def entry(record: Record, offset: float = 0.0) -> MetricEntry:
    found = decode(line(record, offset))
    assert found is not None
    return found


ORDINARY = (
    b'{"operation": "config_load", "start_time": 1699999999.123000, "end_time": 1699999999.456000, '
    b'"duration": 0.333000000, "success": true, "timestamp": "%s", "metadata": %s}\n'
)


@pytest.mark.parametrize(
    ("metadata", "written"),
    [
        (None, b"{}"),
        ({}, b"{}"),
        ({"container": "nginx"}, b'{"container": "nginx"}'),
        (
            {"a": 1, "b": 0.5, "c": True, "d": None, "ü": '"\n'},
            '{"a": 1, "b": 0.5, "c": true, "d": null, "ü": "\\"\\n"}',
        ),
        ({"a": [1, {"b": 2}], "c": math.nan}, b'{"a": [1, {"b": 2}], "c": "<nan>"}'),
    ],
)
@pytest.mark.parametrize("ended", [1_499_999_999.456, WallTime(1_699_999_999.456)])
def test_a_line_has_the_old_programs_fields_in_their_order(
    metadata: dict[str, Any] | None, written: bytes | str, ended: float
) -> None:
    expected = written.encode() if isinstance(written, str) else written
    found = line(("config_load", ended, 0.333, 0.0, True, metadata), 200_000_000.0)
    assert found == ORDINARY % (timestamp(1_699_999_999).encode(), expected)


def test_the_monotonic_end_is_moved_to_the_walls_and_the_walls_own_is_not() -> None:
    assert entry(("op", 5.0, 1.0, 0.0, True, None), 1_000.0).end_time == 1_005.0
    assert entry(("op", WallTime(5.0), 1.0, 0.0, True, None), 1_000.0).end_time == 5.0


@given(
    st.text(min_size=1, max_size=50),
    st.floats(0, 4e9),
    st.one_of(st.floats(0, 1e6), st.floats(0, 1)),
    st.booleans(),
    plain,
)
def test_what_is_written_is_read_back(
    name: str,
    end: float,
    elapsed: float,
    success: bool,  # noqa: FBT001 - hypothesis hands it in
    metadata: dict[str, Any],
) -> None:
    name = clean_name(name)
    encoder = Encoder()
    # Twice: what the encoder remembers of the first must not show.
    for _ in range(2):
        written = encoder.encode([(name, end, elapsed, 0.0, success, metadata)], 0.0)
        found = decode(written)
        assert found is not None
        assert (found.operation, found.success, found.metadata, found.extra) == (name, success, metadata, {})
        assert math.isclose(found.end_time, end, abs_tol=1.5e-6)
        assert math.isclose(found.duration, elapsed, abs_tol=1e-9)
        assert math.isclose(found.end_time - found.start_time, found.duration, rel_tol=1e-9, abs_tol=3e-6)
        assert scan(written) == (found.operation, found.end_time, found.duration, found.success)
    assert encoder.names == {name}


@given(
    st.one_of(st.floats(), st.just(0.0)),
    st.one_of(st.floats(), st.just(0.0)),
    st.dictionaries(st.text(st.characters()), st.one_of(st.floats(), st.text(st.characters()), st.binary())),
)
def test_a_line_is_one_line_of_strict_json_whatever_is_in_it(
    elapsed: float, waited: float, metadata: dict[str, Any]
) -> None:
    written = line(("op", 1.7e9, elapsed, waited, False, metadata))
    assert written.endswith(b"\n")
    assert written.count(b"\n") == 1
    json.loads(written, parse_constant=pytest.fail)
    assert entry(("op", 1.7e9, elapsed, waited, False, metadata)).duration >= 0


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 2)), min_size=1, max_size=20))
def test_a_batch_is_its_lines_one_after_the_other(calls: list[tuple[float, float]]) -> None:
    records: list[Record] = [("op", 1.7e9 + end, elapsed, 0.0, True, {"n": 1}) for end, elapsed in calls]
    encoder = Encoder()
    encoder.encode(records[:1], 0.5)
    assert encoder.encode(records, 0.5) == b"".join(encoder.encode([record], 0.5) for record in records)


@given(st.integers(0, 10**6), st.integers(0, 2 * 10**9))
def test_numbers_of_so_many_decimals_come_back_as_they_were(micros: int, nanos: int) -> None:
    found = entry(("op", WallTime(1_700_000_000 + micros / 1e6), nanos / 1e9, 0.0, True, None))
    assert (found.end_time, found.duration) == (1_700_000_000 + micros / 1e6, nanos / 1e9)


@pytest.mark.parametrize("fraction", [0.0, 1e-7, 0.4999999, 0.9999994, 0.9999996, 0.9999999999])
@pytest.mark.parametrize("elapsed", [0.0, 1e-10, 0.1, 0.8999999999, 0.9999999999, 1.0, 59.9999999999])
def test_rounding_at_the_turn_of_a_second_makes_no_eleventh_decimal(fraction: float, elapsed: float) -> None:
    found = entry(("op", 1_700_000_000.0 + fraction, elapsed, 0.0, True, None))
    assert math.isclose(found.end_time, 1_700_000_000.0 + fraction, rel_tol=0, abs_tol=1.5e-6)
    assert math.isclose(found.start_time, 1_700_000_000.0 + fraction - elapsed, rel_tol=0, abs_tol=1.5e-6)
    assert math.isclose(found.duration, elapsed, rel_tol=0, abs_tol=1.1e-9)


def test_what_was_waited_is_not_in_the_duration_but_between_the_times() -> None:
    found = entry(("op", 1_000.5, 0.25, 0.125, True, {"waited": 0.125}))
    assert (found.start_time, found.end_time, found.duration) == (1_000.25, 1_000.5, 0.125)


@pytest.mark.parametrize("moment", [-5.5, -0.25, 1e10, 1e12, 1e300])
def test_moments_out_of_the_ordinary_are_written_all_the_same(moment: float) -> None:
    found = entry(("op", WallTime(moment), 0.125, 0.0, True, None))
    assert (found.end_time, found.duration) == (moment, 0.125)


def test_what_is_no_measurement_is_counted_and_stops_no_other() -> None:
    encoder = Encoder()
    good: Record = ("op", 1.0, 0.5, 0.0, True, {"a": "\udfff"})
    bad: list[Any] = [("op", 1.0), None, ("op", math.inf, 1.0, 0.0, True, None), ("op", math.nan, 1.0, 0.0, True, None)]
    written = encoder.encode([good, *bad, good], 0.0)
    assert written == 2 * line(good)
    assert written.count(b"\n") == 2
    assert encoder.failed == len(bad)
    assert json.loads(written.splitlines()[0])["metadata"] == {"a": "?"}


@pytest.mark.parametrize("name", [None, 7, ["a", "list"], "n" * 10_000, "a\udfffb", Outcome.OK, "per%cent%s"])
def test_a_name_that_is_none_is_replaced_or_cut_and_known_by_that(name: object) -> None:
    encoder = Encoder()
    for _ in range(2):
        found = decode(encoder.encode([(name, 1.5, 0.5, 0.0, True, None)], 0.0))  # type: ignore[list-item] # the point
        assert found is not None
        assert found.operation == clean_name(name)
    assert encoder.names == {clean_name(name)}


class Evil(str):
    """A text that raises at every use."""

    __slots__ = ()

    def __hash__(self) -> int:
        raise RuntimeError

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters()), st.binary()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(st.characters()), inner)),
    max_leaves=10,
)


@given(st.dictionaries(st.text(st.characters()), anything, max_size=5))
def test_metadata_is_kept_as_the_cleaner_would_keep_it(metadata: dict[str, Any]) -> None:
    assert entry(("op", 1.0, 0.5, 0.0, True, metadata)).metadata == mend_text(clean_metadata(metadata))


@pytest.mark.parametrize(
    "strange",
    [
        {1: 2},
        {"a": 2**64},
        {"a": "x" * 3_000},
        {str(number): "x" * 1_999 for number in range(5)},
        {str(number): number for number in range(1_000)},
        {"k" * 200: 1},
        {"a": Outcome.DENIED},
        {"a": Evil("b")},
    ],
)
def test_strange_metadata_is_cleaned(strange: dict[Any, Any]) -> None:
    assert entry(("op", 1.0, 0.5, 0.0, True, strange)).metadata == clean_metadata(strange)


def test_what_it_remembers_of_names_and_keys_is_bounded() -> None:
    encoder = Encoder()
    for number in range(6_000):
        encoder.encode([(f"op{number}", 1.0, 0.5, 0.0, True, {f"key{number}": 1})], 0.0)
    assert len(encoder._heads) == len(encoder._keys) == 5_000
    assert len(encoder.names) == 6_000
