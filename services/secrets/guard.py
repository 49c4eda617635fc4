"""Keeps secrets out of whatever this process writes: a filter for log handlers, and hooks for what nobody caught.

asyncio tells of its forgotten exceptions through the log, so the filter sees those, too. Out of reach are the memory of
the process, a dump of it, and ``/proc/PID/environ``, which shows root and the bot's own user the variables as they were
at the start: a file (DISCORD_BOT_TOKEN_FILE, or the encrypted one) keeps the token out of there.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from utils.metrics.redact import redact

if TYPE_CHECKING:
    from types import TracebackType

_FORMAT = logging.Formatter()
# What a record has by itself; all else came as `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_DONE = ("msg", "args", "exc_info")


class SecretFilter(logging.Filter):
    """Redacts a record: its message with arguments, its traceback, its stack, and what came as `extra`.

    Put it on handlers, not on loggers: those see only what is logged by themselves. A record without secrets is left
    as it is. From one with a secret in its traceback `exc_info` goes, and the redacted text is in `exc_text`.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact in place; always lets the record pass."""
        try:
            self._clean(record)
        except Exception as error:  # noqa: BLE001 - logging must never fail, and better nothing than a secret
            record.msg, record.args = f"A line of the log could not be made: {type(error).__name__}", None
            record.exc_info = record.exc_text = record.stack_info = None
            for name in set(vars(record)) - _OWN:
                delattr(record, name)
        return True

    def _clean(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - the arguments don't fit; logging itself would write them out as they are
            message = f"{record.msg!r} with arguments {record.args!r}"
            record.msg, record.args = redact(message), None
        clean = redact(message)
        # A handler may write the arguments and the exception as they are: what their `repr` tells counts, too.
        if clean != message or (record.args and _tells(record.args)):
            record.msg, record.args = clean, None
        if record.exc_info and record.exc_info[0] is not None:
            told = _FORMAT.formatException(record.exc_info)
            clean = redact(told)
            if clean != told or _tells(record.exc_info[1]):
                record.exc_info, record.exc_text = None, clean
        for name, value in list(vars(record).items()):
            if name not in _DONE:
                setattr(record, name, _redacted(value, ours=name in _OWN))


def _tells(value: object) -> bool:
    told = repr(value)
    return redact(told) != told


def _redacted(value: object, *, ours: bool) -> object:
    """Redact a field. Of an object that a handler might write out, it is the text that must hold no secret."""
    if isinstance(value, str):
        return redact(value)
    if ours:
        return value
    told = repr(value)
    clean = redact(told)
    return value if clean == told else clean


def guard_hooks() -> None:
    """Redact the tracebacks of exceptions that nobody catches: of the program, of a thread, of a destructor."""
    sys.excepthook = _tell
    threading.excepthook = _tell_of_thread
    sys.unraisablehook = _tell_of_unraisable


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _write("".join(traceback.format_exception(kind, error, trace)))


def _tell_of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is SystemExit:
        return
    name = args.thread.name if args.thread is not None else "?"
    told = traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback)
    _write(f"Exception in thread {name}:\n{''.join(told)}")


def _tell_of_unraisable(args: sys.UnraisableHookArgs) -> None:
    told = traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback)
    # Not the object's repr: it may be half destroyed.
    _write(f"{args.err_msg or 'Exception ignored in'} {type(args.object).__name__}:\n{''.join(told)}")


def _write(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(redact(text))
        sys.stderr.flush()
