"""What every group of commands has at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.docker.acting import RIGHTS
from cogs.docker.actors import actor_of
from cogs.docker.choices import choices
from cogs.perf.instrumentation import note_outcome
from services.docker import Right
from utils.metrics.outcome import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from services.docker import Action, DockerService

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]


class Commands(commands.Cog):
    """The part of the cog that all its commands share.

    Attributes:
        bot: The bot that the cog is added to.
        service: What acts on containers.
        folder: Where the cog keeps what was set in the chat.
    """

    bot: commands.Bot
    service: DockerService
    folder: Path

    def allowed(self, interaction: Interaction) -> bool:
        """Whether this person has any right here at all; the service judges each container and action."""
        return self.service.policy.knows(actor_of(interaction))

    async def offered(self, interaction: Interaction, typed: str, action: Action) -> Choices:
        """Names for autocomplete: of those containers alone with which the person may do this.

        discord.py runs no check before an autocomplete. An empty list tells nothing; an error would fill the log.
        """
        if not self.allowed(interaction):
            note_outcome(Outcome.DENIED)
            return []
        found = await self.service.names(actor_of(interaction), RIGHTS.get(action, Right.SEE))
        return choices(found, typed, action)
