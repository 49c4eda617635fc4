"""The question before an action on a group, and the button that tries again what failed."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import discord

from cogs.docker.actors import actor_of
from cogs.docker.embeds import failed_embed
from cogs.docker.later import tell_later
from cogs.perf.kit import ConfirmView, Denied, OwnedView, explain, label, show
from services.docker import Action
from services.docker.groups import caught_up
from utils.metrics.format import cut_middle

from .pace import Pace
from .plans import untouchable_embed
from .runs import ended_embed, progress_embed
from .words import counted, total

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.docker.groups import Groups, Plan, Progress

Interaction = discord.Interaction[Any]

_LOG = logging.getLogger(__name__)
_NAME_WIDTH = 40
_LABEL = 80
_BETWEEN_EDITS = 1.5


class GroupConfirm(ConfirmView):
    """Asks, and on yes does it, telling how far it has come in the same message.

    Args:
        owner_id: The only user who may press.
        allowed: Asked again at the press.
        groups: Does it.
        plan: What is done; what came to the group since is left alone.
    """

    def __init__(self, owner_id: int, allowed: Callable[[Interaction], bool], *, groups: Groups, plan: Plan) -> None:
        name = cut_middle(label(plan.target.name, _LABEL), _NAME_WIDTH)
        super().__init__(
            owner_id,
            allowed,
            label=f"{plan.action.capitalize()} {name} ({counted(len(plan.acted))})",
            on_confirm=self._do,
            danger=plan.action is not Action.START,
        )
        self._plan = plan
        self._groups = groups

    async def _do(self, interaction: Interaction) -> None:
        await _carry_out(interaction, self._groups, self._plan, self._allowed)

    async def on_error(self, interaction: Interaction, error: Exception, item: discord.ui.Item[Any], /) -> None:
        """Tell a failure in place of the question; a refusal is told to the one who pressed, beside the message."""
        if not await _told_in_place(interaction, error):
            await super().on_error(interaction, error, item)


class GroupRetry(OwnedView):
    """Offers to try again what failed, was skipped or was not begun.

    Args:
        owner_id: The only user who may press.
        allowed: Asked again at the press.
        groups: Does it.
        ended: The run that was not wholly well.
    """

    def __init__(
        self, owner_id: int, allowed: Callable[[Interaction], bool], *, groups: Groups, ended: Progress
    ) -> None:
        super().__init__(owner_id, allowed)
        self._groups = groups
        self._ended = ended
        self._telling = asyncio.Lock()

    async def tell(self, interaction: Interaction, ended: Progress) -> None:
        """Show how the run ended, with the button when there is something to try again; nothing after a press.

        Args:
            interaction: The one that asked for the run.
            ended: The run, as far as it is known now.
        """
        async with self._telling:
            if self.is_finished():
                return
            self._ended = ended
            name = cut_middle(label(ended.target.name, _LABEL), _NAME_WIDTH)
            self.retry.label = f"{ended.action.capitalize()} {len(ended.unfinished)} of {name} again"
            if not ended.unfinished:
                self.stop()
            await show(interaction, ended_embed(ended), self if ended.unfinished else None)

    @discord.ui.button(custom_id="retry", style=discord.ButtonStyle.primary)
    async def retry(self, interaction: Interaction, button: discord.ui.Button[Any]) -> None:
        """Do it once more, for those alone."""
        self.stop()
        button.disabled = True
        await interaction.response.edit_message(view=self)
        async with self._telling:  # an edit under way must not come after what is shown next
            ended = self._ended
        plan = await self._groups.plan(actor_of(interaction), ended.text, ended.action, ended.unfinished)
        if plan.acted:
            await _carry_out(interaction, self._groups, plan, self._allowed)
        else:
            await show(interaction, untouchable_embed(plan))

    async def on_error(self, interaction: Interaction, error: Exception, item: discord.ui.Item[Any], /) -> None:
        """Tell a failure in place of the former result, or beside it when the press itself was refused."""
        if not await _told_in_place(interaction, error):
            await super().on_error(interaction, error, item)


async def _carry_out(
    interaction: Interaction, groups: Groups, plan: Plan, allowed: Callable[[Interaction], bool]
) -> None:
    async with Pace(lambda embed: show(interaction, embed)) as pace:
        ended = await groups.run(actor_of(interaction), plan, lambda now: pace.tell(progress_embed(now)))
    view = GroupRetry(interaction.user.id, allowed, groups=groups, ended=ended)
    if await _told(view, interaction, ended) and ended.awaited:
        tell_later(_tell_what_was_late(view, interaction, ended))


async def _tell_what_was_late(view: GroupRetry, interaction: Interaction, ended: Progress) -> None:
    """Tell in the result what became of those that took too long, until a new run is begun from it."""
    while ended.awaited:
        await asyncio.wait(ended.awaited, return_when=asyncio.FIRST_COMPLETED)
        ended = caught_up(ended)
        if view.is_finished() or interaction.is_expired() or not await _told(view, interaction, ended):
            return
        if ended.awaited:
            await asyncio.sleep(_BETWEEN_EDITS)


async def _told(view: GroupRetry, interaction: Interaction, ended: Progress) -> bool:
    try:
        await view.tell(interaction, ended)
    except Exception as failure:  # noqa: BLE001 - nobody is left to hand it on to, and each action itself is recorded
        _LOG.warning(
            "How a %s of a group ended could not be shown (%s): %s.",
            ended.action,
            type(failure).__name__,
            total(ended.members, ended.action),
        )
        return False
    return True


async def _told_in_place(interaction: Interaction, error: Exception) -> bool:
    if isinstance(error, Denied) or not interaction.response.is_done():
        return False
    try:
        await show(interaction, failed_embed(explain(error)))
    except Exception as failure:  # noqa: BLE001 - nobody is left to hand it on to
        _LOG.warning("Why a group was not acted on could not be shown: %s", type(failure).__name__)
    return True
