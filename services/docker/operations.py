"""One operation at a time: wait for a turn, work within a time, leave a record."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

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


class Operations:
    """Runs operations on an engine, in turn and in time, each recorded as one `docker_operation`.

    The record's duration is the engine's work, all calls of the operation together; the wait in the queue is not in it
    but in the metadata:
        action: list, info, start, stop, restart, names …, see `Action`.
        container: The container's name; absent for a list. What was typed, when no container has it.
        outcome: ok, not_found, timeout, error or cancelled.
        queue_wait: Seconds, to the millisecond.
        error_type: On failure, the exception's class.
    What was refused before any work (a full queue, a bot being stopped, a waiter that was cancelled) is recorded with
    duration 0.

    Args:
        metrics: Where operations are recorded.
        concurrency: How many operations are at work at once.
        timeout: Seconds of work an operation may take.
        queue_limit: How many may wait. By default as many as would begin within 10 minutes if each took its whole
            timeout (Discord takes an answer for 15 minutes), at least one per place, at most 100.
    """

    def __init__(
        self, metrics: PerformanceMetrics, *, concurrency: int, timeout: float, queue_limit: int | None = None
    ) -> None:
        self._metrics = metrics
        self._timeout = timeout
        if queue_limit is None:
            queue_limit = min(_LONGEST_LINE, concurrency * max(1, int(_LONGEST_WAIT / timeout)))
        self.queue = OperationQueue(concurrency, queue_limit)
        self._let_go = False

    async def in_turn(
        self, action: Action, name: str | None, work: Callable[[Span], Awaitable[T]]
    ) -> tuple[T, tuple[float, float]]:
        """Wait, work, record.

        Args:
            action: What is done.
            name: To which container.
            work: Does it; it may add to the record.

        Returns:
            What the work returned, and the seconds of work and of waiting.

        Raises:
            DockerError: Busy, Stopping, OperationTimeout, Interrupted, or what the work raised.
        """
        metadata: dict[str, Any] = {"action": action.value} | ({"container": name} if name else {})
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            waited = await self.queue.acquire()
        except (Busy, Stopping, asyncio.CancelledError) as error:
            metadata |= {"queue_wait": round(loop.time() - began, 3), "outcome": outcome_of(error).value}
            metadata["error_type"] = type(error).__name__
            self._metrics.record(OPERATION, 0.0, success=False, metadata=metadata)
            raise
        try:
            metadata["queue_wait"] = round(waited, 3)
            result, duration = await self._measured(metadata, self._timeout, work)
            return result, (duration, waited)
        finally:
            self.queue.release()

    async def at_once(self, action: Action, seconds: float, work: Callable[[Span], Awaitable[T]]) -> T:
        """Work past the queue, within `seconds`, and record it."""
        result, _ = await self._measured({"action": action.value, "queue_wait": 0.0}, seconds, work)
        return result

    def let_go(self) -> None:
        """From now on a broken connection is one that we broke off ourselves."""
        self._let_go = True

    async def _measured(
        self, metadata: dict[str, Any], seconds: float, work: Callable[[Span], Awaitable[T]]
    ) -> tuple[T, float]:
        with self._metrics.track(OPERATION, metadata=metadata) as span:
            try:
                async with asyncio.timeout(seconds):
                    result = await work(span)
            except (TimeoutError, OperationTimeout) as error:
                raise OperationTimeout(seconds, metadata["action"], metadata.get("container")) from error
            except EngineUnreachable as error:
                if self._let_go:
                    raise Interrupted(metadata["action"], metadata.get("container")) from error
                raise
            span.set_outcome(Outcome.OK)
        return result, span.duration
