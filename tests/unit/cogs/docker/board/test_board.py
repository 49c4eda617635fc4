"""The status message in a real discord.py bot against the loopback Discord: one message, always the present state."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from sandbox import permissions as perms
from services.docker import EngineUnreachable, State, Why
from tests.contract.docker.real import until

if TYPE_CHECKING:
    from .conftest import World

ADMIN, CHANNEL = "Ada", "reports"
AWAY = EngineUnreachable("unix:///var/run/docker.sock", Why.NO_SOCKET)


async def test_one_message_shows_everyone_what_the_containers_do(world: World) -> None:
    world.engine.add("web")
    await world.engine.stop(world.engine.add("db").id)
    async with world.running():
        answer = await world.command("set")
    (message,) = world.posted()
    assert f"/{world.channel_id}/{message['id']}" in answer
    (embed,) = message["embeds"]
    assert embed["title"] == "Containers · 1 of 2 up"
    first, second, blank, updated = embed["description"].splitlines()
    assert first.startswith("○ `db` exited <t:")
    assert second.startswith("● `web` running since <t:")
    assert (blank, updated[:11]) == ("", "Updated <t:")
    (row,) = message["components"]
    assert [button["label"] for button in row["components"]] == ["Start", "Stop", "Restart", "Logs"]


async def test_a_change_from_outside_is_edited_into_the_same_message(world: World) -> None:
    container = world.engine.add("web")
    async with world.running():
        await world.command("set")
        first = world.message().id
        await world.engine.stop(container.id)
        world.poke()
        await world.shows("○ `web` exited")
        world.engine.remove("web")
        world.engine.add("new")
        world.poke()
        await world.shows("`new`")
        assert "`web`" not in world.text()
        assert world.message().id == first


async def test_what_the_bot_does_itself_is_seen_without_a_poll(world: World) -> None:
    world.engine.add("web", State.EXITED)
    async with world.running():
        await world.command("set")
        await world.press("start")
        await world.shows("● `web` running")


async def test_nothing_is_sent_when_nothing_changed(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
        looks = world.engine.calls.count("list")
        world.poke()
        await until(lambda: world.engine.calls.count("list") > looks)
        await asyncio.sleep(0.2)
        assert (world.requests("POST"), world.requests("PATCH")) == (1, 0)


async def test_what_is_hidden_is_never_shown_openly(world: World) -> None:
    world.engine.add("web")
    world.engine.add("vault-1")
    async with world.running(hidden=("vault*",)):
        await world.command("set")
    assert world.posted()[0]["embeds"][0]["title"] == "Containers · 1 of 1 up"
    assert "vault" not in json.dumps([one.body for one in world.sandbox.requests()])


async def test_a_docker_that_is_away_is_told_with_the_last_known_state_and_no_address(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
        world.engine.broken = AWAY
        world.poke()
        await world.shows("**Docker can't be reached** since <t:", "it may have changed", "● `web` running")
        assert "docker.sock" not in world.text()
        assert world.posted()[0]["embeds"][0]["title"] == "Containers · last known state"
        world.engine.broken = None
        world.poke()
        await world.sandbox.until(lambda: "can't be reached" not in world.text())
        assert world.posted()[0]["embeds"][0]["title"] == "Containers · 1 of 1 up"


async def test_a_docker_that_was_never_there_leaves_nothing_to_show_but_that(world: World) -> None:
    world.engine.broken = AWAY
    async with world.running():
        await world.command("set")
    assert world.posted()[0]["embeds"][0]["title"] == "Containers · not known"


async def test_a_message_that_somebody_deleted_is_posted_anew(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
        first = world.message()
        world.sandbox.hub.chat.delete(first)
        world.engine.add("db")
        world.poke()
        await world.shows("`db`", "`web`")
        assert world.message().id != first.id


async def test_who_deletes_it_three_times_in_a_row_is_believed_also_after_a_restart(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
        for number in range(3):
            await world.shows("`web`")
            world.sandbox.hub.chat.delete(world.message())
            world.engine.add(f"more-{number}")
            world.poke()
        await world.lists("three times in a row")
        world.engine.add("last")
        world.poke()
        await asyncio.sleep(0.3)
        assert world.posted() == []
    async with world.running():
        await asyncio.sleep(0.3)
        assert world.posted() == []
        assert "Status message set\n" in await world.command("set")
        await world.shows("`last`")


async def test_without_the_permission_it_stops_says_so_and_goes_on_when_set_again(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
        first = world.message().id
        world.sandbox.set_permissions(CHANNEL, "@everyone", deny=perms.VIEW_CHANNEL)
        world.sandbox.set_permissions(CHANNEL, "ddc-perf", deny=perms.VIEW_CHANNEL)
        world.engine.add("db")
        world.poke()
        await world.lists("stopped: I may not write to the channel")
        assert "I need there: View Channel" in await world.command("set")
        world.sandbox.set_permissions(CHANNEL, "@everyone")
        world.sandbox.set_permissions(CHANNEL, "ddc-perf", allow=perms.VIEW_CHANNEL | perms.SEND_MESSAGES)
        assert "Status message set\n" in await world.command("set")
        await world.shows("`db`")
        assert world.message().id == first


@pytest.mark.parametrize("kind", ["503", "drop", "cut"])
async def test_trouble_with_an_edit_delays_the_last_change_and_loses_nothing(world: World, kind: str) -> None:
    container = world.engine.add("web")
    async with world.running():
        await world.command("set")
        first = world.message().id
        world.sandbox.fault(kind, path="/messages/", method="PATCH", times=2)
        await world.engine.stop(container.id)
        world.poke()
        await world.shows("○ `web` exited")
        await until(lambda: world.requests("PATCH") == 3)
        assert world.message().id == first


@pytest.mark.parametrize("kind", ["503", "drop", "cut"])
async def test_trouble_with_the_post_neither_loses_nor_doubles_it(world: World, kind: str) -> None:
    world.engine.add("web")
    async with world.running():
        world.sandbox.fault(kind, path="/messages$", method="POST")
        await world.command("set")
        await world.shows("`web`")
        await world.lists("updated")
    assert len(world.posted()) == 1


async def test_after_a_restart_the_same_message_is_kept_up_and_its_buttons_work(world: World) -> None:
    world.engine.add("web", State.EXITED)
    async with world.running():
        await world.command("set")
    first = world.message().id
    world.engine.add("db")
    async with world.running():
        await world.shows("`db`")
        pressed = await world.press("restart")
        await world.go_on(pressed, "container", "web")
        await world.told(await world.go_on(pressed, "confirm"), "Restarted `web`")
        await world.shows("● `web` running")
    assert world.message().id == first


async def test_a_crash_between_the_post_and_its_note_makes_no_second_message(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
    first = world.message().id
    content = json.loads(world.book.read_bytes())
    content["posts"][0] |= {"message_id": None, "nonce": "claimed"}
    world.book.write_text(json.dumps(content))
    world.engine.add("db")
    async with world.running():
        await world.shows("`db`")
    assert world.message().id == first


async def test_a_message_that_is_not_ours_is_left_alone_and_ours_is_posted(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
    world.sandbox.hub.chat.delete(world.message())
    theirs = world.sandbox.write(ADMIN, CHANNEL, "mine")
    content = json.loads(world.book.read_bytes())
    content["posts"][0]["message_id"] = int(theirs["id"])
    world.book.write_text(json.dumps(content))
    async with world.running():
        await world.sandbox.until(lambda: len(world.posted()) == 2)
    assert [message["content"] for message in world.posted()] == ["mine", ""]


async def test_a_channel_that_is_gone_is_forgotten(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        await world.command("set")
    content = json.loads(world.book.read_bytes())
    content["posts"][0]["channel_id"] = 12345
    world.book.write_text(json.dumps(content))
    async with world.running():
        await world.lists("There are none")
    assert json.loads(world.book.read_bytes())["posts"] == []


async def test_remove_deletes_the_message_and_what_is_not_there_is_told(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        assert "Nothing to remove" in await world.command("remove")
        await world.command("set")
        assert "Status message removed" in await world.command("remove")
        assert world.posted() == []
        world.engine.add("db")
        world.poke()
        await asyncio.sleep(0.2)
        assert world.posted() == []
        assert "There are none" in await world.command("list", channel=None)


async def test_setting_it_twice_makes_one_message(world: World) -> None:
    world.engine.add("web")
    async with world.running():
        assert await world.command("set") == await world.command("set")
    assert len(world.posted()) == 1


async def test_a_damaged_book_is_told_and_kept_aside(world: World) -> None:
    world.book.parent.mkdir(parents=True)
    world.book.write_text("{")
    async with world.running():
        assert "was damaged" in await world.command("list", channel=None)
        assert "Status message set\n" in await world.command("set")
    assert len(list(world.book.parent.iterdir())) == 2


async def test_without_a_status_message_docker_is_not_asked(world: World) -> None:
    async with world.running():
        await asyncio.sleep(0.2)
    assert world.engine.calls == []


@pytest.mark.parametrize("command", ["set", "remove", "list"])
@pytest.mark.parametrize("user", ["Olga", "Max"])
async def test_only_admins_set_them_up(world: World, command: str, user: str) -> None:
    async with world.running():
        answer = await world.command(command, user=user, channel=None if command == "list" else CHANNEL)
    assert "Only admins" in answer
    assert world.posted() == []
