"""In which order things that need each other are begun. Pure."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

    Node = TypeVar("Node", bound=Hashable)
else:
    Node = TypeVar("Node")


class Order(NamedTuple, Generic[Node]):
    """The order found.

    Attributes:
        levels: Each thing once; whatever a thing needs is on a level before its own. Things of one level don't need
            each other. Within a level they stand as they were given.
        cut: Needs that were left out because they go round in a circle: who, and whom it needs.
    """

    levels: tuple[tuple[Node, ...], ...]
    cut: tuple[tuple[Node, Node], ...]


def in_order(needs: Mapping[Node, Collection[Node]]) -> Order[Node]:
    """Put things in the order in which they can be begun.

    Args:
        needs: Every thing, and the things that it needs; of those, what is no key itself is passed over.
    """
    left = {one: [other for other in others if other in needs] for one, others in needs.items()}
    cut: list[tuple[Node, Node]] = []
    while True:
        sorter = TopologicalSorter(left)
        try:
            sorter.prepare()
        except CycleError as error:
            needed, who, *_ = error.args[1]
            left[who] = [other for other in left[who] if other != needed]
            cut.append((who, needed))
        else:
            return Order(tuple(_levels(sorter, list(needs))), tuple(cut))


def _levels(sorter: TopologicalSorter[Node], given: list[Node]) -> list[tuple[Node, ...]]:
    place = {one: index for index, one in enumerate(given)}
    levels = []
    while sorter.is_active():
        ready = sorter.get_ready()
        levels.append(tuple(sorted(ready, key=place.__getitem__)))
        sorter.done(*ready)
    return levels
