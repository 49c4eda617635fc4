"""/docker stats in a real discord.py bot, over an engine whose frames the test sends."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from services.docker import EngineUnreachable, Policy, State, Why
from tests.contract.docker.real import until
from tests.unit.cogs.docker.world import MEMBER, OPERATOR, embed
from tests.unit.services.docker.live.meter import Meter, frame

if TYPE_CHECKING:
    from sandbox.interactions import Interaction
    from tests.unit.cogs.docker.world import World


@pytest.fixture
def engine() -> Meter:
    return Meter()


async def ask(world: World, engine: Meter, container: str | None = None, **used: float) -> Interaction:
    """Ask for figures while those containers use so many seconds of a CPU in a second."""

    async def measure() -> None:
        await until(lambda: used.keys() <= engine.followed.keys())
        for name, seconds in used.items():
            engine.send(name, frame(0), frame(1, seconds))

    options: dict[str, object] = {"container": container} if container else {}
    asked, _ = await asyncio.gather(world.run("stats", options), measure())
    return asked


async def pick(world: World, asked: Interaction, value: str) -> Interaction:
    message = str(asked.messages[0]["id"])
    return await world.sandbox.use_component(OPERATOR, "bot-commands", message, "pick", [value]).wait()


async def until_shown(pressed: Interaction, text: str) -> None:
    """Wait until what a press led to is shown: the press itself is only acknowledged at first."""
    await pressed.wait_for(lambda one: text in json.dumps(one.messages, ensure_ascii=False))


def items(asked: Interaction) -> dict[str, dict[str, Any]]:
    rows = asked.messages[0]["components"]
    return {item["custom_id"]: item for row in rows for item in row["components"]}


async def test_all_that_run_are_shown_busiest_first(world: World, engine: Meter) -> None:
    for name in ("idle", "busy"):
        engine.add(name)
    engine.add("old", State.EXITED)
    asked = await ask(world, engine, idle=0.01, busy=1.5)
    rows = embed(asked)["description"].split("\n")
    assert embed(asked)["title"] == "Live figures · 2 running"
    assert [row.split()[:3] for row in rows[2:4]] == [["●", "busy", "150"], ["●", "idle", "1"]]
    assert rows[5] == "Not running: `old`"
    assert items(asked).keys() == {"pick", "refresh"}


async def test_refresh_shows_the_newest_in_the_same_message(world: World, engine: Meter) -> None:
    engine.add("web")
    asked = await ask(world, engine, web=0.25)
    assert " 25 105 MB " in embed(asked)["description"]
    engine.send("web", frame(2, 1.0))
    await until(lambda: engine.read == 3)
    pressed = await world.press(asked, "refresh")
    await until_shown(pressed, " 75 105 MB ")
    assert pressed.messages[0]["id"] == asked.messages[0]["id"]


async def test_one_container_by_name_and_back_to_all(world: World, engine: Meter) -> None:
    engine.add("web")
    asked = await ask(world, engine, "web", web=0.25)
    fields = {field["name"]: field["value"] for field in embed(asked)["fields"]}
    assert fields["CPU"].startswith("25 % ")
    assert (fields["Memory"], fields["Network"], fields["Processes"]) == ("105 MB", "n/a (the engine tells none)", "3")
    await until_shown(await world.press(asked, "all"), "Live figures · 1 running")


async def test_a_container_is_picked_from_the_table(world: World, engine: Meter) -> None:
    web = engine.add("web")
    asked = await ask(world, engine, web=0.25)
    picked = await pick(world, asked, web.id)
    await until_shown(picked, "Processes")
    assert embed(picked)["description"].startswith("`web` ● running since <t:")
    assert items(picked).keys() == {"refresh", "all"}


async def test_many_make_pages(world: World, engine: Meter) -> None:
    used = {f"c{number:02}": number / 100 for number in range(17)}
    for name in used:
        engine.add(name)
    asked = await ask(world, engine, None, **used)
    assert items(asked)["page"]["label"] == "1/2"
    assert items(asked)["back"]["disabled"]
    assert "c16" in embed(asked)["description"]
    assert "c01" not in embed(asked)["description"]
    second = await world.press(asked, "forward")
    await until_shown(second, "● c01 ")
    assert items(second)["page"]["label"] == "2/2"
    assert items(second)["forward"]["disabled"]


async def test_a_container_that_is_gone_at_the_press_is_told_and_the_message_stays(world: World, engine: Meter) -> None:
    web = engine.add("web")
    asked = await ask(world, engine, web=0.25)
    engine.remove("web")
    await world.cog.service.live._sampler.look_again()  # as it does every few seconds
    refused = await pick(world, asked, web.id)
    await until_shown(refused, "There is no container called")
    assert "Live figures · 1 running" in json.dumps(refused.messages, ensure_ascii=False)


async def test_the_right_is_judged_again_at_the_press(world: World, engine: Meter) -> None:
    engine.add("web")
    asked = await ask(world, engine, web=0.25)
    world.cog.service.policy = Policy()
    refused = await world.press(asked, "refresh")
    assert "no right" in json.dumps(refused.messages)


async def test_an_engine_that_is_away_is_told(world: World, engine: Meter) -> None:
    engine.broken = EngineUnreachable("unix:///fake.sock", Why.REFUSED)
    assert "Docker can't be reached at `unix:///fake.sock`" in embed(await world.run("stats"))["description"]


async def test_a_member_gets_neither_figures_nor_names(world: World, engine: Meter) -> None:
    engine.add("secret-project")
    refused = await world.run("stats", {"container": "secret-project"}, user=MEMBER)
    assert "Only admins" in embed(refused)["description"]
    assert await world.names("stats", user=MEMBER) == []
    assert engine.calls == []


async def test_running_containers_are_offered_first(world: World, engine: Meter) -> None:
    engine.add("web")
    engine.add("a-web", State.EXITED)
    assert await world.names("stats", "web") == ["web · running", "a-web · exited"]
