# ruff: noqa: N818 - a container not found, a busy queue, a timeout: each says what happened; "Error" would add nothing
"""What was asked for has no turn, no end in time, or was cut off."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from utils.metrics.outcome import Outcome

from .base import DockerError, quote

if TYPE_CHECKING:
    import asyncio

    from services.docker.model import Later


class OperationTimeout(DockerError):
    """The engine took too long.

    Args:
        seconds: The time it was given.
        action: What was asked, such as "restart"; empty when unknown.
        container: The container's name; None for a list.
        needs: Seconds that it may rightly take, see `Limit`; told when it was given less.
        later: Becomes what was seen of it later on; None when nobody looks again.
    """

    outcome = Outcome.TIMEOUT

    def __init__(
        self,
        seconds: float,
        action: str = "",
        container: str | None = None,
        *,
        needs: float = 0.0,
        later: asyncio.Future[Later] | None = None,
    ) -> None:
        what = f"{action or 'The call'} of {quote(container)}" if container else (action or "The call")
        ending = "Try again in a moment."
        if action in _LASTING:
            ending = f"Docker may still finish it{': look again in a moment' if later is None else ''}."
        if seconds < needs:
            rightly = "any time, as it is never killed" if math.isinf(needs) else f"{needs:g} s"
            ending += f" It may rightly take {rightly}, so it was given too little."
        super().__init__(f"{what[:1].upper()}{what[1:]} took longer than {seconds:g} s. {ending}")
        self.seconds = seconds
        self.action = action
        self.container = container
        self.needs = needs
        self.later = later


_LASTING = frozenset({"start", "stop", "restart"})


class Busy(DockerError):
    """So many operations are waiting that one more is refused.

    Args:
        waiting: How many wait.
        container: Its name, when they wait for this one container; None when they wait for a place in the queue.
    """

    def __init__(self, waiting: int, container: str | None = None) -> None:
        what = f"actions wait for {quote(container)}" if container else "Docker operations wait"
        super().__init__(f"Too much is going on: {waiting} {what} already. Try again in a minute.")
        self.waiting = waiting
        self.container = container


class GroupBusy(DockerError):
    """Something is being done to the group, or to another one that shares a container with it.

    Args:
        action: What is being done, such as "restart".
        group: To which group.
    """

    def __init__(self, action: str, group: str) -> None:
        super().__init__(f"A {action} of {quote(group)} is under way. Wait for its end, then try again.")
        self.action = action
        self.group = group


class Stopping(DockerError):
    """The bot is on its way down and takes no more operations; this one was not begun."""

    outcome = Outcome.CANCELLED

    def __init__(self) -> None:
        super().__init__("The bot is being stopped, so this was not begun. Try again when it is back.")


class Interrupted(DockerError):
    """The bot was stopped before the engine answered.

    Args:
        action: What was being done.
        container: To which container, None for none.
    """

    outcome = Outcome.CANCELLED

    def __init__(self, action: str, container: str | None) -> None:
        of = f" of {quote(container)}" if container else ""
        super().__init__(
            f"The bot was stopped before Docker had answered to the {action}{of}. Docker may still finish it: look "
            "again when the bot is back."
        )
        self.action = action
        self.container = container
