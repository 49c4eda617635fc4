"""Makes JSON of anything: what JSON cannot hold is replaced by a marker, what is too big is cut.

Rules: nothing raises, whatever the objects do; no foreign code runs but what standard types need (no ``repr`` or
``str`` of unknown objects, which might also tell a secret); an exception leaves its class name and never its text;
secrets become ``[hidden]``, see `utils.metrics.redact`; the answer is bounded by `MAX_NODES` values and about
`MAX_CHARACTERS` characters.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import fractions
import math
import numbers
import pathlib
import uuid
from collections import deque
from typing import TYPE_CHECKING, Any, cast

from utils.metrics.redact import LONGEST_SHAPE, redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_NAME = 200
"""Characters an operation's name may have."""
MAX_KEY = 100
"""Characters a key of the metadata may have."""
MAX_TEXT = 2_000
"""Characters a text in the metadata may have."""
MAX_CHARACTERS = 16_000
"""Characters all texts and keys of one measurement's metadata may have together."""
MAX_NODES = 500
"""Values one measurement's metadata may have, nested ones included."""
MAX_DEPTH = 8
"""Levels of nesting."""
MAX_INTEGER = 2**63

_WRITTEN_AS_TEXT = (pathlib.PurePath, uuid.UUID, decimal.Decimal, fractions.Fraction)
_KEYS = {True: "true", False: "false", None: "null"}


def clean_text(text: str, limit: int) -> str:
    """Return `text` without secrets, as UTF-8 can hold it, cut to `limit` characters, the last of them ``…``."""
    # A plain str first: a class of its own may do anything in its methods.
    text = str.__str__(text)
    # Before the cut: half a token would not be known as one.
    text = redact(text[: limit + LONGEST_SHAPE])
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def class_name(value: object) -> str:
    """Return the name of the class of `value`, at most `MAX_KEY` characters. Never raises."""
    try:
        return clean_text(type(value).__name__, MAX_KEY)
    except Exception:  # noqa: BLE001 - a metaclass may do anything with a class's name
        return "object"


def clean_name(name: Any) -> str:  # noqa: ANN401 - callers are not always typed
    """Return an operation's name as it can be kept: text, not empty, at most `MAX_NAME` characters."""
    if type(name) is str and 0 < len(name) <= MAX_NAME and name.isascii():
        return redact(name)
    # Not isinstance: that would ask the object, which may lie or raise.
    if not issubclass(type(name), str):
        return f"<{class_name(name)}>"
    return clean_text(name, MAX_NAME) or "<unnamed>"


def clean_metadata(metadata: object) -> dict[str, Any]:
    """Return a copy of `metadata` that JSON can hold; see this module's rules."""
    cleaned = _Cleaner().clean(metadata, 0)
    return cleaned if isinstance(cleaned, dict) else {"metadata": cleaned}


def copied(metadata: object) -> dict[str, Any]:
    """Return a shallow copy of what a caller gave as metadata; a marker when it can't be copied. Never raises."""
    try:
        return {} if metadata is None else dict(cast("Mapping[str, Any]", metadata))
    except Exception:  # noqa: BLE001 - a foreign mapping may raise anything
        return {"metadata": f"<unreadable {class_name(metadata)}>"}


def as_seconds(value: Any) -> float:  # noqa: ANN401 - callers are not always typed
    """Return a number of seconds; NaN for what is no finite number. Never raises."""
    try:
        return float(value) if math.isfinite(value) else math.nan
    except Exception:  # noqa: BLE001 - anything may be handed in
        return math.nan


def as_truth(value: object) -> bool:
    """Return whether `value` is true; False for what can't say. Never raises."""
    try:
        return bool(value)
    except Exception:  # noqa: BLE001 - as above
        return False


def mend_text(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Return JSON with the lone surrogates in its texts replaced, which no UTF-8 output could carry."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [mend_text(item) for item in value]
    if isinstance(value, dict):
        return {mend_text(key): mend_text(item) for key, item in value.items()}
    return value


def redact_texts(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Return JSON with the secrets in its texts and keys replaced."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [redact_texts(item) for item in value]
    if isinstance(value, dict):
        return {redact(key): redact_texts(item) for key, item in value.items()}
    return value


class _Cleaner:
    """Goes through one measurement's metadata, with what is left of its budget."""

    def __init__(self) -> None:
        self._nodes = MAX_NODES
        self._characters = MAX_CHARACTERS
        self._inside: set[int] = set()

    def clean(self, value: object, depth: int) -> Any:  # noqa: ANN401 - JSON
        self._nodes -= 1
        try:
            if isinstance(value, enum.Enum):
                value = value.value
            if isinstance(value, (dict, list, tuple, set, frozenset, deque)):
                return self._container(value, depth)
            return self._single(value)
        except Exception:  # noqa: BLE001 - one bad value must not take the others with it
            return f"<unreadable {class_name(value)}>"

    def _single(self, value: object) -> Any:  # noqa: ANN401 - JSON
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            return self._text(value, MAX_TEXT)
        if isinstance(value, numbers.Number):
            return self._number(value)
        return self._other(value)

    def _text(self, text: str, limit: int) -> str:
        cleaned = clean_text(text, max(1, min(limit, self._characters)))
        self._characters -= len(cleaned)
        return cleaned

    def _number(self, value: object) -> int | float | str:
        if isinstance(value, numbers.Integral):
            whole = int(value)
            return whole if -MAX_INTEGER < whole < MAX_INTEGER else f"<integer of {whole.bit_length()} bits>"
        if isinstance(value, numbers.Real) and not isinstance(value, fractions.Fraction):
            real = float(value)
            return real if math.isfinite(real) else f"<{real}>"
        return self._other(value)

    def _container(self, value: Any, depth: int) -> Any:  # noqa: ANN401 - any container, any JSON
        if id(value) in self._inside:
            return "<cycle>"
        if depth >= MAX_DEPTH:
            return f"<{class_name(value)} too deep>"
        self._inside.add(id(value))
        try:
            if isinstance(value, dict):
                return self._pairs(list(dict.items(value)), depth)
            cleaned = self._items(list(value), depth)
            return sorted(cleaned, key=str) if isinstance(value, (set, frozenset)) else cleaned
        finally:
            self._inside.discard(id(value))

    def _pairs(self, pairs: list[tuple[Any, Any]], depth: int) -> dict[str, Any]:
        cleaned: dict[str, Any] = {}
        for done, (key, value) in enumerate(pairs):
            if self._nodes <= 0 or self._characters <= 0:
                cleaned["…"] = f"{len(pairs) - done} more"
                break
            cleaned[self._key(key)] = self.clean(value, depth + 1)
        return cleaned

    def _items(self, items: Iterable[Any], depth: int) -> list[Any]:
        cleaned: list[Any] = []
        items = list(items)
        for done, item in enumerate(items):
            if self._nodes <= 0 or self._characters <= 0:
                cleaned.append(f"… {len(items) - done} more")
                break
            cleaned.append(self.clean(item, depth + 1))
        return cleaned

    def _key(self, key: object) -> str:
        if isinstance(key, str):
            return self._text(key, MAX_KEY)
        if key is None or key is True or key is False:
            return _KEYS[key]
        if isinstance(key, (int, float)):
            return self._text(str(self._number(key)), MAX_KEY)
        return f"<{class_name(key)}>"

    def _other(self, value: object) -> str | float:
        if isinstance(value, _WRITTEN_AS_TEXT):
            return self._text(str(value), MAX_TEXT)
        if isinstance(value, (dt.date, dt.time)):
            return value.isoformat()
        if isinstance(value, dt.timedelta):
            return value.total_seconds()
        if isinstance(value, (bytes, bytearray, memoryview)):
            return f"<{class_name(value)} of {len(value)}>"
        return f"<{class_name(value)}>"
