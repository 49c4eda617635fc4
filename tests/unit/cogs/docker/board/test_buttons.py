"""The buttons under a status message serve everyone in the channel, each by their own right."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.errors import ORPHAN_AFTER
from cogs.perf.instrumentation import attach, detach
from services.docker import EngineUnreachable, State, Why
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import World


async def test_with_one_container_start_starts_it_at_once_and_answers_the_presser_alone(world: World) -> None:
    world.engine.add("web", State.EXITED)
    async with world.running():
        await world.command("set")
        pressed = await world.press("start")
        await world.told(pressed, "Started `web`")
        assert [message["flags"] & 64 for message in pressed.messages] == [64]


@pytest.mark.parametrize(("key", "done"), [("stop", "Stopped"), ("restart", "Restarted")])
async def test_stop_and_restart_ask_first(world: World, key: str, done: str) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
        pressed = await world.press(key)
        await world.told(pressed, f"{key.capitalize()} this container?")
        assert f"{key} web" not in world.engine.calls
        await world.told(await world.go_on(pressed, "confirm"), f"{done} `web`")
        assert world.engine.calls.count(f"{key} web") == 1


async def test_logs_shows_what_the_command_shows(world: World) -> None:
    world.engine.add("web")
    world.engine.written["web"] = [b"\x01\x00\x00\x00\x00\x00\x00\x262025-11-24T05:34:00.000000000Z hello\n"]
    async with world.running():
        await world.command("set")
        await world.told(await world.press("logs"), "hello")


async def test_with_several_containers_a_select_offers_what_makes_sense_first(world: World) -> None:
    world.engine.add("a-runs")
    world.engine.add("b-stopped", State.EXITED)
    world.engine.add("c-stopped", State.EXITED)
    async with world.running():
        await world.command("set")
        pressed = await world.press("start")
        await world.told(pressed, "Start which container?")
        (row,) = pressed.messages[0]["components"]
        options = row["components"][0]["options"]
        assert [(one["value"], one["description"]) for one in options] == [
            ("b-stopped", "○ exited"),
            ("c-stopped", "○ exited"),
            ("a-runs", "● running"),
        ]
        await world.told(await world.go_on(pressed, "container", "c-stopped"), "Started `c-stopped`")
        assert world.engine.state("b-stopped") is State.EXITED


async def test_more_than_a_select_holds_are_on_pages(world: World) -> None:
    for number in range(60):
        world.engine.add(f"c{number:02}")
    async with world.running():
        await world.command("set")
        pressed = await world.press("restart")
        await world.told(pressed, "Page 1 of 3, 60 containers.")
        await world.go_on(pressed, "next")
        await world.told(pressed, "Page 2 of 3")
        await world.go_on(pressed, "next")
        await world.told(pressed, "Page 3 of 3")
        options = pressed.messages[0]["components"][0]["components"][0]["options"]
        assert [one["value"] for one in options] == [f"c{number}" for number in range(50, 60)]
        await world.go_on(pressed, "previous")
        await world.told(pressed, "Page 2 of 3")
        await world.told(await world.go_on(pressed, "container", "c30"), "Restart this container?")


async def test_names_as_long_as_docker_takes_them_can_be_chosen(world: World) -> None:
    world.engine.add("n" * 255, State.EXITED)
    world.engine.add("m" * 255)
    async with world.running():
        await world.command("set")
        pressed = await world.press("start")
        await world.told(pressed, "Start which container?")
        value = pressed.messages[0]["components"][0]["components"][0]["options"][0]["value"]
        await world.told(await world.go_on(pressed, "container", value), "Started `nnn")


async def test_who_has_no_right_gets_no_name_and_nothing_happens(world: World) -> None:
    world.engine.add("web", State.EXITED)
    async with world.running():
        await world.command("set")
        said = await world.told(await world.press("start", user="Max"), "You have no right")
        assert "web" not in said
        assert world.engine.state("web") is State.EXITED


async def test_who_lost_the_right_between_the_press_and_the_choice_is_refused(world: World) -> None:
    world.engine.add("web", State.EXITED)
    world.engine.add("db", State.EXITED)
    async with world.running():
        await world.command("set")
        pressed = await world.press("start")
        await world.told(pressed, "Start which container?")
        world.sandbox.set_roles("Olga", [])
        await world.told(await world.go_on(pressed, "container", "web"), "no right to do this any more")
        assert world.engine.state("web") is State.EXITED


async def test_a_container_removed_between_the_choice_and_the_press_is_told_in_place(world: World) -> None:
    world.engine.add("web", State.EXITED)
    world.engine.add("db", State.EXITED)
    async with world.running():
        await world.command("set")
        pressed = await world.press("start")
        await world.told(pressed, "Start which container?")
        world.engine.remove("web")
        await world.told(await world.go_on(pressed, "container", "web"), "There is no container called `web`")
        assert pressed.messages[0]["components"] == []


async def test_an_engine_that_is_away_is_told_to_who_presses(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
        world.engine.remove("web")
        world.engine.broken = EngineUnreachable("unix:///var/run/docker.sock", Why.NO_SOCKET)
        world.poke()
        await world.shows("can't be reached")
        await world.told(await world.press("stop"), "there is no such socket")


async def test_a_press_is_measured_by_its_button_and_is_no_orphan(world: World, tmp_path: Path) -> None:
    world.engine.add("web", State.EXITED)
    metrics = PerformanceMetrics(tmp_path / "measured")
    async with world.running():
        assert world.bot is not None
        attach(world.bot, metrics)
        try:
            await world.command("set")
            await world.told(await world.press("start"), "Started `web`")
            await world.told(await world.press("stop", user="Max"), "You have no right")
            await asyncio.sleep(ORPHAN_AFTER)
        finally:
            detach(world.bot)
    await asyncio.to_thread(metrics.close)
    entries = await asyncio.to_thread(lambda: list(metrics.iter_entries()))
    pressed = {each.operation: each.metadata["outcome"] for each in entries if each.operation.startswith("component.")}
    assert pressed == {"component.status_buttons.start": "ok", "component.status_buttons.stop_container": "denied"}
