"""The stopwatch that runs inside the measured code.

Rules: it does no I/O, takes no lock, never raises and never swallows an exception. Its way through a plain success is
two readings of the monotonic clock and one append; the wall clock is read by whoever writes the measurement down.
"""

# ruff: noqa: SLF001 - Tracker.track is the constructor of Span, though it stands outside of it
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

    from utils.metrics.intake import Intake

_P = ParamSpec("_P")
_R = TypeVar("_R")
_logger = logging.getLogger(__name__)


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


class _More:
    """What is known of a measurement under way beyond its beginning; few have it."""

    __slots__ = ("added", "outcome", "waited")

    def __init__(self) -> None:
        self.added: dict[str, Any] = {}
        self.outcome: Outcome | None = None
        self.waited = 0.0


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

    __slots__ = ("_given", "_intake", "_more", "_started", "duration", "operation")

    _given: Mapping[str, Any] | None
    _intake: Intake
    _more: _More | None
    _started: float | None
    duration: float
    operation: str

    def add(self, **metadata: Any) -> None:  # noqa: ANN401 - anything goes, see utils.metrics.sanitise
        """Add metadata; a key given before is replaced. After the end it has no effect."""
        self._get_more().added.update(metadata)

    def set_outcome(self, outcome: Outcome) -> None:
        """Say how the work ended: stored as ``metadata["outcome"]``; a success for `Outcome.OK` alone.

        An exception that follows does not overrule a failure set here. What is no known outcome counts as `ERROR`.
        """
        self._get_more().outcome = as_outcome(outcome)

    def exclude(self, seconds: float) -> None:
        """Take time off the duration that was spent waiting for a person; ``metadata["waited"]`` holds the sum.

        Args:
            seconds: how long; what is not a finite number above zero is ignored.
        """
        seconds = as_seconds(seconds)
        if seconds > 0:
            self._get_more().waited += seconds

    def _get_more(self) -> _More:
        if self._more is None:
            self._more = _More()
        return self._more

    def __enter__(self) -> Span:  # noqa: PYI034 - not meant to be subclassed, and Self is slower to read for a user
        if self._started is not None:
            _logger.warning("The span %r was entered twice; make one with track() for each 'with'.", self.operation)
            self._more = None
        # To load and then to call is cheaper than one call of an attribute that lies in a slot.
        monotonic = self._intake.monotonic
        self._started = monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        intake = self._intake
        monotonic, append = intake.monotonic, intake.append
        ended = monotonic()
        self.duration = elapsed = ended - self._started  # type: ignore[operator] # entered, or there were no exit
        if error is not None or self._more is not None:
            self._finish(ended, elapsed, error)
            return
        given = self._given
        # What follows is copied() and Intake.put(), in place: calls are what a measurement costs.
        if given is not None:
            given = given.copy() if type(given) is dict else copied(given)
        append((self.operation, ended, elapsed, 0.0, True, given))
        if intake.careful:
            intake.look()

    def _finish(self, ended: float, elapsed: float, error: BaseException | None) -> None:
        """End what is more than a plain success: added metadata, an outcome, waiting, an exception."""
        metadata = copied(self._given)
        more, self._more = self._more or _More(), None
        metadata.update(more.added)
        waited = min(more.waited, elapsed)
        if waited:
            metadata["waited"] = round(waited, 6)
        outcome = more.outcome
        if error is not None:
            if outcome is None or outcome.success:
                outcome = outcome_of(error)
            # An exception may claim to be a success ("stop iteration" kinds do); it is believed.
            metadata["error_type"] = class_name(error)
        if outcome is not None:
            metadata["outcome"] = outcome.value
        self.duration = elapsed - waited
        success = outcome is None or outcome.success
        self._intake.put((self.operation, ended, elapsed, waited, success, metadata))

    async def __aenter__(self) -> Span:  # noqa: PYI034 - as above
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]:
        """Decorate `function`: measure each call of it, a coroutine function's from call to end."""
        track, operation, given = Tracker(self._intake).track, self.operation, self._given
        if inspect.iscoroutinefunction(function):
            coroutine_function = cast("Callable[..., Awaitable[Any]]", function)

            @functools.wraps(function)
            async def measured_coroutine(*args: _P.args, **kwargs: _P.kwargs) -> Any:  # noqa: ANN401 - its own
                with track(operation, given):
                    return await coroutine_function(*args, **kwargs)

            return cast("Callable[_P, _R]", measured_coroutine)

        @functools.wraps(function)
        def measured(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            with track(operation, given):
                return function(*args, **kwargs)

        return measured


class Tracker:
    """What can `track`: the part of `PerformanceMetrics` that measured code calls most.

    Args:
        intake: where the measurements go.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def track(self, operation: str, metadata: Mapping[str, Any] | None = None) -> Span:
        """Measure a block or a function.

        Args:
            operation: its name; few and dotted, such as ``docker_operation``.
            metadata: what to keep with the measurement, copied when it ends. Never changed.

        Returns:
            A span for one ``with`` or ``async with``, or for use as a decorator; see `Span`.
        """
        # Span has no __init__: to call a class that has one costs a fifth of a whole measurement more.
        span = Span()
        span._intake = self._intake
        span.operation = operation
        span._given = metadata
        span._more = None
        span._started = None
        span.duration = 0.0
        return span
