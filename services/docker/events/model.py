"""What is told of containers: plain values, no engine, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from services.docker.model import Container, State

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What is worth an alert; the words of the settings and of the records."""

    RESTART_LOOP = "restart_loop"
    OOM = "oom"
    DIED = "died"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is told, and how often.

    Attributes:
        kinds: What is told at all.
        cooldown: Seconds for which the same of the same container makes no new alert.
        loop_count: So many restarts by the engine itself …
        loop_seconds: … within this time are a restart loop.
        group: Seconds that an alert waits for others, and between two edits of a message.
    """

    kinds: frozenset[Kind] = frozenset(Kind)
    cooldown: float = 900.0
    loop_count: int = 3
    loop_seconds: float = 600.0
    group: float = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth an alert, whether or not it becomes one.

    Attributes:
        kind: What it is.
        container: Whose; what the event told of it.
        at: When, seconds since the epoch by the engine's clock.
        exit_code: With which the container ended last; None when it did not, or the engine gave none.
    """

    kind: Kind
    container: Container
    at: float
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What happened to one container, as told in one message.

    Attributes:
        container: Which.
        counts: How often each kind happened, since this alert and within its cooldown.
        at: When it last happened, seconds since the epoch.
        exit_code: The last one; None when there is none to tell.
        recovered: Since when all is well again; None while it is not.
    """

    container: Container
    counts: Mapping[Kind, int] = field(default_factory=dict)
    at: float = 0.0
    exit_code: int | None = None
    recovered: float | None = None


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A message's worth of alerts. It comes again, under the same number, when there is news of its containers.

    Attributes:
        number: Tells it from others of this run of the bot.
        alerts: In the order in which they came.
    """

    number: int
    alerts: tuple[Alert, ...]


def container_of(identity: str, name: str, image: str, project: str | None) -> Container:
    """What an event tells of a container."""
    return Container(id=identity, name=name, image=image, state=State.UNKNOWN, project=project)
