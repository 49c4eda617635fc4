"""The commands on one container, as a person meets them in the chat."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.errors import Refused
from services.docker import EngineError, EngineUnreachable, Policy, State, Why
from tests.contract.docker.real import until
from tests.unit.cogs.docker.world import ADMIN, CHANNEL, MEMBER, OPERATOR, embed, labels, until_titled

if TYPE_CHECKING:
    from tests.unit.cogs.docker.world import World


async def test_list_shows_all_containers_to_the_asker_alone(world: World) -> None:
    world.engine.add("web")
    world.engine.add("db", State.EXITED)
    assert embed(await world.run("list"))["description"] == "● `web` running\n○ `db` exited"


async def test_info_shows_one_container(world: World) -> None:
    world.engine.add("web")
    shown = embed(await world.run("info", {"container": "web"}))
    assert shown["description"].startswith("`web` ● running since <t:")


async def test_start_starts_at_once(world: World) -> None:
    world.engine.add("web", State.EXITED)
    shown = embed(await world.run("start", {"container": "web"}))
    assert (shown["title"], world.engine.state("web")) == ("Started", State.RUNNING)


@pytest.mark.parametrize(
    ("command", "title", "state"), [("restart", "Restarted", "running"), ("stop", "Stopped", "exited")]
)
async def test_stop_and_restart_ask_first_and_act_when_confirmed(
    world: World, command: str, title: str, state: str
) -> None:
    world.engine.add("web")
    asked = await world.run(command, {"container": "web"})
    assert embed(asked)["title"] == f"{command.capitalize()} this container?"
    assert labels(asked) == [f"{command.capitalize()} web", "Cancel"]
    assert f"{command} web" not in world.engine.calls
    pressed = await world.press(asked, "confirm")
    shown = await until_titled(pressed, title)
    assert f"Now {'●' if state == 'running' else '○'} {state}." in shown["description"]
    assert pressed.messages[0]["components"] == []
    assert world.engine.calls.count(f"{command} web") == 1


async def test_the_message_says_what_is_going_on_while_the_engine_works(world: World) -> None:
    world.engine.add("web")
    asked = await world.run("restart", {"container": "web"})
    world.engine.open.clear()
    message = str(asked.messages[0]["id"])
    pressed = world.sandbox.use_component(OPERATOR, CHANNEL, message, "confirm")
    assert (await until_titled(pressed, "Restarting…"))["description"] == "Restarting `web`…"
    world.engine.open.set()
    await until_titled(pressed, "Restarted")


async def test_cancel_does_nothing(world: World) -> None:
    world.engine.add("web")
    pressed = await world.press(await world.run("stop", {"container": "web"}), "keep")
    assert embed(pressed)["description"] == "Nothing was changed."
    assert "stop web" not in world.engine.calls


async def test_a_stop_of_what_is_stopped_asks_nothing(world: World) -> None:
    world.engine.add("web", State.EXITED)
    asked = await world.run("stop", {"container": "web"})
    assert embed(asked)["title"] == "Already stopped"
    assert asked.messages[0]["components"] == []


async def test_a_press_by_someone_who_lost_the_right_meanwhile_does_nothing(world: World) -> None:
    world.engine.add("web")
    asked = await world.run("stop", {"container": "web"})
    world.sandbox.set_roles(OPERATOR, [])
    pressed = await world.press(asked, "confirm")
    assert "no right to do this any more" in pressed.messages[-1]["embeds"][0]["description"]
    assert world.engine.state("web") is State.RUNNING


async def test_a_container_removed_between_question_and_press_is_told_in_place(world: World) -> None:
    world.engine.add("web")
    asked = await world.run("restart", {"container": "web"})
    world.engine.remove("web")
    pressed = await world.press(asked, "confirm")
    shown = await until_titled(pressed, "That didn't work")
    assert "There is no container called `web`." in shown["description"]


async def test_an_engine_that_is_away_is_named_with_what_to_do(world: World) -> None:
    world.engine.broken = EngineUnreachable("unix:///var/run/docker.sock", Why.PERMISSION)
    for command in ("list", "info", "start", "stop", "restart"):
        shown = embed(await world.run(command, {} if command == "list" else {"container": "web"}))
        assert "`unix:///var/run/docker.sock`: permission denied. Add the bot's user" in shown["description"]


async def test_a_name_that_is_none_is_explained(world: World) -> None:
    shown = embed(await world.run("info", {"container": "../x"}))
    assert "`../x` can't be a container's name" in shown["description"]
    assert world.engine.calls == []


@pytest.mark.parametrize("command", ["list", "info", "start", "stop", "restart"])
async def test_a_member_without_the_role_gets_nothing_not_even_a_name(world: World, command: str) -> None:
    world.engine.add("secret-project", State.EXITED)
    options: dict[str, object] = {} if command == "list" else {"container": "secret-project"}
    refused = await world.run(command, options, user=MEMBER)
    assert "Only admins" in embed(refused)["description"]
    if command != "list":
        assert await world.names(command, user=MEMBER) == []
        assert await world.names(command, "sec", user=MEMBER) == []
    seen = json.dumps(
        [one.response for one in world.sandbox.requests()] + [one.body for one in world.sandbox.requests()]
    )
    assert "secret-project" not in seen
    assert world.engine.calls == []


async def test_an_admin_needs_no_role(world: World) -> None:
    world.engine.add("web")
    assert embed(await world.run("list", user=ADMIN))["description"] == "● `web` running"


async def test_autocomplete_offers_what_makes_sense_first(world: World) -> None:
    world.engine.add("web")
    world.engine.add("worker", State.EXITED)
    assert await world.names("start", "w") == ["worker · exited", "web · running"]
    assert await world.names("restart", "w") == ["web · running", "worker · exited"]
    assert await world.names("info", "ork") == ["worker · exited"]


async def test_autocomplete_is_empty_when_the_engine_is_away(world: World) -> None:
    world.engine.broken = EngineUnreachable("unix:///var/run/docker.sock", Why.NO_SOCKET)
    assert await world.names("start") == []


async def test_autocomplete_answers_in_time_when_the_engine_hangs(world: World) -> None:
    world.engine.open.clear()
    record = await world.sandbox.hands.autocomplete(OPERATOR, CHANNEL, "docker start", {"container": ""}, "container")
    assert (record.state, record.choices) == ("done", [])


def group_of(world: World) -> dict[str, Any]:
    found: list[dict[str, Any]] = world.sandbox.state(ADMIN)["commands"]
    return next(command for command in found if command["name"] == "docker")


async def test_with_a_role_set_up_everyone_sees_the_commands(world: World) -> None:
    assert group_of(world)["default_member_permissions"] is None


@pytest.mark.parametrize("operator_roles", [[]])
async def test_without_a_role_only_admins_see_the_commands(world: World) -> None:
    assert group_of(world)["default_member_permissions"] == "8"
    with pytest.raises(Refused):
        world.sandbox.run_command(OPERATOR, CHANNEL, "docker list")


async def test_without_a_role_the_check_at_run_time_lets_only_admins_in(world: World) -> None:
    # A server's own settings may show the commands to anyone, as here: Discord's hint is not the guard.
    world.cog.service.policy = Policy()
    assert "Only admins" in embed(await world.run("list"))["description"]
    assert embed(await world.run("list", user=ADMIN))["title"] == "No containers"


async def test_the_longest_name_fits_on_its_button(world: World) -> None:
    world.engine.add("n" * 255)
    confirm, _ = labels(await world.run("restart", {"container": "n" * 255}))
    assert len(confirm) <= 80
    assert confirm.startswith("Restart nnn")


async def test_a_restart_that_takes_too_long_is_told_and_then_what_became_of_it_in_the_same_message(
    world: World,
) -> None:
    world.engine.add("slow")
    held = world.engine.hold("restart slow")
    asked = await world.run("restart", {"container": "slow"})
    assert "longer than the limit of 0.05 s" in embed(asked)["description"], "the question warns of it"
    pressed = await world.press(asked, "confirm")
    told = await until_titled(pressed, "Not done in time")
    assert told["description"].startswith("Restart of `slow` took longer than 0.05 s. Docker may still finish it.")
    assert "I go on looking for up to 30 s" in told["description"]
    assert world.cog.service.queue.working == 0
    held.set_result(None)
    end = await until_titled(pressed, "Restarted after all")
    assert end["description"].startswith("Restarted `slow`. Now ● running.\nIt took ")
    assert world.engine.calls.count("restart slow") == 1


async def test_a_start_that_takes_too_long_ends_in_the_same_message_too(world: World) -> None:
    world.engine.add("slow", State.EXITED)
    held = world.engine.hold("start slow")
    record = await world.run("start", {"container": "slow"})
    await until_titled(record, "Not done in time")
    held.set_result(EngineError(500, "port is taken"))
    end = await until_titled(record, "Not started")
    assert "port is taken" in end["description"]
    assert "`slow` was still ○ exited" in end["description"]


async def test_a_bot_that_stops_says_that_it_has_not_looked_again(world: World) -> None:
    world.engine.add("slow", State.EXITED)
    world.engine.hold("start slow")
    record = await world.run("start", {"container": "slow"})
    await until_titled(record, "Not done in time")
    await world.cog.service.close()
    await record.wait_for(lambda one: "The bot was stopped" in one.messages[0]["embeds"][0]["description"])


async def test_info_shows_the_time_limits_and_where_they_come_from(world: World) -> None:
    world.engine.add("slow")
    world.engine.add("cache", image="redis:7", stop_timeout=60.0)
    for name, wanted in (
        ("slow", ["looks, start, stop, restart: 0.05 s · set for it by name", "⚠ To stop it may rightly take 20 s"]),
        ("cache", ["looks: 60 s · slow kind, `redis`", "start: 30 s · default", "stop, restart: 70 s · what it needs"]),
    ):
        shown = embed(await world.run("info", {"container": name}))
        (limits,) = [field["value"] for field in shown["fields"] if field["name"] == "Time limits"]
        assert [line.startswith(begin) for line, begin in zip(limits.split("\n"), wanted, strict=True)] == [True] * len(
            wanted
        )


async def test_the_queue_is_shown_to_admins_alone(world: World) -> None:
    world.engine.add("web")
    held = world.engine.hold("inspect web")
    asked = asyncio.create_task(world.run("info", {"container": "web"}))
    await until(lambda: "inspect web" in world.engine.calls)
    shown = embed(await world.run("queue", user=ADMIN))
    assert shown["title"] == "Docker queue · 1 of 3 places taken"
    held.set_result(None)
    await asked
    refused = embed(await world.run("queue"))
    assert "Only admins" in refused["description"]
