"""The dialogue where the bot is in no server yet, which the sandbox has no way to play: a Discord of three answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from aiohttp import web

from bot.discord_rest import BASE_VARIABLE, Guild
from bot.metrics_cli.codes import NOTHING, Ending
from bot.rights import invite
from bot.setup.dialogue import Dialogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

T = TypeVar("T")


class Patient:
    """Waits, and remembers what it was told."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.told = ""

    def tell(self, text: str) -> None:
        self.told += f"{text}\n"

    def ask(
        self, key: str, question: str, check: Callable[[str], T], *, default: str | None = None, secret: bool = False
    ) -> T:
        raise AssertionError(f"{key}: {question} {default} {secret} {check}")


class Discord:
    """A bot that is invited when its servers are asked for the second time."""

    def __init__(self) -> None:
        self.base = ""
        self.asked = 0
        self.invited = True

    async def guilds(self, _request: web.Request) -> web.Response:
        self.asked += 1
        return web.json_response([{"id": "5", "name": "Home"}] if self.invited and self.asked > 1 else [])

    async def application(self, _request: web.Request) -> web.Response:
        return web.json_response({"id": "77", "bot_public": True})


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    made = Discord()
    app = web.Application()
    app.router.add_get("/users/@me/guilds", made.guilds)
    app.router.add_get("/applications/@me", made.application)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


async def asked(discord: Discord, asker: Patient) -> Any:  # noqa: ANN401 - a server
    dialogue = Dialogue(asker, {BASE_VARIABLE: discord.base})
    return await asyncio.to_thread(dialogue._guild, "token")


async def test_the_link_is_shown_and_the_invitation_waited_for(discord: Discord) -> None:
    asker = Patient(60)
    assert await asked(discord, asker) == Guild(5, "Home")
    assert invite(77) in asker.told
    assert "switch Public Bot off" in asker.told
    assert asker.told.index("I wait until it is there") < asker.told.index("Its home is Home")


async def test_who_can_t_wait_gets_the_link_in_the_error(discord: Discord) -> None:
    discord.invited = False
    with pytest.raises(Ending) as caught:
        await asked(discord, Patient(0))
    assert caught.value.code == NOTHING
    assert invite(77) in caught.value.message
