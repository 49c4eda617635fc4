"""/docker stats: what containers use of the machine now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.docker.actors import actor_of
from cogs.docker.figures import busiest_first, one_embed, page_of, pages, table_embed
from cogs.perf.kit import OwnedView, label, show
from services.docker import Action

from .base import Choices, Commands, Interaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from services.docker.live import Live, LiveFigures

_LABEL = 100


class StatsCommands(Commands):
    """Live figures."""

    @app_commands.command()
    @app_commands.describe(container="Which container; leave it out for all that run")
    async def stats(self, interaction: Interaction, container: str | None = None) -> None:
        """Show CPU, memory, network and disk use now."""
        await interaction.response.defer(ephemeral=True)
        await FiguresView(interaction.user.id, self.allowed, self.service.live).open(interaction, container)

    @stats.autocomplete("container")
    async def _stats_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self.offered(interaction, typed, Action.STATS)


class FiguresView(OwnedView):
    """The buttons under figures: the same message shows them anew, or others.

    Args:
        owner_id: The only user who may press.
        allowed: Asked again at each press.
        live: Where the figures are.
    """

    def __init__(self, owner_id: int, allowed: Callable[[Interaction], bool], live: LiveFigures) -> None:
        super().__init__(owner_id, allowed)
        self._live = live

    async def open(self, interaction: Interaction, container: str | None = None, page: int = 0) -> None:
        """Show the newest figures in the message of a deferred interaction.

        Args:
            interaction: Who asks.
            container: A name or an id; None for all.
            page: Of all, from 0.

        Raises:
            DockerError: As `LiveFigures.figures` says.
        """
        found = await self._live.figures(actor_of(interaction), container)
        problem = self._live.problem
        if container is None:
            embed = table_embed(found, page, discord.utils.utcnow(), problem)
            self.lay_out(_under_all(found, page))
        else:
            embed = one_embed(found[0], problem)
            self.lay_out([_Refresh("Refresh", "refresh", found[0].container.name), _All("All containers", "all")])
        await show(interaction, embed, self)


def _under_all(found: Sequence[Live], page: int) -> Iterator[discord.ui.Item[FiguresView]]:
    up = busiest_first(found)
    page, shown = page_of(up, page)
    last = pages(up) - 1
    if shown:
        yield _Pick(shown)
    if last:
        yield _Turn("◀", "back", page=page - 1, disabled=page == 0)
        yield _Turn(f"{page + 1}/{last + 1}", "page", disabled=True)
        yield _Turn("▶", "forward", page=page + 1, disabled=page == last)
    yield _Refresh("Refresh", "refresh", page=page)


class _Go(discord.ui.Button[FiguresView]):
    def __init__(
        self, text: str, key: str, container: str | None = None, *, page: int = 0, disabled: bool = False
    ) -> None:
        super().__init__(label=text, custom_id=key, disabled=disabled, row=1)
        self._container = container
        self._page = page

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        if self.view is not None:
            await self.view.open(interaction, self._container, self._page)


# A press is measured under its class's name.
class _Refresh(_Go):
    pass


class _All(_Go):
    pass


class _Turn(_Go):
    pass


class _Pick(discord.ui.Select[FiguresView]):
    def __init__(self, shown: Sequence[Live]) -> None:
        options = [
            discord.SelectOption(label=label(one.container.name, _LABEL), value=one.container.id) for one in shown
        ]
        super().__init__(custom_id="pick", placeholder="Look at one container", options=options, row=0)

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        if self.view is not None:
            await self.view.open(interaction, self.values[0])
