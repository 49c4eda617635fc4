# ruff: noqa: N818 - a container not found, a busy queue, a timeout: each says what happened; "Error" would add nothing
"""What was asked for is not there, or not for who asked."""

from __future__ import annotations

import math

from utils.metrics.outcome import Outcome

from .base import DockerError, either, quote


class InvalidName(DockerError):
    """The text can't be a container's name, so nothing was asked of the engine.

    Args:
        name: What was given; at most its first 40 characters are repeated in the message.
    """

    outcome = Outcome.BAD_INPUT

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{quote(name, 40)} can't be a container's name: those begin with a letter or a digit, go on with "
            "letters, digits, dots, dashes and underscores, and have at most 255 signs."
        )
        self.name = name


class ContainerNotFound(DockerError):
    """No container has that name.

    Args:
        name: What was asked for.
        suggestions: Names close to it; only ever of containers that the caller may see.
    """

    outcome = Outcome.NOT_FOUND

    def __init__(self, name: str, suggestions: tuple[str, ...] = ()) -> None:
        hint = (
            f" Did you mean {either(suggestions)}?" if suggestions else " The list of containers shows which there are."
        )
        super().__init__(f"There is no container called {quote(name)}.{hint}")
        self.name = name
        self.suggestions = suggestions


class Unseen(ContainerNotFound):
    """There is one of that name, but not for who asked: to them it is just as if there were none.

    Only records tell it from `ContainerNotFound`; whoever hands it on to a person raises one of those instead.

    Args:
        name: What was asked for.
        container: The container's name, for records alone; empty when it isn't known.
    """

    outcome = Outcome.DENIED

    def __init__(self, name: str, container: str = "") -> None:
        super().__init__(name)
        self.container = container


class GroupNotFound(DockerError):
    """No group has that name.

    Args:
        name: What was asked for.
        suggestions: Names close to it; only ever of groups that the caller sees something of.
    """

    outcome = Outcome.NOT_FOUND

    def __init__(self, name: str, suggestions: tuple[str, ...] = ()) -> None:
        hint = f"Did you mean {either(suggestions)}?" if suggestions else "The list of groups shows which there are."
        super().__init__(f"There is no group called {quote(name)}. {hint}")
        self.name = name
        self.suggestions = suggestions


class Forbidden(DockerError):
    """The container may be seen by who asked, but this may not be done with it.

    Args:
        action: What was asked, such as "restart".
        container: The container's name.
    """

    outcome = Outcome.DENIED

    def __init__(self, action: str, container: str) -> None:
        super().__init__(f"You have no right to {action} {quote(container)} here. Ask an admin.")
        self.action = action
        self.container = container


class Protected(DockerError):
    """This container is never stopped from here, whoever asks.

    Args:
        container: The container's name.
    """

    outcome = Outcome.DENIED

    def __init__(self, container: str) -> None:
        super().__init__(
            f"{quote(container)} is protected: nobody can stop it from here. It is the bot's own container, or named "
            "by `docker.protected` in the settings."
        )
        self.container = container


class TooSoon(DockerError):
    """The same person did the same with the same container a moment ago.

    Args:
        action: What was asked, such as "restart".
        container: The container's name.
        seconds: How long they have to wait yet.
    """

    outcome = Outcome.DENIED

    def __init__(self, action: str, container: str, seconds: float) -> None:
        wait = max(1, math.ceil(seconds))
        super().__init__(f"You asked for a {action} of {quote(container)} a moment ago. Try again in {wait} s.")
        self.action = action
        self.container = container
        self.seconds = seconds


class AdminsOnly(DockerError):
    """Something that no rule can open to others.

    Args:
        what: What was asked for, as in "Only admins can see the audit".
    """

    outcome = Outcome.DENIED

    def __init__(self, what: str) -> None:
        super().__init__(f"Only admins can {what}.")
        self.what = what


class AuditUnreadable(DockerError):
    """The audit's file is there, but can't be read.

    Args:
        reason: What the system said, such as "permission denied".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The audit can't be read ({reason}). Make sure that the bot may read and write its folder.")
        self.reason = reason
