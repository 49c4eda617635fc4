"""Where the measured code leaves what it measured: the one door into an engine, and the hottest code of all.

Rules for everyone who comes through it: from any thread, the event loop, a signal handler or a destructor in the
middle of another `Intake.put`; no lock is taken and nothing raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from utils.metrics.model import Record


def _nothing() -> None:
    """Do nothing."""


class Intake:
    """An engine's door for measurements; it belongs to the engine, which may change its attributes at any moment.

    Whoever can't afford the call does what `put` does in place, reading the attributes anew each time.

    Attributes:
        monotonic: the clock of the measurements, see `utils.metrics.clock.Clock.monotonic`.
        append: takes a measurement; `collections.deque.append` or the like.
        careful: whether `look` must be called after `append`.
        look: lets the engine see to what came in: it wakes its writer, or holds up a caller who is too fast.
    """

    __slots__ = ("append", "careful", "look", "monotonic")

    def __init__(
        self,
        monotonic: Callable[[], float],
        append: Callable[[Record], None],
        look: Callable[[], None] = _nothing,
    ) -> None:
        self.monotonic = monotonic
        self.append = append
        self.look = look
        self.careful = look is not _nothing

    def put(self, record: Record) -> None:
        """Take a measurement."""
        self.append(record)
        # After it, never before: whoever sets `careful` looks for what came in just before.
        if self.careful:
            self.look()
