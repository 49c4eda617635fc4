"""How a measured piece of work ended, in one word."""

from __future__ import annotations

import asyncio
from enum import StrEnum


class Outcome(StrEnum):
    """The end of an operation. Only `OK` counts as a success.

    An exception may carry its own outcome as an attribute named ``outcome``; see `outcome_of`.
    """

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    DENIED = "denied"
    BAD_INPUT = "bad_input"
    NOT_FOUND = "not_found"

    @property
    def success(self) -> bool:
        """Whether the work was done."""
        return self is Outcome.OK

    @property
    def spends_budget(self) -> bool:
        """Whether this end counts against an error budget: a refusal or a user's slip does not."""
        return self not in (Outcome.OK, Outcome.DENIED, Outcome.BAD_INPUT)


_KNOWN: dict[str, Outcome] = {outcome.value: outcome for outcome in Outcome}


def as_outcome(value: object) -> Outcome:
    """Return the outcome that `value` names, `ERROR` when it names none. Never raises."""
    return _KNOWN.get(value, Outcome.ERROR) if isinstance(value, str) else Outcome.ERROR


def outcome_of(error: BaseException) -> Outcome:
    """Say how work ended that raised.

    Args:
        error: what was raised. Its attribute ``outcome`` decides when it is an `Outcome` or the value of one.

    Returns:
        The outcome: the exception's own, else `TIMEOUT` for a TimeoutError, `CANCELLED` for a cancelled or closed
        coroutine, else `ERROR`. Never raises, whatever the exception's attributes do.
    """
    try:
        own = getattr(error, "outcome", None)
        if isinstance(own, str) and own in _KNOWN:
            return _KNOWN[own]
    except Exception:  # noqa: BLE001 - a foreign exception's property may raise anything; the work's own error matters
        return Outcome.ERROR
    if isinstance(error, (asyncio.CancelledError, GeneratorExit)):
        return Outcome.CANCELLED
    if isinstance(error, TimeoutError):
        return Outcome.TIMEOUT
    return Outcome.ERROR
