"""The rules: deny by default. Pure; no engine, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.docker.model import Container

    from .actor import Actor, Right


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed to whom.

    Attributes:
        operator_role_ids: Roles that may do everything with every container.
    """

    operator_role_ids: frozenset[int] = frozenset()

    @property
    def lets_others_in(self) -> bool:
        """Whether anyone but admins has any right."""
        return bool(self.operator_role_ids)

    def may(self, actor: Actor, container: Container, right: Right) -> bool:
        """Tell whether the actor has this right on this container."""
        del container, right
        return self.knows(actor)

    def knows(self, actor: Actor) -> bool:
        """Tell whether the actor has any right on anything at all."""
        return actor.admin or not self.operator_role_ids.isdisjoint(actor.role_ids)
