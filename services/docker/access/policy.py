"""Who may do what: deny by default. Pure; no engine, no clock.

1. What is hidden only admins see, and no rule opens it.
2. Admins may do everything, anyone else what some rule opens.
3. What is protected nobody stops, admins neither. That is no right: everyone who may stop it is told why it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.docker.errors import Forbidden, Protected, Unseen

from .actor import Actor, Right
from .rule import ALL, Rule, matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.docker.model import Container


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed to whom.

    Attributes:
        operator_role_ids: Roles that may do everything with every container that is not hidden.
        rules: What others may do.
        hidden: Patterns of names that only admins see.
        protected: Patterns of names that nobody may stop.
        own_container: The id of the container that the bot runs in, or its beginning; it is protected, too. Empty when
            the bot runs in none.
    """

    operator_role_ids: frozenset[int] = frozenset()
    rules: tuple[Rule, ...] = ()
    hidden: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    own_container: str = ""

    @property
    def lets_others_in(self) -> bool:
        """Whether anyone but admins has any right."""
        return bool(self.operator_role_ids or self.rules)

    def may(self, actor: Actor, container: Container, right: Right) -> bool:
        """Tell whether the actor has this right on this container."""
        return bool(self.allowed(actor, (container,), right))

    def allowed(self, actor: Actor, containers: Iterable[Container], right: Right) -> tuple[Container, ...]:
        """Those of the containers that the actor has this right on, in their order."""
        if actor.audience:
            return tuple(one for one in containers if right is Right.SEE and not self.hides(one))
        if actor.admin:
            return tuple(containers)
        rules = self._rules_for(actor)
        return tuple(one for one in containers if any(rule.opens(one, right) for rule in rules) and not self.hides(one))

    def knows(self, actor: Actor) -> bool:
        """Tell whether the actor has any right on anything at all, there where they ask."""
        return actor.admin or actor.audience or bool(self._rules_for(actor))

    def require(self, actor: Actor, container: Container, right: Right, asked: str) -> None:
        """Refuse what the actor may not do with this container.

        Args:
            actor: Who asks.
            container: What was found for them.
            right: What they want to do.
            asked: By what name or id they asked for it; the refusal repeats nothing else of what they may not see.

        Raises:
            Unseen: They may not see it.
            Forbidden: They may see it, but not do this.
            Protected: Nobody may stop it.
        """
        if not self.may(actor, container, Right.SEE):
            raise Unseen(asked, container.name)
        if not self.may(actor, container, right):
            raise Forbidden(right.value, container.name)
        if right is Right.STOP and self.protects(container):
            raise Protected(container.name)

    def hides(self, container: Container) -> bool:
        """Tell whether only admins may see this container."""
        return matches(container.name, self.hidden)

    def protects(self, container: Container) -> bool:
        """Tell whether a stop of this container is refused, whoever asks."""
        return self.is_own(container) or matches(container.name, self.protected)

    def is_own(self, container: Container) -> bool:
        """Tell whether the bot runs in this container."""
        return bool(self.own_container) and container.id.startswith(self.own_container)

    def reader(self, channel_id: int) -> Actor:
        """Stand for everybody who reads a channel, for what the bot posts there for all to see.

        An admin chose the channel for it, and with it who reads it. So everything may be shown there that is not
        hidden, whatever the rules open to those who read; nothing can be done by it.

        Args:
            channel_id: The channel that an admin chose for a status message or for alerts.
        """
        return Actor(
            name="everyone in the channel",
            channel_id=channel_id,
            channel_ids=frozenset({channel_id}),
            audience=True,
            background=True,
        )

    def _rules_for(self, actor: Actor) -> list[Rule]:
        operators = Rule(ALL, containers=("*",), role_ids=self.operator_role_ids)
        return [rule for rule in (operators, *self.rules) if rule.is_for(actor)]
