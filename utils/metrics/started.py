"""`start` and `end`: measurements whose two ends stand in different places of the code.

A token ends exactly its own measurement, from any thread or task. A name ends the innermost open measurement of that
name that the same task (outside of tasks: the same thread) started. Open ones are kept in the context, so those of a
task that ends go with it; one context keeps at most `MAX_OPEN`, the oldest are forgotten first.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from utils.metrics.sanitise import as_truth, class_name, copied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from utils.metrics.intake import Intake

MAX_OPEN = 256
_MAX_WARNED = 1_000
_logger = logging.getLogger(__name__)


class Started:
    """A measurement that `PerformanceMetrics.start` began; give it to `PerformanceMetrics.end`."""

    __slots__ = ("__weakref__", "_at", "_home", "_owner", "operation")

    def __init__(self, home: StartedSpans, operation: str, at: float) -> None:
        self.operation = operation
        self._home = home
        self._owner = _current()
        # A list, because taking the one item out of it can only be done once, whoever tries at the same time.
        self._at = [at]

    def __repr__(self) -> str:
        return f"<Started {self.operation!r}, {'open' if self._at else 'ended'}>"

    def take(self) -> float | None:
        """Return the monotonic time of the start, the first time; None after."""
        try:
            return self._at.pop()
        except IndexError:
            return None

    def is_open(self) -> bool:
        """Say whether it was not ended yet."""
        return bool(self._at)

    def is_mine(self, home: StartedSpans, operation: str) -> bool:
        """Say whether `operation` means this one, asked in the current task or thread."""
        thread, task = self._owner
        here, now = _current()
        same_task = now is None if task is None else now is not None and task() is now()
        return self._home is home and self.operation == operation and thread == here and same_task


_OPEN: ContextVar[tuple[Started, ...]] = ContextVar("utils.metrics.open", default=())


def _current() -> tuple[int, weakref.ref[asyncio.Task[Any]] | None]:
    """Return this thread, and this task when there is one."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return threading.get_ident(), None if task is None else weakref.ref(task)


class StartedSpans:
    """The open measurements of one `PerformanceMetrics`."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._warned: set[str] = set()

    def start(self, operation: str) -> Started:
        """Begin a measurement."""
        still_open = [token for token in _OPEN.get() if token.is_open()]
        token = Started(self, operation, self._intake.monotonic())
        _OPEN.set((*still_open[-(MAX_OPEN - 1) :], token))
        return token

    def end(self, what: Started | str, *, success: bool, metadata: Mapping[str, Any] | None) -> float:
        """End a measurement and return its seconds; 0.0 and a warning, once a name, when there is none to end."""
        now = self._intake.monotonic()
        started = what.take() if isinstance(what, Started) else self._take_innermost(what)
        operation = what.operation if isinstance(what, Started) else what
        if started is None:
            self._warn(operation)
            return 0.0
        elapsed = now - started
        self._intake.put((operation, now, elapsed, 0.0, as_truth(success), copied(metadata)))
        return elapsed

    def _take_innermost(self, operation: str) -> float | None:
        if not issubclass(type(operation), str):
            return None  # to be compared, it might raise
        for token in reversed(_OPEN.get()):
            if token.is_open() and token.is_mine(self, operation) and (started := token.take()) is not None:
                _OPEN.set(tuple(other for other in _OPEN.get() if other.is_open()))
                return started
        return None

    def _warn(self, operation: object) -> None:
        name = str.__str__(operation) if issubclass(type(operation), str) else class_name(operation)
        if name not in self._warned and len(self._warned) < _MAX_WARNED:
            self._warned.add(name)
            _logger.warning(
                "end(%r) without a start() in this task or thread, or ended already; nothing was recorded.", name
            )
