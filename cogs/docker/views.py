"""The question before a stop or a restart, and views that tell a failure in their own message."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import discord

from cogs.perf.kit import ConfirmView, Denied, OwnedView, explain, show
from utils.metrics.format import cut_middle

from .actors import actor_of
from .embeds import failed_embed, result_embed, working_embed
from .later import followed, tell_timeout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.docker import Action, ActionResult, Actor

Interaction = discord.Interaction[Any]

_LOG = logging.getLogger(__name__)
_NAME_WIDTH = 60


class InPlaceView(OwnedView):
    """A view whose message tells how it ended, well or not."""

    async def on_error(self, interaction: Interaction, error: Exception, item: discord.ui.Item[Any], /) -> None:
        """Tell a failure in place of what stood there; a refusal is told to the one who pressed, beside the message."""
        if isinstance(error, Denied) or not interaction.response.is_done():
            await super().on_error(interaction, error, item)
            return
        if timeout := followed(error):
            await tell_timeout(interaction, timeout)
            return
        try:
            await show(interaction, failed_embed(explain(error)))
        except Exception as failure:  # noqa: BLE001 - nobody is left to hand it on to, and the action itself is recorded
            _LOG.warning("The end of a Docker action could not be shown: %s", type(failure).__name__)


class ContainerConfirm(InPlaceView, ConfirmView):
    """Asks, and on yes does it, telling how it goes in the same message.

    Args:
        owner_id: The only user who may press.
        allowed: Asked again at the press.
        action: STOP or RESTART.
        name: The container's name.
        act: Does it.
    """

    def __init__(
        self,
        owner_id: int,
        allowed: Callable[[Interaction], bool],
        *,
        action: Action,
        name: str,
        act: Callable[[Actor, str], Awaitable[ActionResult]],
    ) -> None:
        super().__init__(
            owner_id,
            allowed,
            label=f"{action.value.capitalize()} {cut_middle(name, _NAME_WIDTH)}",
            on_confirm=self._do,
        )
        self._action = action
        self._name = name
        self._act = act

    async def _do(self, interaction: Interaction) -> None:
        await show(interaction, working_embed(self._action, self._name))
        await show(interaction, result_embed(await self._act(actor_of(interaction), self._name)))
