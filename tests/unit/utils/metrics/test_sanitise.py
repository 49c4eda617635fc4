from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import fractions
import json
import math
import pathlib
import types
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.outcome import Outcome
from utils.metrics.sanitise import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_KEY,
    MAX_NAME,
    MAX_NODES,
    MAX_TEXT,
    as_seconds,
    class_name,
    clean_metadata,
    clean_name,
    clean_text,
    copied,
)


class Shade(enum.Enum):
    DARK = ("dark", 1)


class Level(enum.IntEnum):
    HIGH = 9


class Liar(str):
    """A text that can't be trusted."""

    __slots__ = ()

    def __len__(self) -> int:
        raise RuntimeError("no")

    def __str__(self) -> str:
        raise RuntimeError("no")

    encode = isascii = __getitem__ = __str__  # type: ignore[assignment] # that is the lie


class Chameleon:
    """An object that raises when asked what it is."""

    @property  # type: ignore[misc] # that is the trick
    def __class__(self) -> type:
        raise RuntimeError("no")


class NamelessMeta(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override] # that is the trick
        raise RuntimeError("no")


class Nameless(metaclass=NamelessMeta):
    pass


Point = collections.namedtuple("Point", "x y")  # noqa: PYI024 - the untyped kind is met as well


VALUES: list[tuple[object, object]] = [
    ({3, 1, 2}, [1, 2, 3]),
    (frozenset(), []),
    ((1, (2, 3)), [1, [2, 3]]),
    (Point(1, 2), [1, 2]),
    (collections.deque([1]), [1]),
    (collections.OrderedDict(a=1), {"a": 1}),
    (b"abc", "<bytes of 3>"),
    (bytearray(2), "<bytearray of 2>"),
    (math.nan, "<nan>"),
    (-math.inf, "<-inf>"),
    (2**63, "<integer of 64 bits>"),
    (10**5000, "<integer of 16610 bits>"),
    (-(2**62), -(2**62)),
    (1 + 2j, "<complex>"),
    (decimal.Decimal("1.50"), "1.50"),
    (fractions.Fraction(1, 3), "1/3"),
    (pathlib.Path("/a/b"), "/a/b"),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (dt.datetime(2025, 11, 12, 23, 59, 59, tzinfo=dt.UTC), "2025-11-12T23:59:59+00:00"),
    (dt.date(2025, 11, 12), "2025-11-12"),
    (dt.timedelta(minutes=1), 60.0),
    (Shade.DARK, ["dark", 1]),
    (Level.HIGH, 9),
    (Outcome.DENIED, "denied"),
    (True, True),
    (None, None),
    ("a\ud800b", "a?b"),
    ("é\n\u2028😀", "é\n\u2028😀"),
    (ValueError("secret"), "<ValueError>"),
    (ValueError, "<type>"),
    (object(), "<object>"),
    (types.SimpleNamespace(password="secret"), "<SimpleNamespace>"),  # noqa: S106 - the point is that it stays out
    (Liar("true words"), "true words"),
    (Chameleon(), "<unreadable Chameleon>"),
    (Nameless(), "<object>"),
]


# By number: some of these can't be written into a test's name.
@pytest.mark.parametrize("number", range(len(VALUES)))
def test_a_value_is_kept_or_replaced(number: int) -> None:
    value, kept = VALUES[number]
    cleaned = clean_metadata({"value": value})
    assert cleaned == {"value": kept}
    assert type(cleaned["value"]) is type(kept)


def test_keys_become_texts() -> None:
    keys: dict[Any, int] = {7: 1, 2.5: 2, True: 3, None: 4, (1, 2): 5, b"x": 6, "k" * 1_000: 7, math.nan: 8}
    assert list(clean_metadata(keys)) == [
        "7",
        "2.5",
        "true",
        "null",
        "<tuple>",
        "<bytes>",
        "k" * (MAX_KEY - 1) + "…",
        "<nan>",
    ]


def test_what_contains_itself_is_cut_where_it_does() -> None:
    knot: dict[str, Any] = {"list": []}
    knot["list"].append(knot)
    assert clean_metadata(knot) == {"list": ["<cycle>"]}


def test_what_is_there_twice_is_no_cycle() -> None:
    shared = [1]
    assert clean_metadata({"a": shared, "b": shared}) == {"a": [1], "b": [1]}


def test_too_deep_too_long_and_too_many_are_cut_with_a_note() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    text = json.dumps(clean_metadata({"deep": deep}))
    assert text.count("[") <= MAX_DEPTH
    assert "list too deep" in text
    assert clean_metadata({"long": "x" * 10_000_000})["long"] == "x" * (MAX_TEXT - 1) + "…"
    many = clean_metadata({"many": list(range(1_000_000))})["many"]
    assert len(many) <= MAX_NODES
    assert many[-1] == f"… {1_000_000 - len(many) + 1} more"
    pairs = clean_metadata({str(number): number for number in range(10_000)})
    assert len(pairs) <= MAX_NODES + 1
    assert pairs["…"] == f"{10_000 - len(pairs) + 1} more"


def test_all_texts_together_are_bounded() -> None:
    cleaned = clean_metadata({str(number): "x" * MAX_TEXT for number in range(MAX_NODES)})
    assert len(json.dumps(cleaned, ensure_ascii=False)) < 2 * MAX_CHARACTERS


def test_what_is_no_mapping_is_kept_under_a_key() -> None:
    assert clean_metadata([1, 2]) == {"metadata": [1, 2]}
    assert clean_metadata("text") == {"metadata": "text"}


def test_the_given_objects_are_not_changed() -> None:
    given_list = [1, {2}]
    clean_metadata({"list": given_list})
    assert given_list == [1, {2}]


anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters()),
        st.binary(),
        st.complex_numbers(),
        st.dates(),
        st.decimals(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(st.characters()), st.integers(), st.none(), st.floats()), inner, max_size=5),
        st.sets(st.one_of(st.integers(), st.text()), max_size=5),
    ),
    max_leaves=30,
)


@given(anything)
def test_whatever_it_is_strict_json_and_utf_8_come_of_it(value: object) -> None:
    cleaned = clean_metadata({"value": value})
    text = json.dumps(cleaned, ensure_ascii=False, allow_nan=False)
    assert json.loads(text.encode()) == cleaned
    assert len(text) < 10 * MAX_CHARACTERS


NAMES: list[tuple[object, str]] = [
    ("docker_operation", "docker_operation"),
    ("déjà vu", "déjà vu"),
    ("", "<unnamed>"),
    (None, "<NoneType>"),
    (7, "<int>"),
    ("n" * 10_000, "n" * (MAX_NAME - 1) + "…"),
    ("a\udfffb", "a?b"),
    (Liar("op"), "op"),
    (Chameleon(), "<Chameleon>"),
    (Outcome.OK, "ok"),
]


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_name_is_kept_cut_or_replaced(number: int) -> None:
    name, kept = NAMES[number]
    assert clean_name(name) == kept
    assert type(clean_name(name)) is str


@given(st.text(st.characters()), st.integers(1, 50))
def test_a_cleaned_text_fits_and_is_utf_8(text: str, limit: int) -> None:
    cleaned = clean_text(text, limit)
    cleaned.encode()
    assert len(cleaned) <= limit


def test_the_name_of_a_class_is_bounded_and_never_raises() -> None:
    assert class_name(ValueError("x")) == "ValueError"
    assert len(class_name(type("N" * 10_000, (), {})())) == MAX_KEY
    assert class_name(Nameless()) == "object"


@pytest.mark.parametrize(("value", "seconds"), [(1, 1.0), (0.5, 0.5), (-1, -1.0), (True, 1.0)])
def test_numbers_are_seconds(value: float, seconds: float) -> None:
    assert as_seconds(value) == seconds


@pytest.mark.parametrize("value", [None, "1", float("nan"), float("inf"), 10**400, object()])
def test_what_is_no_finite_number_is_no_seconds(value: object) -> None:
    assert as_seconds(value) != as_seconds(value)


def test_a_copy_is_shallow_and_nothing_is_an_empty_dict() -> None:
    inner = [1]
    mine = {"inner": inner}
    assert copied(mine) == mine
    assert copied(mine) is not mine
    assert copied(mine)["inner"] is inner
    assert copied(None) == {}
