"""One measurement, one line of JSON: reads ours, the old program's and those of a later version.

A line is an entry when it is a JSON object with a text ``operation``, and finite numbers from which end and duration
follow. All else is optional: what is unknown is kept in `MetricEntry.extra`, what is missing is derived. A line that
the old program wrote comes back as it stands. Everything else is corrupt: no exception, just None.
"""

from __future__ import annotations

import functools
import json
import math
import re
import time
from typing import Any

from utils.metrics.model import MetricEntry, Numbers
from utils.metrics.redact import knows_of, looks_secret, redact_name
from utils.metrics.sanitise import mend_text, redact_texts

_FIELDS = frozenset({"operation", "start_time", "end_time", "duration", "success", "timestamp", "metadata"})
# NaN is no JSON, but Python's json writes it: in metadata it is read as a text, where a number must stand it is
# corrupt.
_decoder = json.JSONDecoder(parse_constant=str)
_read_json = _decoder.decode
NUMBER = rb"-?(?:0|[1-9]\d{0,15}+)(?:\.\d{1,20}+)?+(?:e-\d\d?+)?+"
"""What a number looks like in a line that this program wrote, as a regular expression; so short a one is finite."""
# A line as this program writes it, up to its metadata.
_HEAD = re.compile(
    rb'\{"operation": "[^"\\\x00-\x1f]++", "start_time": ' + NUMBER + rb', "end_time": (' + NUMBER + rb"), "
    rb'"duration": (' + NUMBER + rb'), "success": (?:true|false), "timestamp": "[^"\\\x00-\x1f]*+", "metadata": (?=\{)'
)


def timestamp(moment: float) -> str:
    """Write a moment in local time: ``2025-11-12T23:59:59``; nothing when the calendar ends before it."""
    return _local_second(math.floor(moment))


@functools.lru_cache(maxsize=64)
def _local_second(second: int) -> str:
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(second))
    except (OverflowError, ValueError, OSError):
        return ""


def scan(line: bytes) -> tuple[str, float, float, bool] | None:
    """Read what statistics need of a line: operation, end, duration and success; None when it is no entry.

    A secret in the operation's name is hidden: as the index and `decode` call it, so does everything that they answer.
    """
    parsed = _parse(line)
    return None if parsed is None else parsed[1]


def decode(line: bytes) -> MetricEntry | None:
    """Read a whole line, with the secrets in its name, metadata and unknown fields hidden; None when it is no entry."""
    parsed = _parse(line)
    if parsed is None:
        return None
    fields, (operation, end, duration, success) = parsed
    start = _number(fields.get("start_time"))
    written = fields.get("timestamp")
    metadata = fields.get("metadata")
    if metadata is None:
        metadata = {}
    extra = {key: value for key, value in fields.items() if key not in _FIELDS}
    text = line.decode(errors="replace")
    if looks_secret(text) or knows_of(text):
        metadata, extra = redact_texts(metadata), redact_texts(extra)
    return MetricEntry(
        operation=operation,
        start_time=end - duration if start is None else start,
        end_time=end,
        duration=duration,
        success=success,
        timestamp=written if isinstance(written, str) else timestamp(end),
        metadata=metadata if isinstance(metadata, dict) else {"metadata": metadata},
        extra=extra,
    )


def numbers(line: bytes) -> Numbers | None:
    """Read a line's end, duration and metadata as they stand; None when it is no entry.

    Texts are not searched for secrets, which takes longer than all else: they are not to be shown.
    """
    head = _HEAD.match(line) if b"\\" not in line and line.isascii() else None
    if head is not None:
        rest = line[head.end() :].decode()
        try:
            metadata, end = _decoder.raw_decode(rest)
        except (ValueError, RecursionError):
            return None
        if rest[end:].rstrip(" \t\r\n") == "}":
            return Numbers(float(head[1]), float(head[2]), metadata)
    parsed = _parse(line)
    if parsed is None:
        return None
    fields, (_, end_time, duration, _) = parsed
    metadata = fields.get("metadata")
    return Numbers(end_time, duration, metadata if isinstance(metadata, dict) else {})


def _parse(line: bytes) -> tuple[dict[str, Any], tuple[str, float, float, bool]] | None:
    try:
        fields = _read_json(line.decode().removeprefix("\ufeff"))
        if b"\\u" in line:
            fields = mend_text(fields)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    operation = fields.get("operation")
    end, duration, start = (_number(fields.get(name)) for name in ("end_time", "duration", "start_time"))
    if end is None and start is not None and duration is not None:
        end = start + duration
    if duration is None and start is not None and end is not None:
        duration = end - start
    success = fields.get("success", True)
    if not isinstance(operation, str) or not operation or end is None or duration is None or success not in (0, 1):
        return None
    if not (math.isfinite(end) and math.isfinite(duration)):
        return None
    # Whoever wrote the line need not have known what is secret.
    return fields, (redact_name(operation), end, duration, bool(success))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
