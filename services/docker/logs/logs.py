"""Logs for the rest of the bot: read, or followed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .follow import Followers
from .reader import Limits, LogReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.docker.access import Policy
    from services.docker.port import Engine

    from .follow import Pace
    from .reader import Look, Run


class Logs:
    """The logs of containers, for those who have the right LOGS.

    Args:
        engine: What to talk to.
        policy: Gives the rules as they are now.
        look: Finds a container, for who may.
        run: Does an operation on one container: in turn, in time, recorded.
        timeout: Seconds that an operation may take; a reading that takes longer than a quarter is tried with less.
        limits: How much of a log is read.
        pace: How long and how fast one is followed.

    Attributes:
        read: See `LogReader.read`.
        follow: See `Followers.follow`.
        close: See `Followers.close`.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        policy: Callable[[], Policy],
        look: Look,
        run: Run,
        timeout: float,
        limits: Limits | None = None,
        pace: Pace | None = None,
    ) -> None:
        followers = Followers(engine, policy=policy, look=look, run=run, pace=pace)
        limits = limits or Limits()
        limits = replace(limits, seconds=min(limits.seconds, timeout / 4))
        self.read = LogReader(engine, look=look, run=run, limits=limits).read
        self.follow = followers.follow
        self.close = followers.close
