"""/docker group in the chat, by an operator."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.docker import EngineError, Health, Policy, Right, State, Timeouts
from services.docker.access import Rule
from services.docker.groups import Groups
from tests.contract.docker.real import until
from tests.unit.cogs.docker.world import CHANNEL, MEMBER, OPERATOR, embed, labels, until_titled
from tests.unit.services.docker.groups.compose import labelled

if TYPE_CHECKING:
    from sandbox.interactions import Interaction
    from tests.unit.cogs.docker.world import World


# Long for the engine in memory, which answers at once, and short for who waits for the test.
LIMIT = 0.5


@pytest.fixture
def site(world: World) -> World:
    for name, needs in {"db": (), "web": ("db:service_healthy",), "proxy": ("web",)}.items():
        world.engine.add(name, State.EXITED, project="site", membership=labelled(*needs, service=name))
    world.cog.service.groups = Groups(world.cog.service, world.engine.inspect, patience=5.0, settle=0.0)
    return world


async def until_described(record: Interaction, words: str) -> None:
    await record.wait_for(lambda one: any(words in message["embeds"][0]["description"] for message in one.messages))


def later_tasks() -> list[asyncio.Task[object]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "docker-later"]


def edits_by(world: World, record: Interaction) -> list[str]:
    """The requests that edited a message with an interaction's token."""
    return [one.path for one in world.sandbox.requests() if one.method == "PATCH" and record.token in one.path]


def acts(world: World) -> list[str]:
    return [call for call in world.engine.calls if call.split()[0] in ("start", "stop", "restart")]


def waits_for_db(record: Interaction) -> bool:
    return any("waits for `db`" in message["embeds"][0]["description"] for message in record.messages)


async def offered(world: World, command: str, typed: str = "", user: str = OPERATOR) -> list[str]:
    path = f"docker group {command}"
    return [one["value"] for one in await world.sandbox.autocomplete(user, CHANNEL, path, {"target": typed}, "target")]


async def test_list_and_info_show_what_there_is(site: World) -> None:
    assert embed(await site.run("group list"))["description"] == "○ `site` 0 of 3 up · compose project"
    lines = embed(await site.run("group info", {"target": "site"}))["description"].splitlines()
    assert lines[1:] == ["**1** ○ `db` exited", "**2** ○ `web` exited", "**3** ○ `proxy` exited"]


async def test_a_start_asks_with_target_and_count_then_acts_in_order_and_tells_each(site: World) -> None:
    asked = await site.run("group start", {"target": "site"})
    assert embed(asked)["title"] == "Start 3 containers?"
    assert labels(asked) == ["Start site (3 containers)", "Cancel"]
    assert acts(site) == []
    pressed = await site.press(asked, "confirm")
    shown = await until_titled(pressed, "Started")
    lines = shown["description"].splitlines()
    assert lines[0] == "`site` (compose project): 3 of 3 started."
    assert [line.split(" started")[0] for line in lines[1:]] == ["✓ `db`", "✓ `web`", "✓ `proxy`"]
    assert acts(site) == ["start db", "start web", "start proxy"]
    assert pressed.messages[0]["components"] == []


async def test_cancel_does_nothing(site: World) -> None:
    pressed = await site.press(await site.run("group start", {"target": "site"}), "keep")
    assert embed(pressed)["description"] == "Nothing was changed."
    assert acts(site) == []


async def test_the_message_tells_how_far_it_is_while_it_goes_on(site: World) -> None:
    site.engine.change("db", health=Health.STARTING)
    asked = await site.run("group start", {"target": "site"})
    pressed = site.sandbox.use_component(OPERATOR, CHANNEL, str(asked.messages[0]["id"]), "confirm")
    await pressed.wait_for(waits_for_db)
    assert embed(pressed)["title"] == "Starting · 1 of 3"
    site.engine.change("db", health=Health.HEALTHY)
    await until_titled(pressed, "Started")


async def test_a_partial_failure_is_told_plainly_and_can_be_tried_again(site: World) -> None:
    site.engine.failing["web"] = EngineError(500, "no space left")
    pressed = await site.press(await site.run("group start", {"target": "site"}), "confirm")
    shown = await until_titled(pressed, "Partly started")
    assert shown["description"].splitlines() == [
        "`site` (compose project): 1 of 3 started, 1 failed, 1 skipped.",
        shown["description"].splitlines()[1],
        "✗ `web` failed: Docker could not do this (500): `no space left`",
        "⊘ `proxy` skipped: `web` was not started",
    ]
    assert labels(pressed) == ["Start 2 of site again"]
    site.engine.failing.clear()
    site.engine.calls.clear()
    again = await site.press(pressed, "retry")
    assert (await until_titled(again, "Started"))["description"].splitlines()[0].endswith("2 of 2 started.")
    assert acts(site) == ["start web", "start proxy"]


async def test_another_try_of_what_is_gone_meanwhile_has_nothing_to_do(site: World) -> None:
    site.engine.failing["proxy"] = EngineError(500, "no space left")
    pressed = await site.press(await site.run("group start", {"target": "site"}), "confirm")
    await until_titled(pressed, "Partly started")
    site.engine.remove("proxy")
    shown = await until_titled(await site.press(pressed, "retry"), "Nothing to start")
    assert "`db` done before" in shown["description"]


@pytest.fixture
def pair(world: World) -> World:
    """A group of two, of which `a` can be held up beyond its time."""
    for name in ("a", "b"):
        world.engine.add(name, membership=labelled(groups=("pair",)))
    world.cog.service.timeouts.take(Timeouts(named={"a": LIMIT}))
    world.cog.service.groups = Groups(world.cog.service, world.engine.inspect, settle=0.0)
    return world


async def test_what_took_too_long_is_told_in_the_result_when_it_is_known(pair: World) -> None:
    held = pair.engine.hold("stop a")
    pressed = await pair.press(await pair.run("group stop", {"target": "pair"}), "confirm")
    told = (await until_titled(pressed, "Partly stopped"))["description"]
    assert "1 of 2 stopped, 1 failed." in told
    assert "✗ `a` failed: Stop of `a` took longer than 0.5 s. Docker may still finish it." in told
    assert "I go on looking at what took too long for up to 30 s, and tell here what I see." in told
    assert labels(pressed) == ["Stop 1 of pair again"]
    held.set_result(None)
    shown = (await until_titled(pressed, "Stopped"))["description"]
    assert "2 of 2 stopped." in shown
    assert "✓ `a` stopped after all · " in shown
    assert "I go on looking" not in shown
    assert pressed.messages[0]["components"] == []


async def test_what_was_not_done_in_the_end_is_told_and_can_be_tried_again(pair: World) -> None:
    held = pair.engine.hold("stop a")
    pressed = await pair.press(await pair.run("group stop", {"target": "pair"}), "confirm")
    await until_titled(pressed, "Partly stopped")
    held.set_result(EngineError(500, "it would not die"))
    await until_described(pressed, "it would not die")
    assert "it was still ● running." in embed(pressed)["description"]
    del pair.engine.held["stop a"]
    again = await pair.press(pressed, "retry")
    assert "1 of 1 stopped." in (await until_titled(again, "Stopped"))["description"]


async def test_a_new_run_is_not_overwritten_by_what_became_of_the_one_before(pair: World) -> None:
    held = pair.engine.hold("stop a")
    pressed = await pair.press(await pair.run("group stop", {"target": "pair"}), "confirm")
    await until_titled(pressed, "Partly stopped")
    await until(lambda: bool(later_tasks()))
    (telling,) = later_tasks()
    again = pair.sandbox.use_component(OPERATOR, CHANNEL, str(pressed.messages[0]["id"]), "retry")
    await until_titled(again, "Stopping · 0 of 1")
    edits = edits_by(pair, pressed)
    assert edits
    held.set_result(None)
    await telling
    assert "1 already stopped." in (await until_titled(again, "Stopped"))["description"]
    assert edits_by(pair, pressed) == edits


async def test_a_bot_that_stops_says_in_the_result_that_it_has_not_looked_again(pair: World) -> None:
    pair.engine.hold("stop a")
    pressed = await pair.press(await pair.run("group stop", {"target": "pair"}), "confirm")
    await until_titled(pressed, "Partly stopped")
    await pair.cog.service.close()
    await until_described(pressed, "The bot was stopped before it had looked again.")


async def test_a_second_run_is_refused_while_one_is_under_way(site: World) -> None:
    site.engine.change("db", health=Health.STARTING)
    asked, second = [await site.run("group start", {"target": "site"}) for _ in range(2)]
    pressed = site.sandbox.use_component(OPERATOR, CHANNEL, str(asked.messages[0]["id"]), "confirm")
    await pressed.wait_for(waits_for_db)
    refused = await until_titled(await site.press(second, "confirm"), "That didn't work")
    assert "A start of `site` is under way" in refused["description"]
    site.engine.change("db", health=Health.HEALTHY)
    await until_titled(pressed, "Started")


async def test_a_result_that_can_not_be_shown_any_more_ends_in_the_log_and_the_run_goes_on(
    site: World, caplog: pytest.LogCaptureFixture
) -> None:
    site.engine.change("db", health=Health.STARTING)
    asked = await site.run("group start", {"target": "site"})
    pressed = site.sandbox.use_component(OPERATOR, CHANNEL, str(asked.messages[0]["id"]), "confirm")
    await pressed.wait_for(waits_for_db)
    hub = site.sandbox.hub
    (message,) = [
        one
        for channel in hub.world.channels.values()
        for one in hub.chat.history(channel, hub.world.find_user(OPERATOR).id)
    ]
    hub.chat.delete(message)
    site.engine.change("db", health=Health.HEALTHY)
    await until(lambda: "could not be shown" in caplog.text and acts(site)[-1:] == ["start proxy"])
    await until(lambda: "How a start of a group ended could not be shown (NotFound): 3 of 3 started." in caplog.text)


async def test_a_press_by_someone_who_lost_the_right_meanwhile_does_nothing(site: World) -> None:
    asked = await site.run("group start", {"target": "site"})
    site.sandbox.set_roles(OPERATOR, [])
    pressed = await site.press(asked, "confirm")
    assert "no right to do this any more" in pressed.messages[-1]["embeds"][0]["description"]
    assert acts(site) == []


async def test_what_is_as_it_should_be_asks_nothing(site: World) -> None:
    asked = await site.run("group stop", {"target": "site"})
    assert embed(asked)["title"] == "Already stopped"
    assert asked.messages[0]["components"] == []


async def test_an_unknown_group_is_told_with_what_is_close_to_it(site: World) -> None:
    for command in ("info", "start", "stop", "restart"):
        told = embed(await site.run(f"group {command}", {"target": "sitte"}))["description"]
        assert told == "There is no group called `sitte`. Did you mean `site`?"


def let_in(world: World, rights: dict[str, set[Right]]) -> None:
    """From now on the operators have these rights by container's name, and no others."""
    roles = world.cog.service.policy.operator_role_ids
    rules = tuple(Rule(frozenset(some), containers=(name,), role_ids=roles) for name, some in rights.items())
    world.cog.service.policy = Policy(rules=rules)


async def test_who_may_do_nothing_with_it_is_told_and_not_asked(site: World) -> None:
    let_in(site, {"web": {Right.SEE}, "db": {Right.SEE}})
    asked = await site.run("group start", {"target": "site"})
    assert embed(asked)["title"] == "Nothing to start"
    assert "proxy" not in embed(asked)["description"]
    assert asked.messages[0]["components"] == []


async def test_autocomplete_offers_groups_in_which_one_may_do_it(site: World) -> None:
    site.engine.add("mc", membership=labelled(groups=("games",)))
    assert await offered(site, "start") == ["games", "site"]
    assert await offered(site, "start", "SI") == ["site"]
    let_in(site, {"mc": {Right.RESTART}, "web": {Right.SEE}})
    assert await offered(site, "restart") == ["games"]
    assert await offered(site, "info") == ["games", "site"]
    assert await offered(site, "stop") == []


@pytest.mark.parametrize("command", ["list", "info", "start", "stop", "restart"])
async def test_a_member_without_any_right_gets_nothing(site: World, command: str) -> None:
    refused = await site.run(f"group {command}", {} if command == "list" else {"target": "site"}, user=MEMBER)
    assert "Only admins" in embed(refused)["description"]
    if command != "list":
        assert await offered(site, command, user=MEMBER) == []
    assert site.engine.calls == []
