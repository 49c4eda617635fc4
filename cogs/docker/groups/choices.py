"""What autocomplete offers for a group's name. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from cogs.perf.kit import label
from utils.metrics.format import cut_middle

from .words import share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.docker.groups import Group

_MOST = 25
_NAME_WIDTH = 70
_LONGEST = 100


def group_choices(groups: Iterable[Group], typed: str) -> list[app_commands.Choice[str]]:
    """Choose and order at most 25 groups.

    Args:
        groups: Those in which the person may do it.
        typed: What is typed so far; case doesn't matter. A group must have it somewhere in its name.

    Returns:
        Choices such as "media · 4 of 5 up", those that begin with what is typed first, then by name. A group whose name
        is longer than Discord takes is left out.
    """
    wanted = typed.strip().casefold()
    found = [one for one in groups if wanted in one.text.casefold() and len(one.text) <= _LONGEST]
    found.sort(key=lambda one: (not one.text.casefold().startswith(wanted), one.text.casefold()))
    return [
        app_commands.Choice(
            name=label(f"{cut_middle(one.text, _NAME_WIDTH)} · {share(one.containers)}", _LONGEST), value=one.text
        )
        for one in found[:_MOST]
    ]
