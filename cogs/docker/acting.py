"""What follows when a person wants something done to one container, by a command or by a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from cogs.perf.kit import show
from services.docker import Action, Right

from .actors import actor_of
from .embeds import already_stopped_embed, confirm_embed, result_embed
from .limits import warning
from .views import ContainerConfirm

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.docker import DockerService

Interaction = discord.Interaction[Any]

RIGHTS = {Action.LOGS: Right.LOGS, Action.START: Right.START, Action.STOP: Right.STOP, Action.RESTART: Right.RESTART}
"""Which right an action needs."""


async def act_or_ask(
    service: DockerService, allowed: Callable[[Interaction], bool], interaction: Interaction, action: Action, name: str
) -> None:
    """Start at once, but ask before a stop or a restart, in the interaction's own answer; a button then does it.

    Args:
        service: What acts.
        allowed: Whether a person has any right here; asked again at the press.
        interaction: Deferred.
        action: START, STOP or RESTART.
        name: The container's name or id.

    Raises:
        DockerError: As the service's `start` and `preview` do.
    """
    if action is Action.START:
        await show(interaction, result_embed(await service.start(actor_of(interaction), name)))
        return
    info = await service.preview(actor_of(interaction), action, name)
    name = info.container.name
    if action is Action.STOP and not info.container.state.is_up:
        await show(interaction, already_stopped_embed(name))
        return
    act = service.stop if action is Action.STOP else service.restart
    view = ContainerConfirm(interaction.user.id, allowed, action=action, name=name, act=act)
    told = warning(service.limit(action, info)) if info.container.state.is_up else ""
    await show(interaction, confirm_embed(action, info, told), view)
