"""A message that follows a log, in a real bot against the loopback Discord; the engine is the tests' own."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import aiohttp
import pytest

from services.docker import EngineUnreachable, Why
from tests.contract.docker.real import until
from tests.unit.cogs.docker.world import CHANNEL, OPERATOR
from tests.unit.services.docker.logs.log_engine import LogEngine

if TYPE_CHECKING:
    from sandbox.interactions import Interaction
    from tests.unit.cogs.docker.world import World


@pytest.fixture
def engine() -> LogEngine:
    made = LogEngine()
    made.add("web")
    return made


async def follow(world: World) -> Interaction:
    world.cog.log_desk._pace = 0.01
    return await world.press(await world.run("logs", {"container": "web"}), "follow")


async def dismiss(world: World, record: Interaction) -> None:
    application = world.cog.bot.application_id
    url = f"{world.sandbox.api_base}/webhooks/{application}/{record.token}/messages/@original"
    async with aiohttp.ClientSession() as session, session.delete(url) as answer:
        assert answer.status == 204


async def shows(record: Interaction, *wanted: str) -> None:
    def there(one: Interaction) -> bool:
        said = json.dumps(one.messages, ensure_ascii=False)
        return all(words in said for words in wanted)

    await record.wait_for(there)


async def test_what_is_written_is_shown_and_then_why_it_ended(world: World, engine: LogEngine) -> None:
    engine.write("first")
    followed = await follow(world)
    await shows(followed, "Log · following", "first")
    engine.write("second")
    await shows(followed, "Log · following", r"first\nsecond\n```")
    await world.press(followed, "stop")
    await shows(followed, "you stopped it", r"first\nsecond\n```", "As file")
    assert engine.streams == 0


async def test_an_engine_that_is_lost_is_told_in_the_message(world: World, engine: LogEngine) -> None:
    engine.write("first")
    followed = await follow(world)
    await shows(followed, "Log · following", "first")
    engine.end_streams(EngineUnreachable("unix:///fake.sock", Why.CUT))
    await shows(followed, "it broke off", "Docker can't be reached", "first")


async def test_a_second_follow_ends_the_first_and_says_so(world: World, engine: LogEngine) -> None:
    first = await follow(world)
    await shows(first, "Log · following", "Nothing was written yet.")
    second = await follow(world)
    await shows(first, "you follow another log now")
    await shows(second, "Log · following")
    await until(lambda: engine.streams == 1)


async def test_a_message_that_its_reader_dismissed_is_not_followed_on(world: World, engine: LogEngine) -> None:
    engine.write("first")
    followed = await follow(world)
    await shows(followed, "Log · following")
    await dismiss(world, followed)
    engine.write("second")
    await until(lambda: engine.streams == 0)


async def test_a_cog_that_is_unloaded_ends_what_is_followed_and_says_so(world: World, engine: LogEngine) -> None:
    engine.write("first")
    other = await world.run("logs", {"container": "web"})
    followed = await follow(world)
    await shows(followed, "Log · following", "first")
    await world.cog.bot.remove_cog("DockerCog")
    assert engine.streams == 0
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "docker-log-follow"]
    await shows(followed, "the Docker commands were taken out of the bot", "first")
    assert followed.messages[0]["components"] == []
    refused = await world.press(other, "follow")
    await shows(refused, "so this was not begun")
    assert engine.streams == 0


async def test_what_was_to_be_followed_when_the_cog_is_unloaded_ends_at_its_begin(
    world: World, engine: LogEngine
) -> None:
    asked = await world.run("logs", {"container": "web"})
    engine.open.clear()
    looks = engine.calls.count("inspect web")
    pressed = world.sandbox.use_component(OPERATOR, CHANNEL, str(asked.messages[0]["id"]), "follow")
    await until(lambda: engine.calls.count("inspect web") > looks)
    unloading = asyncio.create_task(world.cog.bot.remove_cog("DockerCog"))
    await asyncio.sleep(0)
    engine.open.set()
    await unloading
    await shows(pressed, "the Docker commands were taken out of the bot")
    assert engine.streams == 0


async def test_a_dismissed_message_does_not_hold_up_the_unloading(world: World, engine: LogEngine) -> None:
    engine.write("first")
    followed = await follow(world)
    await shows(followed, "Log · following")
    await dismiss(world, followed)
    await world.cog.bot.remove_cog("DockerCog")
    assert engine.streams == 0


async def test_a_container_that_went_between_answer_and_press_is_told_beside_the_message(
    world: World, engine: LogEngine
) -> None:
    asked = await world.run("logs", {"container": "web"})
    engine.remove("web")
    refused = await world.press(asked, "follow")
    await shows(refused, "There is no container called `web`")
    assert "Follow" in json.dumps(asked.messages)
    assert engine.streams == 0
