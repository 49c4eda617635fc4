"""From an engine's event to a small value. Pure.

An event carries the container's labels, which hold passwords of proxies and the like: the compose project is all that
is taken of them, as everywhere in this program.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROJECT = "com.docker.compose.project"
_NANOS = 1_000_000_000
_SHORT = 12


class Happening(StrEnum):
    """What happened, in the engine's own words where it has one."""

    START = "start"
    KILL = "kill"
    """A signal was sent by someone, be it for a stop, a restart or by itself."""
    DIE = "die"
    STOP = "stop"
    """A stop that someone asked for is over; it comes after the `die`."""
    RESTART = "restart"
    OOM = "oom"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a container.

    Attributes:
        id: The engine's full id.
        name: The container's name at that time.
        happening: What happened.
        at_ns: When, nanoseconds since the epoch by the engine's clock.
        exit_code: Of a DIE; None when the engine gave none.
        signal: Of a KILL, its number; None when the engine gave none.
        project: The compose project, or None.
        image: The image's name; empty when the engine gave none.
    """

    id: str
    name: str
    happening: Happening
    at_ns: int
    exit_code: int | None = None
    signal: int | None = None
    project: str | None = None
    image: str = ""

    @property
    def at(self) -> float:
        """Seconds since the epoch, good to a microsecond."""
        return self.at_ns / _NANOS

    @property
    def key(self) -> tuple[int, str, str]:
        """What tells an event from every other, and is the same when it is sent again."""
        return self.at_ns, self.id, self.happening.value


def event_of(raw: Mapping[str, Any]) -> Event | None:
    """Read one event of `GET /events`.

    Args:
        raw: The event's JSON, of Docker or of Podman, which calls a few things by other names.

    Returns:
        The event; None for one that concerns nobody here (an image, an exec, a copy), and for what can't be read.
    """
    actor = raw.get("Actor")
    actor = actor if isinstance(actor, dict) else {}
    attributes = actor.get("Attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    identity = _text(actor.get("ID")) or _text(raw.get("id"))
    happening = _happening(_text(raw.get("Action")) or _text(raw.get("status")), attributes)
    at_ns = _number(raw.get("timeNano")) or (_number(raw.get("time")) or 0) * _NANOS
    if raw.get("Type", "container") != "container" or not identity or happening is None or at_ns <= 0:
        return None
    died = happening is Happening.DIE
    return Event(
        id=identity,
        name=_text(attributes.get("name")).removeprefix("/") or identity[:_SHORT],
        happening=happening,
        at_ns=at_ns,
        exit_code=_number(attributes.get("exitCode", attributes.get("containerExitCode"))) if died else None,
        signal=_number(attributes.get("signal")) if happening is Happening.KILL else None,
        project=_text(attributes.get(_PROJECT)) or None,
        image=_text(attributes.get("image")) or _text(raw.get("from")),
    )


def _happening(action: str, attributes: Mapping[str, Any]) -> Happening | None:
    word, _, rest = action.partition(":")
    word = word.strip()
    if word == "health_status":
        word = rest.strip() or _text(attributes.get("health_status"))
    elif word in (Happening.HEALTHY, Happening.UNHEALTHY):
        return None
    if word == "died":
        word = "die"
    try:
        return Happening(word)
    except ValueError:
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None
