"""The cog in a real discord.py bot against the loopback Discord, with the tests' engine behind the service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cogs.docker import DockerCog
    from sandbox.interactions import Interaction
    from sandbox.server import Sandbox
    from tests.contract.docker.fake_engine import FakeEngine

CHANNEL = "bot-commands"
OPERATORS = "Docker operators"
ADMIN, OPERATOR, MEMBER = "Ada", "Olga", "Max"


@dataclass
class World:
    """A running bot with the cog, and what surrounds it."""

    sandbox: Sandbox
    engine: FakeEngine
    cog: DockerCog

    async def run(self, command: str, options: dict[str, object] | None = None, user: str = OPERATOR) -> Interaction:
        return await self.sandbox.run_command(user, CHANNEL, f"docker {command}", options).wait()

    async def press(self, asked: Interaction, custom_id: str, user: str = OPERATOR) -> Interaction:
        message = str(asked.messages[0]["id"])
        return await self.sandbox.use_component(user, CHANNEL, message, custom_id).wait()

    async def names(self, command: str, typed: str = "", user: str = OPERATOR) -> list[str]:
        offered = await self.sandbox.autocomplete(user, CHANNEL, f"docker {command}", {"container": typed}, "container")
        return [choice["name"] for choice in offered]


def embed(record: Interaction) -> dict[str, Any]:
    (message,) = record.messages
    assert message["flags"] & 64, "only the asker may see it"
    # A blank that keeps a number and its unit on a line is a blank.
    found: dict[str, Any] = json.loads(json.dumps(message["embeds"][0], ensure_ascii=False).replace("\u00a0", " "))
    return found


async def until_titled(record: Interaction, title: str) -> dict[str, Any]:
    """Wait until the message has come so far, and return its embed."""
    await record.wait_for(lambda one: any(message["embeds"][0]["title"] == title for message in one.messages))
    return embed(record)


def labels(record: Interaction) -> list[str]:
    return [item["label"] for row in record.messages[0]["components"] for item in row["components"]]
