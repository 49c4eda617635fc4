"""``ddc-perf doctor``: runs the checks and shows what they found."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import discord
from discord.ext import commands
from rich.table import Table
from rich.text import Text

from bot.discord_rest import BASE_VARIABLE, DiscordRest
from bot.doctor import local
from bot.doctor.channels import posting_places
from bot.doctor.engine import docker_findings
from bot.doctor.online import Online
from bot.doctor.token import look_for_token
from bot.metrics_cli.terminal import Terminal, visible
from bot.policy import docker_policy
from cogs.docker import DockerCog
from cogs.perf.cog import PerfCog
from cogs.perf.doctor import Finding, Verdict, gathered, judging, machine
from cogs.perf.doctor.outline import outline
from cogs.perf.reports.doctor import verdict_line
from services.docker import DockerError, DockerService
from utils.performance_metrics import DEFAULT_DIRECTORY, DIRECTORY_VARIABLE, PerformanceMetrics

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from cogs.perf.doctor import Check
    from cogs.perf.doctor.outline import Outline
    from services.config import Settings

WELL = 0
ILL = 1
LIBRARIES = {
    "discord.py": "2.7.1",
    "aiohttp": "3",
    "aiodocker": "0.27",
    "msgspec": "0",
    "cryptography": "",
    "tzdata": "",
}
_PATIENCE = 20.0
_SIGNS = {Verdict.OK: ("✓", "green"), Verdict.WARN: ("!", "yellow"), Verdict.FAIL: ("✗", "red")}


def doctor(options: argparse.Namespace) -> int:
    """Check, and print.

    Args:
        options: json.

    Returns:
        The exit code: 1 when something is wrong; what is only to be looked at is 0.
    """
    findings = asyncio.run(examine(os.environ))
    well = all(one.verdict is not Verdict.FAIL for one in findings)
    if options.json:
        told = json.dumps({"ok": well, "checks": [asdict(one) for one in findings]}, indent=2)
    else:
        told = draw(findings, Terminal.of(sys.stdout, os.environ))
    sys.stdout.write(f"{told.rstrip()}\n")
    return WELL if well else ILL


async def examine(environment: Mapping[str, str]) -> list[Finding]:
    """Run all checks, in the order in which one mends things.

    Args:
        environment: The environment variables.
    """
    folder = Path(environment.get(DIRECTORY_VARIABLE) or DEFAULT_DIRECTORY)
    settings, about_settings = await asyncio.to_thread(local.settings, environment)

    async def the_machine() -> Sequence[Finding]:
        return await asyncio.to_thread(
            lambda: [machine.python(), machine.libraries(LIBRARIES), machine.time_zones(), *machine.data_folder(folder)]
        )

    async def the_settings() -> Sequence[Finding]:
        return about_settings

    async def the_bot() -> Sequence[Finding]:
        return await asyncio.to_thread(lambda: [local.running(environment, folder), local.twins()])

    async def the_measurements() -> Sequence[Finding]:
        return await asyncio.to_thread(_measurements, folder)

    async def the_docker() -> Sequence[Finding]:
        return await docker_findings(settings.docker.host, environment)

    async def the_discord() -> Sequence[Finding]:
        token, found = await asyncio.to_thread(look_for_token, environment)
        places, wrong = await asyncio.to_thread(posting_places, folder, settings)
        found += wrong
        if token is None:
            return found
        async with DiscordRest(token, environment.get(BASE_VARIABLE)) as rest:
            return [*found, *await Online(rest, settings.guild_id, places, our_commands(settings)).findings()]

    checks: dict[str, Check] = {
        "Machine": the_machine,
        "Measurements": the_measurements,
        "Settings": the_settings,
        "Discord": the_discord,
        "Docker": the_docker,
        "Bot": the_bot,
    }
    return await gathered(checks, _PATIENCE)


def our_commands(settings: Settings) -> Outline:
    """List the commands of this version, as the bot would send them. Needs a running loop, and starts nothing."""
    bot = commands.Bot(commands.when_mentioned, intents=discord.Intents.none(), help_command=None)
    metrics = PerformanceMetrics(Path(os.devnull))  # never used: nothing is recorded
    cogs: list[commands.GroupCog] = [PerfCog(bot, metrics)]
    try:
        service = DockerService.connect(settings.docker.host, metrics, policy=docker_policy(settings.docker))
    except DockerError:  # a wrong address: that check tells of it, and the commands are the same
        service = DockerService.connect("unix:///", metrics, policy=docker_policy(settings.docker))
    cogs.append(DockerCog(bot, service))
    return outline(cog.app_command.to_dict(bot.tree) for cog in cogs if cog.app_command is not None)


def _measurements(folder: Path) -> list[Finding]:
    if not folder.is_dir():
        return [Finding.ok("Measurements", "None yet.")]
    metrics = PerformanceMetrics(folder)
    try:
        return [judging.measurements(metrics.health())]
    finally:
        metrics.close()


def draw(findings: Sequence[Finding], terminal: Terminal) -> str:
    """Draw the findings for a terminal: a line each, its cure under it, the sum at the end."""
    table = Table.grid(padding=(0, 1), expand=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in findings:
        sign, style = _SIGNS[one.verdict]
        table.add_row(Text(sign, style=style), Text(visible(one.check), style="bold"), Text(visible(one.said)))
        if one.cure:
            table.add_row("", "", Text(f"→ {visible(one.cure)}", style=style))
    return terminal.draw(table, Text(""), Text(verdict_line(findings)))
