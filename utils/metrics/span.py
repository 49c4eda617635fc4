"""The stopwatch that runs inside the measured code.

Rules: it does no I/O, takes no lock, never raises and never swallows an exception. Its way through a plain success is
two readings of the monotonic clock, one of the wall clock and one `put`.
"""

from __future__ import annotations

import functools
import inspect
import logging
import math
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from utils.metrics.outcome import Outcome, as_outcome, outcome_of
from utils.metrics.sanitise import class_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType

    from utils.metrics.clock import Clock
    from utils.metrics.model import Record

_P = ParamSpec("_P")
_R = TypeVar("_R")
_logger = logging.getLogger(__name__)


class Probe:
    """What a span needs of its owner: the clocks, and where measurements go."""

    __slots__ = ("monotonic", "put", "wall")

    def __init__(self, clock: Clock, put: Callable[[Record], None]) -> None:
        self.monotonic = clock.monotonic
        self.wall = clock.wall
        self.put = put


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


class Span:
    """One measurement under way; made by `PerformanceMetrics.track`.

    Serves as ``with``, as ``async with``, and as a decorator of functions and coroutine functions; every call of the
    decorated function is measured by a span of its own, so recursion and concurrency are safe. A generator (plain or
    async) is not measured by the decorator, only its making: put a ``with`` inside it. Make one span for each ``with``.

    A raised exception makes the measurement a failure and goes on. Its metadata then holds ``outcome`` and
    ``error_type`` (the class's name), never the exception's text.

    Attributes:
        operation: the name.
        duration: seconds, without what was excluded; 0.0 until the end.
    """

    __slots__ = ("_added", "_given", "_outcome", "_probe", "_started", "_waited", "duration", "operation")

    def __init__(self, probe: Probe, operation: str, metadata: Mapping[str, Any] | None) -> None:
        self._probe = probe
        self.operation = operation
        self._given = metadata
        self._added: dict[str, Any] | None = None
        self._outcome: Outcome | None = None
        self._waited = 0.0
        self._started: float | None = None
        self.duration = 0.0

    def add(self, **metadata: Any) -> None:  # noqa: ANN401 - anything goes, see utils.metrics.sanitise
        """Add metadata; a key given before is replaced. After the end it has no effect."""
        if self._added is None:
            self._added = metadata
        else:
            self._added.update(metadata)

    def set_outcome(self, outcome: Outcome) -> None:
        """Say how the work ended: stored as ``metadata["outcome"]``; a success for `Outcome.OK` alone.

        An exception that follows does not overrule a failure set here. What is no known outcome counts as `ERROR`.
        """
        self._outcome = as_outcome(outcome)

    def exclude(self, seconds: float) -> None:
        """Take time off the duration that was spent waiting for a person; ``metadata["waited"]`` holds the sum.

        Args:
            seconds: how long; what is not a finite number above zero is ignored.
        """
        seconds = as_seconds(seconds)
        if seconds > 0:
            self._waited += seconds

    def __enter__(self) -> Span:  # noqa: PYI034 - not meant to be subclassed, and Self is slower to read for a user
        if self._started is not None:
            _logger.warning("The span %r was entered twice; make one with track() for each 'with'.", self.operation)
            self._added = self._outcome = None
            self._waited = 0.0
        self._started = self._probe.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        probe = self._probe
        elapsed = probe.monotonic() - (self._started or 0.0)
        if error is None and self._added is None and self._outcome is None and not self._waited:
            self.duration = elapsed
            given = self._given
            metadata = None if given is None else copied(given)
            probe.put((self.operation, probe.wall(), elapsed, 0.0, True, metadata))
        else:
            self._finish(elapsed, error)

    def _finish(self, elapsed: float, error: BaseException | None) -> None:
        """End what is more than a plain success: added metadata, an outcome, waiting, an exception."""
        metadata = copied(self._given)
        if self._added is not None:
            metadata.update(self._added)
            self._added = None
        waited = min(self._waited, elapsed)
        if waited:
            metadata["waited"] = round(waited, 6)
        outcome = self._outcome
        if error is not None:
            if outcome is None or outcome.success:
                outcome = outcome_of(error)
            # An exception may claim to be a success ("stop iteration" kinds do); it is believed.
            metadata["error_type"] = class_name(error)
        if outcome is not None:
            metadata["outcome"] = outcome.value
        self.duration = elapsed - waited
        success = outcome is None or outcome.success
        self._probe.put((self.operation, self._probe.wall(), elapsed, waited, success, metadata))

    async def __aenter__(self) -> Span:  # noqa: PYI034 - as above
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]:
        """Decorate `function`: measure each call of it, a coroutine function's from call to end."""
        probe, operation, given = self._probe, self.operation, self._given
        if inspect.iscoroutinefunction(function):
            coroutine_function = cast("Callable[..., Awaitable[Any]]", function)

            @functools.wraps(function)
            async def measured_coroutine(*args: _P.args, **kwargs: _P.kwargs) -> Any:  # noqa: ANN401 - its own
                with Span(probe, operation, given):
                    return await coroutine_function(*args, **kwargs)

            return cast("Callable[_P, _R]", measured_coroutine)

        @functools.wraps(function)
        def measured(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            with Span(probe, operation, given):
                return function(*args, **kwargs)

        return measured
