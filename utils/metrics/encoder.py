"""Measurements as lines of JSON, a batch at a time: the writer's side of the file's format.

A line of an ordinary measurement looks like this, with just these spaces, so many decimals and never an exponent: a
reader can take it apart without a JSON parser.

    {"operation": "config_load", "start_time": 1699999999.123000, "end_time": 1699999999.456000,
     "duration": 0.333000000, "success": true, "timestamp": "2025-11-14T22:13:19", "metadata": {}}

It stands on one line. What is out of the ordinary (moments after the year 5138, durations of millennia) is valid JSON
all the same, with numbers as Python writes them.
"""

from __future__ import annotations

import json
import math
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from utils.metrics.codec import timestamp
from utils.metrics.model import WallTime
from utils.metrics.redact import knows_of, looks_secret
from utils.metrics.sanitise import MAX_INTEGER, MAX_KEY, MAX_TEXT, clean_metadata, clean_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from utils.metrics.model import Record

_SHORT = 0.9
_FAR = 1e11
_HALF_A_MICROSECOND = 5e-7
_MAX_CACHED = 5_000
_MAX_PLAIN = 32
_UNSUSPICIOUS = 23
"""Characters of a text that is too short for a token."""
_TRUTH = {True: "true", False: "false"}
_write_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode


class Encoder:
    """Makes lines, and remembers how the names and keys it met are written. Not for two threads at once.

    Attributes:
        names: the operations met so far, cleaned.
        failed: how many came in that were no measurement.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.failed = 0
        self._heads: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._second = -1
        self._plain = self._full = ""

    def encode(self, records: Sequence[Record], offset: float) -> bytes:
        """Write measurements as lines, in their order.

        Args:
            records: the measurements. A duration that is not a finite number from 0 on is written as 0 and says so in
                the metadata.
            offset: seconds from the monotonic clock to the wall's.

        Returns:
            The lines, each with its end, UTF-8. Never raises; what is no measurement is left out and counted.
        """
        try:
            lines = "".join(self._lines(records, offset))
            # Looked for in all at once: that costs next to nothing. What only looks like a secret is found one by one.
            if knows_of(lines):
                lines = "".join(self._line((*one[:5], clean_metadata(one[5] or {})), offset) for one in records)
            return lines.encode()
        except Exception:  # noqa: BLE001 - a strange measurement must not stop the others: each for itself
            return b"".join(self._alone(record, offset) for record in records)

    def _lines(self, records: Sequence[Record], offset: float) -> list[str]:
        """Write ordinary measurements by one format each: short, within one second of the wall clock."""
        lines: list[str] = []
        add, heads, second, plain = lines.append, self._heads, self._second, self._plain
        # Decimals are cut off below; with this they are rounded.
        rounding = offset + _HALF_A_MICROSECOND
        for record in records:
            operation, ended, elapsed, waited, success, metadata = record
            end = ended + rounding
            at = int(end)
            if at != second:
                second, plain = at, self._turn_to(at)
            end -= at
            start = end - elapsed
            head = heads.get(operation)
            if not (start >= 0.0 <= elapsed < _SHORT) or waited or head is None or type(ended) is WallTime:
                add(self._line(record, offset))
            elif success and not metadata:
                add(plain % (head, start * 1e6, end * 1e6, elapsed * 1e9 + 0.5))
            else:
                text = self._plain_object(metadata) or self._object(metadata)
                truth = "true" if success else "false"
                add(self._full % (head, start * 1e6, end * 1e6, elapsed * 1e9 + 0.5, truth, text))
        return lines

    def _turn_to(self, second: int) -> str:
        """Have the formats of a second of the wall clock; return the one for successes without metadata."""
        numbers = f'%s{second}.%06d, "end_time": {second}.%06d, "duration": 0.%09d, "success": '
        then = f', "timestamp": "{timestamp(second)}", "metadata": '
        self._second = second
        self._full = f"{numbers}%s{then}%s}}\n"
        self._plain = f"{numbers}true{then}{{}}}}\n"
        return self._plain

    def _alone(self, record: Record, offset: float) -> bytes:
        try:
            return self._line(record, offset).encode()
        except UnicodeEncodeError:  # a lone surrogate in the metadata, which is looked through for it now
            return self._line((*record[:5], clean_metadata(record[5])), offset).encode()
        except Exception:  # noqa: BLE001 - as above
            self.failed += 1
            return b""

    def _line(self, record: Record, offset: float) -> str:
        """Write any measurement."""
        operation, ended, elapsed, waited, success, metadata = record
        end = float(ended) if type(ended) is WallTime else ended + offset
        if not math.isfinite(end):
            raise ValueError("no moment")
        duration = elapsed - waited
        if not (math.isfinite(duration) and duration >= 0):
            metadata = {**clean_metadata(metadata or {}), "bad_duration": f"{duration}"}
            elapsed = duration = 0.0
        return (
            f'{self._head(operation)}{_decimals(end - elapsed, 6)}, "end_time": {_decimals(end, 6)}, '
            f'"duration": {_decimals(duration, 9)}, "success": {_TRUTH[bool(success)]}, '
            f'"timestamp": "{timestamp(end)}", "metadata": {self._object(metadata)}}}\n'
        )

    def _head(self, operation: Any) -> str:  # noqa: ANN401 - callers are not always typed
        head = self._heads.get(operation) if type(operation) is str else None
        if head is None:
            name = clean_name(operation)
            self.names.add(name)
            head = f'{{"operation": {_write_json(name)}, "start_time": '
            if name is operation and len(self._heads) < _MAX_CACHED:
                self._heads[name] = head
        return head

    def _object(self, metadata: Any) -> str:  # noqa: ANN401 - as above
        return (self._plain_object(metadata) or _write_json(clean_metadata(metadata))) if metadata else "{}"

    def _plain_object(self, metadata: Any) -> str | None:  # noqa: ANN401 - as above
        """Write metadata that JSON holds as it is, a few short texts, numbers and truths; None for any other."""
        if type(metadata) is not dict or len(metadata) > _MAX_PLAIN:
            return None
        pairs: list[str] = []
        keys, characters = self._keys, 0
        for key, value in metadata.items():
            # Its class first: looking a key up runs its own code.
            start = (keys.get(key) or self._key(key)) if type(key) is str else None
            if start is None:
                return None
            kind = type(value)
            if kind is str:
                characters += len(value)
                if characters > MAX_TEXT or "%" in value or (len(value) > _UNSUSPICIOUS and looks_secret(value)):
                    return None
                pairs.append(start + encode_basestring(value))
            elif kind is float and math.isfinite(value):
                pairs.append(f"{start}{value!r}")
            elif kind is int and -MAX_INTEGER < value < MAX_INTEGER:
                pairs.append(f"{start}{value}")
            elif kind is bool:
                pairs.append(start + _TRUTH[value])
            elif value is None:
                pairs.append(start + "null")
            else:
                return None
        return f"{{{', '.join(pairs)}}}"

    def _key(self, key: str) -> str | None:
        if len(key) > MAX_KEY or looks_secret(key):
            return None
        start = f"{encode_basestring(key)}: "
        if len(self._keys) < _MAX_CACHED:
            self._keys[key] = start
        return start


def _decimals(number: float, count: int) -> str:
    return f"{number:.{count}f}" if abs(number) < _FAR else repr(number)
