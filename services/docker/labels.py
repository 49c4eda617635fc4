"""What a container's labels say of the groups that it is in. Pure; every other label stays out of the program.

A container belongs to a compose project by `com.docker.compose.project`, and to groups of the user's own by a label
that the settings name (`ddc.group` by default), whose value may name several, parted by commas. What has to run before
it stands in `com.docker.compose.depends_on`, which compose writes as `db:service_healthy:true,cache:service_started:…`:
the service, what it must have come to, and whether its restart restarts this one, too, which nobody here needs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

GROUP_LABEL = "ddc.group"
ORDER_LABEL = "ddc.order"
LONGEST_GROUP = 80
"""A longer name of a group is left out: Discord could not offer it."""

_PROJECT = "com.docker.compose.project"
_SERVICE = "com.docker.compose.service"
_DEPENDS_ON = "com.docker.compose.depends_on"
_ONE_OFF = "com.docker.compose.oneoff"


class Condition(StrEnum):
    """What a service must have come to before those that depend on it begin, in compose's own words."""

    STARTED = "service_started"
    HEALTHY = "service_healthy"
    COMPLETED = "service_completed_successfully"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A service of the same project that a container needs.

    Attributes:
        service: Its name.
        condition: What it must have come to; STARTED when the label says nothing that we know.
    """

    service: str
    condition: Condition = Condition.STARTED


@dataclass(frozen=True, slots=True)
class Membership:
    """Which groups a container is in, and its place there.

    Attributes:
        service: The compose service, or None.
        depends_on: The services that it needs, each once, in the label's order.
        groups: Groups of the user's own, sorted, each once.
        order: Its number in those: lower ones start first. 0 without the label `ddc.order`, or with a value that is no
            number.
        one_off: Made by `docker compose run`: no part of the project for those who start and stop it.
    """

    service: str | None = None
    depends_on: tuple[Dependency, ...] = ()
    groups: tuple[str, ...] = ()
    order: float = 0.0
    one_off: bool = False


ALONE = Membership()
"""Of a container without any such label."""


def project(labels: object) -> str | None:
    """Read the compose project out of a container's labels."""
    return _text(labels, _PROJECT) or None


def membership(labels: object, group_label: str = GROUP_LABEL) -> Membership:
    """Read the rest of what labels say of groups.

    Args:
        labels: The labels as the engine sends them; anything but an object counts as none.
        group_label: Which label names the user's own groups.
    """
    return Membership(
        service=_text(labels, _SERVICE) or None,
        depends_on=_depends_on(_text(labels, _DEPENDS_ON)),
        groups=tuple(sorted({name for name in _parts(_text(labels, group_label)) if len(name) <= LONGEST_GROUP})),
        order=_number(_text(labels, ORDER_LABEL)),
        one_off=_text(labels, _ONE_OFF).lower() == "true",
    )


def _text(labels: object, name: str) -> str:
    value = labels.get(name) if isinstance(labels, dict) else None
    return value if isinstance(value, str) else ""


def _parts(value: str) -> list[str]:
    return [part for part in map(str.strip, value.split(",")) if part]


def _depends_on(value: str) -> tuple[Dependency, ...]:
    found: dict[str, Dependency] = {}
    for part in _parts(value):
        service, *rest = part.split(":")
        if service:
            found.setdefault(service, Dependency(service, _condition(rest[0] if rest else "")))
    return tuple(found.values())


def _condition(word: str) -> Condition:
    try:
        return Condition(word)
    except ValueError:
        return Condition.STARTED


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0
