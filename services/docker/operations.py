"""One operation at a time: wait for a turn, work within a time, leave a record."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from utils.metrics import parts
from utils.metrics.outcome import Outcome, outcome_of

from .errors import Busy, EngineUnreachable, Interrupted, OperationTimeout, Stopping
from .queue import OperationQueue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from utils.performance_metrics import PerformanceMetrics, Span

    from .model import Action

T = TypeVar("T")

OPERATION = "docker_operation"
_LONGEST_WAIT = 600.0
_LONGEST_LINE = 100


def line_limit(concurrency: int, seconds: float) -> int:
    """Tell how many may wait: as many as begin within 10 minutes if each takes its whole time, at most 100.

    Discord takes an answer for 15 minutes. At least one may wait for each place.

    Args:
        concurrency: How many are at work at once.
        seconds: How long each may take.
    """
    return min(_LONGEST_LINE, concurrency * max(1, int(_LONGEST_WAIT / seconds)))


@dataclass(slots=True)
class Course:
    """An operation under way, for work that changes its limit or has to wait once more.

    Attributes:
        queue: Where its place is.
        seconds: How long the work may take.
        background: Whether persons go before it.
        ticket: Of its arrival.
        waited: Seconds it has waited so far.
        holding: Whether it has its place.
        span: Its record.
        deadline: Ends it; counted from `began`, the loop's time.
    """

    queue: OperationQueue
    seconds: float
    background: bool = False
    ticket: int = 0
    waited: float = 0.0
    holding: bool = False
    span: Span = field(init=False)
    deadline: asyncio.Timeout = field(init=False)
    began: float = field(init=False)

    def limit(self, seconds: float) -> None:
        """Give the work another time, counted from its beginning."""
        self.seconds = seconds
        self.deadline.reschedule(self.began + seconds)

    def done(self) -> None:
        """Take the limit off: what matters is done."""
        self.deadline.reschedule(None)

    async def aside(self, gate: OperationQueue) -> None:
        """Wait for something else without keeping a place from others, then come back to begin the work anew.

        It stands before all who came later. The wait counts as one in the queue.

        Args:
            gate: What to wait for. Afterwards it is held, unless this raises.

        Raises:
            Busy: Too many wait for it.
            Stopping: It or the queue was closed.
        """
        loop = asyncio.get_running_loop()
        left = loop.time()
        self.deadline.reschedule(None)
        self.leave()
        try:
            await gate.acquire(background=self.background)
            try:
                await self.queue.acquire(background=self.background, ticket=self.ticket)
            except BaseException:
                gate.release()
                raise
        except Busy:
            self.queue.count_refusal()
            raise
        finally:
            waited = loop.time() - left
            self.waited += waited
            self.span.exclude(waited)
            self.span.add(queue_wait=round(self.waited, 3))
        self.holding = True
        self.began = loop.time()
        self.limit(self.seconds)

    def leave(self) -> None:
        """Give the place back, if it has one."""
        if self.holding:
            self.holding = False
            self.queue.release()


class Operations:
    """Runs operations on an engine, in turn and in time, each recorded as one `docker_operation`.

    The record's duration is the engine's work, all calls of the operation together; the wait is not in it but in the
    metadata:
        action: list, info, start, stop, restart, names …, see `Action`.
        container: The container's name; absent for a list. What was typed, when no container has it.
        outcome: ok, not_found, timeout, error, cancelled or denied.
        queue_wait: Seconds, to the millisecond: for a place in the queue and for the container's turn.
        queue_depth: How many waited in the queue when it arrived.
        error_type: On failure, the exception's class; `Busy` for what was refused.
    What was refused before any work (a full queue, a bot being stopped, a waiter that was cancelled) is recorded with
    duration 0.

    Args:
        metrics: Where operations are recorded.
        concurrency: How many operations are at work at once.
        timeout: Seconds of work an operation may take, unless it says otherwise.
        queue_limit: How many may wait, persons and background each; see `line_limit` for the default.

    Attributes:
        timeout: As given; what begins later has what it is set to.
    """

    def __init__(
        self, metrics: PerformanceMetrics, *, concurrency: int, timeout: float, queue_limit: int | None = None
    ) -> None:
        self._metrics = metrics
        self.timeout = timeout
        limit = line_limit(concurrency, timeout) if queue_limit is None else queue_limit
        self.queue = OperationQueue(concurrency, limit)
        self._let_go = False

    async def in_turn(
        self,
        action: Action,
        name: str | None,
        work: Callable[[Span], Awaitable[T]],
        *,
        background: bool = False,
        seconds: float | None = None,
    ) -> tuple[T, tuple[float, float]]:
        """Wait, work, record.

        Args:
            action: What is done.
            name: To which container.
            work: Does it; it may add to the record.
            background: Whether persons go before it.
            seconds: How long the work may take.

        Returns:
            What the work returned, and the seconds of work and of waiting.

        Raises:
            DockerError: Busy, Stopping, OperationTimeout, Interrupted, or what the work raised.
        """
        return await self.on_course(
            action, name, lambda course: work(course.span), background=background, seconds=seconds
        )

    async def on_course(
        self,
        action: Action,
        name: str | None,
        work: Callable[[Course], Awaitable[T]],
        *,
        background: bool = False,
        seconds: float | None = None,
    ) -> tuple[T, tuple[float, float]]:
        """Do as `in_turn` does, for work that changes its course."""
        metadata: dict[str, Any] = {"action": action.value} | ({"container": name} if name else {})
        metadata["queue_depth"] = self.queue.waiting
        course = Course(self.queue, seconds or self.timeout, background, self.queue.ticket())
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            course.waited = await self.queue.acquire(background=background)
        except (Busy, Stopping, asyncio.CancelledError) as error:
            metadata |= {"queue_wait": round(loop.time() - began, 3), "outcome": outcome_of(error).value}
            metadata["error_type"] = type(error).__name__
            self._metrics.record(OPERATION, 0.0, success=False, metadata=metadata)
            raise
        course.holding = True
        try:
            metadata["queue_wait"] = round(course.waited, 3)
            result, duration = await self._measured(metadata, course, work)
        except OperationTimeout:
            self.queue.count_timeout()
            raise
        finally:
            course.leave()
            parts.say(parts.QUEUE, course.waited)
        return result, (duration, course.waited)

    async def at_once(self, action: Action, seconds: float, work: Callable[[Span], Awaitable[T]]) -> T:
        """Work past the queue, within `seconds`, and record it."""
        metadata = {"action": action.value, "queue_wait": 0.0}
        result, _ = await self._measured(metadata, Course(self.queue, seconds), lambda course: work(course.span))
        return result

    def let_go(self) -> None:
        """From now on a broken connection is one that we broke off ourselves."""
        self._let_go = True

    async def _measured(
        self, metadata: dict[str, Any], course: Course, work: Callable[[Course], Awaitable[T]]
    ) -> tuple[T, float]:
        with parts.Timed(parts.DOCKER), self._metrics.track(OPERATION, metadata=metadata) as span:
            course.span = span
            course.began = asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(course.seconds) as course.deadline:
                    result = await work(course)
            except (TimeoutError, OperationTimeout) as error:
                raise OperationTimeout(course.seconds, metadata["action"], metadata.get("container")) from error
            except EngineUnreachable as error:
                if self._let_go:
                    raise Interrupted(metadata["action"], metadata.get("container")) from error
                raise
            span.set_outcome(Outcome.OK)
        return result, span.duration
