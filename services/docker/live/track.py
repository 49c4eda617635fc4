"""What is remembered of one container's figures. No engine, no clock: moments come in, in seconds of any one clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from services.docker.model import State

from .arithmetic import restarted, sample
from .model import Live
from .parse import frame_from_stats

if TYPE_CHECKING:
    from services.docker.model import Container, ContainerInfo

    from .model import Frame, Sample

KEPT = 60
"""How many samples are remembered: a minute of a stream that sends one a second."""
_LOOK_EVERY = 60.0
_ENOUGH = 3


@dataclass(slots=True)
class Track:
    """One container, as far as its figures are known.

    Attributes:
        container: As last listed.
        info: As last looked at closely; None before.
        problem: Why its figures could not be had the last time; empty when they could.
        failures: How often in a row they could not.
        not_before: When they may be tried again.
    """

    container: Container
    info: ContainerInfo | None = None
    problem: str = ""
    failures: int = 0
    not_before: float = float("-inf")
    _frame: Frame | None = None
    _sample: Sample | None = None
    _seen: float = 0.0
    _history: deque[tuple[float, float | None]] = field(default_factory=lambda: deque(maxlen=KEPT))
    _look_after: float = float("-inf")

    @property
    def is_measured(self) -> bool:
        """Whether there is all to show that can be had soon: its CPU takes two frames, if it is told at all."""
        if self._sample is None:
            return bool(self.problem)
        return self._sample.cpu is not None or len(self._history) >= _ENOUGH

    def listed(self, container: Container) -> None:
        """Take what a list says of it."""
        if container.state.is_up != self.container.state.is_up:
            self._began_anew()
        self.container = container
        if not container.state.is_up:
            self.forget()

    def forget(self) -> None:
        """Begin anew: what was counted before doesn't go on."""
        self._frame = self._sample = None

    def take(self, data: object, now: float) -> None:
        """Take a frame of figures.

        Args:
            data: The engine's JSON.
            now: When it came.
        """
        self.problem, self.failures = "", 0
        frame = frame_from_stats(data)
        if frame.read is None:
            # It does not run now.
            self.forget()
            self._began_anew()
            return
        before = self._frame or frame.former
        if self._frame is not None and self._frame.read == frame.read:
            return  # asked twice within one tick of the engine's
        if before is not None and restarted(before, frame):
            self._began_anew()
        given = self.info.memory_limit if self.info else None
        self._sample = sample(before, frame, given)
        self._frame = replace(frame, former=None)
        self._seen = now
        self._history.append((now, self._sample.cpu))

    def fail(self, problem: str, now: float, pause: float, longest: float) -> None:
        """Note that its figures could not be had; the pause until the next try doubles each time.

        Args:
            problem: Why, for a person.
            now: When.
            pause: Seconds until the second try.
            longest: Seconds that a pause may grow to.
        """
        self.problem = problem
        self.not_before = now + min(longest, pause * 2**self.failures)
        self.failures = min(self.failures + 1, 20)

    def wants_a_look(self, now: float) -> bool:
        """Tell whether a close look is due, and note that it is taken: at first, after a restart, and each minute."""
        if now < self._look_after:
            return False
        self._look_after = now + _LOOK_EVERY
        return True

    def _began_anew(self) -> None:
        """Take for unknown what the last close look saw."""
        self.info = None
        self._look_after = float("-inf")

    def live(self, now: float, stale_after: float) -> Live:
        """Put together what is known.

        Args:
            now: The moment.
            stale_after: Seconds after which figures do not pass for what is now.
        """
        age = None if self._sample is None else max(0.0, now - self._seen)
        moments = [moment for moment, _ in self._history]
        runs = self.container.state in (State.RUNNING, State.PAUSED)
        return Live(
            container=self.container,
            started=self.info.started if self.info and runs else None,
            restarts=self.info.restart_count if self.info else None,
            sample=self._sample,
            age=age,
            stale=age is not None and age > stale_after,
            history=tuple(cpu for _, cpu in self._history),
            span=moments[-1] - moments[0] if moments else 0.0,
            problem=self.problem,
        )
