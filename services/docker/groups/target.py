"""Which groups there are, and which of them a text means. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from services.docker.model import Container


class Kind(StrEnum):
    """Where a group comes from; the word that may stand before its name."""

    PROJECT = "project"
    """A compose project."""
    GROUP = "group"
    """A label of the user's own."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A group, by its name.

    Attributes:
        name: As the label gives it.
        kind: Where it comes from: a project and a group of one name are two targets.
    """

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Group:
    """A group, and what someone sees of it.

    Attributes:
        target: Which it is.
        containers: Those of its containers that the asker may see, never none, by name.
        text: What to type for it: its name, with its kind in front (`project:site`) where a name means two.
    """

    target: Target
    containers: tuple[Container, ...]
    text: str


def groups_of(containers: Iterable[Container]) -> tuple[Group, ...]:
    """Find the groups that these containers make up, by name.

    What `docker compose run` made for one task is in none: nobody who stops a project means it.
    """
    found: dict[Target, list[Container]] = defaultdict(list)
    for one in sorted(containers, key=lambda one: one.name):
        if one.membership.one_off:
            continue
        if one.project:
            found[Target(one.project, Kind.PROJECT)].append(one)
        for name in one.membership.groups:
            found[Target(name, Kind.GROUP)].append(one)
    return tuple(Group(target, tuple(found[target]), _text(target, found)) for target in sorted(found))


def meant(groups: Iterable[Group], text: str) -> Group | None:
    """Find the group that a text means: what `Group.text` says, or the same with the kind in front.

    A name that means two groups means none.
    """
    wanted = text.strip()
    for group in groups:
        if wanted in (group.text, f"{group.target.kind}:{group.target.name}"):
            return group
    return None


def _text(target: Target, found: Collection[Target]) -> str:
    twice = all(Target(target.name, kind) in found for kind in Kind)
    return f"{target.kind}:{target.name}" if twice else target.name
