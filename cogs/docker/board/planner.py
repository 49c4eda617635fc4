"""When a status message may be edited, and when it should. Pure: the clock comes in as an argument.

Rules:
1. Between the end of one try and the begin of the next pass at least `Pace.edit` seconds; what changes meanwhile is
   shown by the next edit, all at once.
2. When nothing changed, nothing is sent, but for a sign of life each `Pace.life` seconds. Figures alone (CPU, memory)
   are sent each `Pace.figures` seconds at most.
3. After a failure the pause doubles with each further one. What Discord asks for is waited for.
4. A message that is gone is posted anew, at most once each `Pace.repost` seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast things may go, all in seconds.

    Attributes:
        edit: Between two edits of one message. Discord allows five in five seconds for all messages of a channel.
        figures: Between two edits that show new figures only.
        life: Until an edit though nothing changed, so that "updated" shows that the bot lives.
        repost: Between two posts of a message that was deleted.
        first_pause: After the first failure.
        longest_pause: After many.
        settle: Until Docker is looked at when something happened, so that what happens together is seen together.
    """

    edit: float = 5.0
    figures: float = 60.0
    life: float = 300.0
    repost: float = 60.0
    first_pause: float = 10.0
    longest_pause: float = 300.0
    settle: float = 1.0


@dataclass(frozen=True, slots=True)
class Content:
    """What a message shows, to be compared.

    Attributes:
        facts: All but figures and the time of the update.
        figures: Figures that change all the time; empty without.
    """

    facts: str
    figures: str = ""


class Planner:
    """Plans the edits of one message.

    It begins with a message of which it is not known what it shows. Moments are seconds on a clock that is never set.

    Args:
        pace: How fast.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._shown: Content | None = None
        self._ended = _NEVER
        self._posted = _NEVER
        self._not_before = _NEVER
        self._failures = 0

    def due(self, wanted: Content) -> float:
        """Say at which moment to send this content; it may have passed, and is minus infinity for "at once"."""
        if self._shown is None:
            return self._not_before
        if wanted.facts != self._shown.facts:
            pause = self._pace.edit
        elif wanted.figures != self._shown.figures:
            pause = self._pace.figures
        else:
            pause = self._pace.life
        return max(self._ended + pause, self._not_before)

    def sent(self, content: Content, now: float, *, posted: bool = False) -> None:
        """Note that a try ended well.

        Args:
            content: What the message shows now.
            now: When the answer came.
            posted: Whether it is a new message.
        """
        self._shown = content
        self._failures = 0
        self._ended = now
        self._not_before = now + self._pace.edit
        if posted:
            self._posted = now

    def failed(self, now: float, retry_after: float = 0.0) -> None:
        """Note that a try failed; whether Discord did it nevertheless is not known.

        Args:
            now: When.
            retry_after: Seconds that Discord wants to be left alone.
        """
        self._shown = None
        self._ended = now
        pause = min(self._pace.first_pause * 2.0**self._failures, self._pace.longest_pause)
        self._failures = min(self._failures + 1, 60)
        self._not_before = now + max(pause, retry_after, self._pace.edit)

    def lost(self, now: float) -> None:
        """Note that the message can't be edited any more: what is sent next is a new one."""
        self._shown = None
        self._ended = now
        self._not_before = max(now, self._posted + self._pace.repost)

    def lived(self, now: float) -> float:
        """Say for how many seconds the message is known to live: since it was posted, in this run."""
        return now - self._posted
