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

from utils.metrics.model import WallTime
from utils.metrics.outcome import Outcome, as_outcome, outcome_of
from utils.metrics.sanitise import as_seconds, as_truth, class_name, copied
from utils.metrics.started import StartedSpans

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType

    from utils.metrics.intake import Intake
    from utils.metrics.started import Started

_P = ParamSpec("_P")
_R = TypeVar("_R")
_logger = logging.getLogger(__name__)


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
    """The half of `PerformanceMetrics` that measured code calls. Nothing here raises, or touches a disk.

    Args:
        intake: where the measurements go.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._started = StartedSpans(intake)

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

    def start(self, operation: str) -> Started:
        """Begin a measurement that ends elsewhere.

        Returns:
            A token for `end`. Starts of one name nest, and those of other tasks and threads are not touched.
        """
        return self._started.start(operation)

    def end(
        self,
        operation: Started | str,
        success: bool = True,  # noqa: FBT001, FBT002 - the old program's signature
        metadata: Mapping[str, Any] | None = None,
    ) -> float:
        """End a measurement that `start` began.

        Args:
            operation: the token, from any task or thread; or the name, for the innermost one that this task (outside of
                tasks: this thread) started and did not end.
            success: whether the work was done.
            metadata: what to keep with it.

        Returns:
            Its seconds; 0.0 when there is nothing to end, which is warned of once a name.
        """
        return self._started.end(operation, success=success, metadata=metadata)

    def record(
        self,
        operation: str,
        duration: float,
        *,
        success: bool = True,
        metadata: Mapping[str, Any] | None = None,
        end_time: float | None = None,
    ) -> None:
        """Keep a finished measurement.

        Args:
            operation: its name.
            duration: seconds. What is no finite number from 0 on is kept as 0 and noted in the metadata.
            success: whether the work was done.
            metadata: what to keep with it.
            end_time: when it ended, seconds since the epoch; None for now.
        """
        told = math.nan if end_time is None else as_seconds(end_time)
        ended = self._intake.monotonic() if math.isnan(told) else WallTime(told)
        self._intake.put((operation, ended, as_seconds(duration), 0.0, as_truth(success), copied(metadata)))
