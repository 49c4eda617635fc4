"""What an action on a group would do: which containers, in which order, and what each waits for. Pure.

The order:
1. What a container depends on comes before it; a stop goes the other way round. A restart goes as a start does, one
   container after the other, as compose does it: everything is away for as short as can be, and a run that is cut off
   leaves nothing stopped.
2. In a group of the user's own the number in `ddc.order` goes first, the lower before the higher, and dependencies rule
   among those of one number. In a compose project the number means nothing.
3. Services stand for all their containers: what depends on a service comes after each of them.
4. Dependencies that go round in a circle are cut, and told. Those on what is not in the group, or not to be seen by who
   asks, are left out, and told without a name: the name might be one that they may not know.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from services.docker.model import Action

from .order import in_order
from .target import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from services.docker.labels import Condition
    from services.docker.model import Container

    from .target import Group

    Node = tuple[str, ...]
    Needs = Mapping[Node, Mapping[Node, Condition]]


class Held(StrEnum):
    """Why a container is left as it is."""

    FORBIDDEN = "forbidden"
    """Who asks may see it, but not do this with it."""
    PROTECTED = "protected"
    """Nobody may stop it."""
    OWN = "own"
    """The bot runs in it: its restart would end the run."""
    SETTLED = "settled"
    """It is not among those that were asked for: an earlier run has done it."""


@dataclass(frozen=True, slots=True)
class Before:
    """Something that comes before a container.

    Attributes:
        id: Which container.
        condition: What it must have come to; None for a stop, where it is one that still uses the container.
    """

    id: str
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class Step:
    """One container of a plan.

    Attributes:
        container: As it was when the plan was made.
        held: Why it is left as it is; None when it is acted on.
        before: What comes before it.
    """

    container: Container
    held: Held | None = None
    before: tuple[Before, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done.

    Attributes:
        target: To which group.
        text: What to type for it.
        action: START, STOP or RESTART.
        levels: All containers of the group that the asker may see, each once, in the order of the action.
        circles: Services whose dependency on one another was cut: who, and on whom.
        against: Containers whose number in `ddc.order` goes against what they depend on.
        outside: Containers that depend on something that is not in the plan.
    """

    target: Target
    text: str
    action: Action
    levels: tuple[tuple[Step, ...], ...]
    circles: tuple[tuple[str, str], ...] = ()
    against: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All levels in one."""
        return tuple(step for level in self.levels for step in level)

    @property
    def acted(self) -> tuple[Step, ...]:
        """The containers that are acted on."""
        return tuple(step for step in self.steps if step.held is None)

    @property
    def is_idle(self) -> bool:
        """Whether all that it may act on is as it should be already."""
        if self.action is Action.RESTART:
            return False
        return all(step.container.state.is_up is (self.action is Action.START) for step in self.acted)


def make_plan(group: Group, action: Action, held: Callable[[Container], Held | None]) -> Plan:
    """Plan an action.

    Args:
        group: What the asker sees of the group.
        action: START, STOP or RESTART.
        held: Tells why a container is left as it is, if it is.
    """
    members: dict[Node, list[Container]] = defaultdict(list)
    for one in group.containers:
        members[_node(one)].append(one)
    numbers = {node: _number(group.target, containers) for node, containers in members.items()}
    asked = {node: _needs(containers, members) for node, containers in members.items()}
    against = {node for node, needs in asked.items() if any(numbers[other] > numbers[node] for other in needs)}
    needs = {
        node: {other: condition for other, condition in found.items() if numbers[other] <= numbers[node]}
        for node, found in asked.items()
    }
    levels: list[tuple[Node, ...]] = []
    circles: list[tuple[str, str]] = []
    for number in sorted(set(numbers.values())):
        order = in_order({node: needs[node] for node in members if numbers[node] == number})
        levels += order.levels
        for who, whom in order.cut:
            del needs[who][whom]
            circles.append((_name(members[who]), _name(members[whom])))
    before = _users(needs) if action is Action.STOP else needs
    steps = tuple(
        tuple(
            Step(
                one,
                held(one),
                tuple(
                    Before(other.id, None if action is Action.STOP else condition)
                    for node_before, condition in before[node].items()
                    for other in members[node_before]
                ),
            )
            for node in level
            for one in members[node]
        )
        for level in levels
    )
    return Plan(
        target=group.target,
        text=group.text,
        action=action,
        levels=steps[::-1] if action is Action.STOP else steps,
        circles=tuple(circles),
        against=tuple(sorted(one.name for node in against for one in members[node])),
        outside=tuple(one.name for one in group.containers if _reaches_out(one, members)),
    )


def _node(container: Container) -> Node:
    service = container.membership.service
    return (container.project, service) if container.project and service else (container.id,)


def _name(containers: list[Container]) -> str:
    """What a service is called: by its own name when it has several containers."""
    return containers[0].name if len(containers) == 1 else containers[0].membership.service or containers[0].name


def _number(target: Target, containers: list[Container]) -> float:
    return min(one.membership.order for one in containers) if target.kind is Kind.GROUP else 0.0


def _needs(containers: Iterable[Container], members: Mapping[Node, object]) -> dict[Node, Condition]:
    return {
        (one.project, need.service): need.condition
        for one in containers
        if one.project
        for need in one.membership.depends_on
        if (one.project, need.service) in members
    }


def _reaches_out(container: Container, members: Mapping[Node, object]) -> bool:
    return any((container.project, need.service) not in members for need in container.membership.depends_on)


def _users(needs: Needs) -> Needs:
    """Turn "who needs what" into "what is needed by whom"."""
    users: dict[Node, dict[Node, Condition]] = {node: {} for node in needs}
    for node, found in needs.items():
        for other, condition in found.items():
            users[other][node] = condition
    return users
