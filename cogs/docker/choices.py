"""What autocomplete offers for a container's name. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from services.docker import Action
from utils.metrics.format import cut_middle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.docker import Container

_MOST = 25
_NAME_WIDTH = 80
_LONGEST_VALUE = 100


def choices(containers: Iterable[Container], typed: str, action: Action) -> list[app_commands.Choice[str]]:
    """Choose and order at most 25 containers.

    Args:
        containers: Those the person may see.
        typed: What is typed so far; case doesn't matter. A container must have it somewhere in its name.
        action: What is to be done. Containers with which it makes sense come first (stopped ones for a start, running
            ones for a stop, a restart or figures), then names that begin with what is typed, then the others, by name.

    Returns:
        Choices such as "nginx · running". The value is the name, or the id when the name is longer than Discord takes.
    """
    wanted = typed.strip().casefold()
    found = [container for container in containers if wanted in container.name.casefold()]
    found.sort(key=lambda one: (not sensible(one, action), not one.name.casefold().startswith(wanted), one.name))
    return [
        app_commands.Choice(
            name=f"{cut_middle(one.name, _NAME_WIDTH)} · {one.state}",
            value=one.name if len(one.name) <= _LONGEST_VALUE else one.id[:_LONGEST_VALUE],
        )
        for one in found[:_MOST]
    ]


def sensible(container: Container, action: Action) -> bool:
    """Tell whether the action changes anything as the container is now."""
    match action:
        case Action.START:
            return not container.state.is_up
        case Action.STOP | Action.RESTART | Action.STATS:
            return container.state.is_up
        case _:
            return True
