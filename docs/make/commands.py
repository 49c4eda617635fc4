"""The page of the commands, from what the cogs register."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.docker import DockerCog
from cogs.perf.cog import PerfCog
from services.docker import DockerService
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# Commands

Every command, as the bot registers it. `/perf` is for the admins of the bot's home server, `/docker` for them and for
whom they let in (see [permissions](docker.md#permissions)); answers are shown to the one who asked alone, unless it
says otherwise. An option in brackets may be left out.
"""

Command = app_commands.Command[Any, Any, Any]


async def registered() -> list[Command]:
    """Return every command of the bot, by name."""
    with tempfile.TemporaryDirectory() as folder:
        metrics = PerformanceMetrics(Path(folder))
        bot = commands.Bot(commands.when_mentioned, intents=discord.Intents.none())
        service = DockerService.connect("unix:///nowhere.sock", metrics)
        # Made, and not added: nothing of them begins to run.
        cogs: tuple[commands.GroupCog, ...] = (PerfCog(bot, metrics), DockerCog(bot, service))
        found = [command for cog in cogs for command in _leaves(cog.app_command)]
        await service.close()
        metrics.close()
    return sorted(found, key=lambda command: command.qualified_name)


def _leaves(command: object) -> Iterator[Command]:
    if isinstance(command, app_commands.Group):
        for child in command.commands:
            yield from _leaves(child)
    elif isinstance(command, app_commands.Command):
        yield command


async def commands_page(docs: Path) -> str:
    """Write the page.

    Args:
        docs: Where the pictures are: img/<command>.png, with dashes for blanks, is shown when it is there.
    """
    parts = [_HEAD]
    for command in await registered():
        name = command.qualified_name
        options = " ".join(one.display_name if one.required else f"[{one.display_name}]" for one in command.parameters)
        parts.append(f"\n## /{name}\n\n`/{name} {options}`".rstrip("` ") + "`\n\n" + f"{command.description}\n")
        if command.parameters:
            parts.append("\n| Option | |\n| --- | --- |\n")
            parts += [f"| `{one.display_name}` | {_told(one)} |\n" for one in command.parameters]
        picture = f"img/{name.replace(' ', '-')}.png"
        if (docs / picture).exists():
            parts.append(f"\n![/{name} in the chat]({picture})\n")
    return "".join(parts)


def _told(option: app_commands.Parameter) -> str:
    text = str(option.description).replace("|", "\\|")
    choices = ", ".join(f"`{choice.value}`" for choice in option.choices)
    limits = [
        f"{word} {value}" for word, value in (("from", option.min_value), ("to", option.max_value)) if value is not None
    ]
    extra = "; ".join(filter(None, [choices, " ".join(limits)]))
    return f"{text} ({extra})" if extra else text
