"""One line of the audit. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Someone's start, stop or restart of a container, done, failed or refused.

    Attributes:
        time: When it ended, UTC.
        user_id: Who; 0 for the bot itself.
        name: Their name at that time.
        guild: The server they asked in.
        channel: The channel or thread they asked in.
        action: start, stop or restart.
        container: The container's name; what was asked for when no container has that name.
        outcome: ok, denied, not_found, timeout, cancelled or error.
        error_type: On failure, the exception's class.
        seconds: From the asking to the end, the wait in the queue included.
    """

    time: datetime
    user_id: int
    name: str
    guild: int | None = None
    channel: int | None = None
    action: str
    container: str
    outcome: str
    error_type: str | None = None
    seconds: float


_DECODER = msgspec.json.Decoder(AuditEntry)


def to_line(entry: AuditEntry) -> bytes:
    """Write an entry as one line of JSON, its end included."""
    return msgspec.json.encode(entry) + b"\n"


def from_line(line: bytes) -> AuditEntry | None:
    """Read a line; None for one that is torn, empty or of another kind."""
    try:
        return _DECODER.decode(line)
    except msgspec.DecodeError:
        return None
