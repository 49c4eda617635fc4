"""The measure of the interaction or task that runs now.

It travels in a context variable, so whatever a callback calls finds it.
"""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from utils.metrics.outcome import Outcome
from utils.metrics.parts import KEY, Collection

from .outcomes import outcome_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from utils.performance_metrics import PerformanceMetrics, Span

MARK = "_ddc_perf_metrics"  # on the bot, so that a reloaded copy of this module sees that it is attached


class Measure:
    """What is known of one interaction or task while it runs.

    Args:
        span: The open span of the metrics library.
        interaction_id: The snowflake of the interaction, None for a task or a prefix command.
    """

    __slots__ = ("_arrived", "_span", "_task", "ack", "error", "interaction_id", "outcome")

    def __init__(self, span: Span, interaction_id: int | None) -> None:
        self._span = span
        self._arrived = time.perf_counter()
        self._task = asyncio.current_task()
        self.interaction_id = interaction_id
        self.ack: float | None = None
        self.error: BaseException | None = None
        self.outcome: Outcome | None = None

    def acknowledge(self) -> None:
        """Keep the time to the first answer, in seconds."""
        if self.ack is None:
            self.ack = time.perf_counter() - self._arrived

    def is_waited_in(self, task: asyncio.Task[Any] | None) -> bool:
        """Tell whether the measured task does nothing but wait for what `task`, the present one, waits for.

        That is so in the measured task itself, in one that it awaits, and in the one that ``asyncio.wait_for`` makes
        before Python 3.12. In any other (a task beside it, ``asyncio.wait``) the measured task may be at work.
        """
        if task is self._task:
            return True
        waiter = getattr(self._task, "_fut_waiter", None)
        callbacks = getattr(task, "_callbacks", None) or ()
        return waiter is not None and (
            waiter is task or any(waiter in getattr(callback, "args", ()) for callback, _ in callbacks)
        )

    def exclude(self, seconds: float) -> None:
        """Take time of a person off.

        Args:
            seconds: How long was waited.
        """
        self._span.exclude(seconds)

    def settle(self, parts: dict[str, float]) -> None:
        """Write what is known into the span, just before it ends.

        Args:
            parts: Seconds that its parts took.
        """
        if self.error is not None and self.outcome is None:
            self.outcome, error_type = outcome_of(self.error)
            self._span.add(error_type=error_type)
        self._span.set_outcome(self.outcome or Outcome.OK)
        if self.ack is not None:
            self._span.add(ack=round(self.ack, 4))
        if parts:
            self._span.add(**{KEY: parts})


_running: dict[int, tuple[str, float]] = {}

_current: ContextVar[Measure | None] = ContextVar("ddc_perf_measure", default=None)


def current() -> Measure | None:
    """The measure of what runs now, or None outside."""
    return _current.get()


def running() -> list[tuple[str, float]]:
    """The interactions and tasks under way, longest first: their names, and their starts in seconds since the epoch."""
    return sorted(_running.values(), key=lambda one: one[1])


def note_outcome(outcome: Outcome) -> None:
    """Say how the present interaction ended where no exception tells it (an autocomplete that was refused, say).

    Args:
        outcome: What the record shall hold. Does nothing outside a measured interaction.
    """
    measure = _current.get()
    if measure is not None:
        measure.outcome = outcome


def note_error(error: BaseException) -> None:
    """Keep the first exception that passed, whoever swallows it later.

    Args:
        error: The exception.
    """
    measure = _current.get()
    if measure is not None and measure.error is None:
        measure.error = error


def metrics_of(client: object) -> PerformanceMetrics | None:
    """The metrics that a bot was attached with, or None.

    Args:
        client: The bot.
    """
    return cast("PerformanceMetrics | None", getattr(client, MARK, None))


async def measured(
    metrics: PerformanceMetrics, operation: str, interaction_id: int | None, run: Callable[[], Awaitable[Any]]
) -> Any:  # noqa: ANN401 - passes on whatever the wrapped hook returns
    """Run something under a measure.

    Args:
        metrics: Where the record goes.
        operation: Its name.
        interaction_id: The interaction's snowflake, None for a task or a prefix command.
        run: What is measured. Its result and its exception pass unchanged.
    """
    with metrics.track(operation) as span, Collection() as parts:
        measure = Measure(span, interaction_id)
        token = _current.set(measure)
        _running[id(measure)] = operation, time.time()
        try:
            return await run()
        except BaseException as error:
            note_error(error)
            raise
        finally:
            _current.reset(token)
            del _running[id(measure)]
            measure.settle(parts.rounded())
