"""A world to test in: the real bot as its own process, the sandbox in the tests' loop, containers of a real engine."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.server import Sandbox
from tests.e2e import discord_api
from tests.e2e.bot_process import BotProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from sandbox.interactions import Interaction

IMAGE = "ddc-perf-test:latest"
CHANNEL = "bot-commands"


def docker(*arguments: str) -> str:
    """Run the docker client."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


@dataclass(frozen=True)
class Containers:
    """The containers of one test run, by their part."""

    web: str
    database: str
    stopped: str

    def all(self) -> tuple[str, ...]:
        return (self.web, self.database, self.stopped)


class World:
    """A sandbox with a bot in it.

    Args:
        sandbox: The loopback Discord.
        bot: The bot's process.
    """

    def __init__(self, sandbox: Sandbox, bot: BotProcess) -> None:
        self.sandbox = sandbox
        self.bot = bot

    async def log_in(self) -> None:
        """Start the bot and wait until it is there, with its commands."""
        await self.bot.start()
        try:
            await self.sandbox.until(
                lambda: self.sandbox.hub.gateway.online and self.sandbox.state("Ada")["commands"], 20
            )
        except TimeoutError:
            raise AssertionError(f"the bot did not log in; its log:\n{self.bot.log()}") from None

    async def run(self, command: str, user: str = "Ada", **options: object) -> Interaction:
        """Run a command as a person and wait for its answer."""
        record = self.sandbox.run_command(user, CHANNEL, command, options)
        return await self.settled(record)

    async def press(self, interaction: Interaction, label: str, user: str = "Ada") -> Interaction:
        """Press the button of an answer that has this label (or a custom id) and wait for what comes of it."""
        message, button = find_component(interaction, label)
        return await self.settled(self.sandbox.use_component(user, CHANNEL, message["id"], button["custom_id"]))

    async def pick(self, interaction: Interaction, placeholder: str, value: str, user: str = "Ada") -> Interaction:
        """Pick a value in a select."""
        message, select = find_component(interaction, placeholder)
        return await self.settled(
            self.sandbox.use_component(user, CHANNEL, message["id"], select["custom_id"], [value])
        )

    async def settled(self, record: Interaction) -> Interaction:
        """Wait until the answer stands: an interaction whose first answer is a placeholder gets its real one later."""
        await record.wait(15)
        return record


def find_component(interaction: Interaction, label: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The message and the component that bears a label, a placeholder or a custom id."""
    seen = []
    for message in interaction.messages:
        for row in message["components"]:
            for component in row["components"]:
                names = {component.get("label"), component.get("placeholder"), component.get("custom_id")}
                if label in names:
                    return message, component
                seen.append(component.get("label") or component.get("placeholder"))
    raise AssertionError(f"no {label!r} among {seen}")


def text_of(interaction: Interaction) -> str:
    """All words that a person sees of an answer; a blank that keeps two words on a line is a blank."""
    parts: list[str] = []
    for message in interaction.messages:
        parts.append(message["content"])
        for embed in message["embeds"]:
            parts += [embed.get("title", ""), embed.get("description", "")]
            parts += [f"{field['name']}\n{field['value']}" for field in embed.get("fields", ())]
            parts.append(embed.get("footer", {}).get("text", ""))
        for row in message["components"]:
            parts += [component.get("label") or component.get("placeholder") or "" for component in row["components"]]
    return "\n".join(part for part in parts if part).replace("\u00a0", " ")


async def until_text(interaction: Interaction, wanted: str, patience: float = 15) -> str:
    """Wait until an answer holds a text; an action tells its end in the message that told its begin."""
    try:
        await interaction.wait_for(lambda record: wanted in text_of(record), patience)
    except TimeoutError:
        raise AssertionError(f"{wanted!r} did not come; there is:\n{text_of(interaction)}") from None
    return text_of(interaction)


def bot_environment(sandbox: Sandbox, **more: str) -> dict[str, str]:
    """What a bot needs to find a sandbox."""
    roles = {role["name"]: role["id"] for role in sandbox.state("Ada")["roles"]}
    return {
        "DISCORD_BOT_TOKEN": sandbox.token,
        "DDC_DISCORD_API": sandbox.api_base,
        "DDC_DISCORD_GATEWAY": sandbox.gateway_url,
        "DDC_GUILD_ID": sandbox.guild_id,
        "DDC_OPERATOR_ROLE_IDS": roles["Docker operators"],
        "DDC_SUMMARY_TICK_SECONDS": "0.2",
        **({"DOCKER_HOST": os.environ["DOCKER_HOST"]} if "DOCKER_HOST" in os.environ else {}),
        **more,
    }


def check_whole(sandbox: Sandbox, bot: BotProcess, *, starting: str | None = None) -> None:
    """What must hold of every run, whatever it was about.

    Args:
        sandbox: Where the bot was.
        bot: Stopped.
        starting: The coroutine that a foreign bot starts in: it may hold the loop, because loading an extension imports
            its modules there, before the login. Our own bot imports them before there is a loop.
    """
    blocked = [found for found in bot.findings() if found["kind"] != "held" or found["what"] != starting]
    assert blocked == []
    log = bot.log()
    assert "Traceback" not in log, log
    written = log + (bot.metrics_file.read_text(encoding="utf-8") if bot.metrics_file.exists() else "")
    assert sandbox.token not in written
    assert not [each.id for each in sandbox.hub.interactions.records.values() if each.token in written]
    for record in sandbox.requests() if starting is None else ():  # a foreign bot pings whom it likes
        message = said(record.body)
        if message is not None and record.method == "POST":
            assert message.get("allowed_mentions", {}).get("parse") == [], f"{record.path} may ping people"
    if discord_api.OPENAPI.exists():
        assert discord_api.violations(record.json() for record in sandbox.requests()) == []


def said(body: object) -> dict[str, Any] | None:
    """The message in a request's body: the body itself, or what an interaction's answer holds, if any."""
    if not isinstance(body, dict):
        return None
    message = body.get("data") if body.get("type") in (4, 7) else body
    return message if isinstance(message, dict) and {"content", "embeds"} & message.keys() else None


@asynccontextmanager
async def living_bot(folder: Path, **environment: str) -> AsyncIterator[World]:
    """A sandbox and a bot in it, of one's own; both end with the block, and the whole is checked."""
    if not (folder / "config.json").exists():
        # Tests press faster than people do.
        settings_file(folder, {"docker": {"cooldown_seconds": {"start": 0, "stop": 0, "restart": 0}}})
    async with Sandbox() as sandbox:
        bot = BotProcess(folder, bot_environment(sandbox, **environment))
        world = World(sandbox, bot)
        await world.log_in()
        try:
            yield world
        finally:
            code = await bot.stop()
        assert code == 0, bot.log()
        check_whole(sandbox, bot)


def settings_file(folder: Path, content: object) -> None:
    """Write the settings file that a bot in this folder reads."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(content), encoding="utf-8")


async def soon(condition: Callable[[], object], patience: float = 10) -> None:
    """Wait until a condition holds, looking twenty times a second."""
    for _ in range(int(patience / 0.05)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to hold")
