"""One rule of the settings: who may do what with which containers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING

from .actor import Right

if TYPE_CHECKING:
    from services.docker.model import Container

    from .actor import Actor

ALL = frozenset(Right)


@dataclass(frozen=True, slots=True)
class Rule:
    """Opens rights; no rule takes any away.

    Each kind that is given must fit; those that are empty are not asked. A rule that names no container or nobody opens
    nothing.

    Attributes:
        rights: What it opens. Whoever may do anything may see, too.
        containers: Patterns of names, see `matches`.
        projects: Patterns of compose projects.
        role_ids: Whoever has one of these roles …
        user_ids: … or is one of these.
        channel_ids: It holds in these alone, and in their threads.
    """

    rights: frozenset[Right]
    containers: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    role_ids: frozenset[int] = frozenset()
    user_ids: frozenset[int] = frozenset()
    channel_ids: frozenset[int] = frozenset()

    def is_for(self, actor: Actor) -> bool:
        """Tell whether it holds for the actor, there where they ask."""
        if not actor.at_home or not self.rights:
            return False
        if self.channel_ids and self.channel_ids.isdisjoint(actor.channel_ids):
            return False
        if self.role_ids or self.user_ids:
            return actor.user_id in self.user_ids or not self.role_ids.isdisjoint(actor.role_ids)
        return bool(self.channel_ids)

    def opens(self, container: Container, right: Right) -> bool:
        """Tell whether it opens this right on this container."""
        if right is not Right.SEE and right not in self.rights:
            return False
        if not self.rights or not (self.containers or self.projects):
            return False
        if self.containers and not matches(container.name, self.containers):
            return False
        return not self.projects or (container.project is not None and matches(container.project, self.projects))


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a name fits one of the patterns.

    Args:
        name: The whole name. Case matters, as it does for Docker.
        patterns: `*` stands for any signs, also none, `?` for exactly one.
    """
    return bool(patterns) and _compiled(patterns).match(name) is not None


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))
