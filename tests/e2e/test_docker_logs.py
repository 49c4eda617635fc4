"""/docker logs against real containers: in the chat, as a file, followed to its end, and without their secrets."""

from __future__ import annotations

import json
import secrets
from itertools import pairwise
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.e2e.world import IMAGE, docker, find_component, living_bot, settings_file, soon, text_of, until_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.interactions import Interaction
    from tests.e2e.world import Containers, World

    Write = Callable[..., str]

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="session")]

TICKS = "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.1; done"


@pytest.fixture
def write(engine: None) -> Iterator[Write]:  # noqa: ARG001 - it must be there
    """Makes containers that run a script, and removes them."""
    made: list[str] = []

    def make(script: str, *, ends: bool = True, name: str | None = None) -> str:
        name = name or f"ddc-t-{secrets.token_hex(3)}-log"
        docker("run", "--detach", "--name", name, IMAGE, "/bin/sh", "-c", script)
        made.append(name)
        if ends:
            docker("wait", name)
        return name

    yield make
    if made:
        docker("rm", "--force", *made)


async def file_of(interaction: Interaction) -> str:
    """The text of the file in an answer."""
    (attachment,) = [one for message in interaction.messages for one in message["attachments"]]
    async with aiohttp.ClientSession() as session, session.get(attachment["url"]) as response:
        return await response.text()


async def test_the_last_lines_stand_in_a_code_block_for_the_asker_alone(world: World, write: Write) -> None:
    name = write("echo one; sleep 0.05; echo two >&2; sleep 0.05; echo '```js @everyone'")
    answer = await world.run("docker logs", container=name)
    assert f"`{name}` ○ exited · 3 lines" in text_of(answer)
    assert "```\none\n! two\n`\u200b`\u200b`\u200bjs @everyone\n```" in text_of(answer)
    assert "! = standard error" in text_of(answer)
    assert all(message["flags"] & 64 for message in answer.messages)
    record = await world.bot.recorded("docker_operation", action="logs", container=name)
    assert record["metadata"]["outcome"] == "ok"


async def test_a_long_log_comes_with_a_file_that_holds_all_of_it(world: World, write: Write) -> None:
    name = write("i=0; while [ $i -lt 600 ]; do i=$((i+1)); echo line $i; done")
    answer = await world.run("docker logs", container=name, lines=500)
    assert "line 600\n```" in text_of(answer)
    assert "of 500 lines shown, all in the file" in text_of(answer)
    rows = (await file_of(answer)).splitlines()
    assert [row.split(" ", 1)[1] for row in rows[2:]] == [f"line {n}" for n in range(101, 601)]


async def test_a_filter_and_a_time_choose_lines_and_nonsense_is_explained(world: World, write: Write) -> None:
    name = write("echo ERROR disk; echo error net; echo fine")
    assert "```\nERROR disk\n```" in text_of(
        await world.run("docker logs", container=name, filter="error -net", since="1h")
    )
    nothing = await world.run("docker logs", container=name, filter="absent")
    assert "wrote no line with `absent`" in text_of(nothing)
    assert "searched all 3 lines" in text_of(nothing)
    wrong = await world.run("docker logs", container=name, since="yesterday")
    assert "I can't read `yesterday` as a time. Write how long ago" in text_of(wrong)


async def test_a_log_full_of_secrets_shows_none_of_them_anywhere(world: World, write: Write) -> None:
    hidden = ["hunter2", "AKIAIOSFODNN7EXAMPLE", "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn"]
    name = write(
        "echo login postgres://app:hunter2@db/app; echo DB_PASSWORD=hunter2; echo uses AKIAIOSFODNN7EXAMPLE; "
        "echo -----BEGIN PRIVATE KEY-----; echo MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0; "
        "echo -----END PRIVATE KEY-----"
    )
    answer = await world.run("docker logs", container=name)
    assert "login postgres://[hidden]@db/app" in text_of(answer)
    sent = await world.press(answer, "As file")
    shown = json.dumps(answer.messages) + json.dumps(sent.messages) + await file_of(sent)
    assert [secret for secret in hidden if secret in shown] == []
    probed = await world.run("docker logs", container=name, filter="hunter2")
    assert "wrote no line" in text_of(probed)
    written = world.bot.log() + world.bot.metrics_file.read_text(encoding="utf-8")
    assert "postgres://app" not in written


async def test_a_big_log_is_searched_without_holding_the_bot_and_the_search_says_how_far_it_went(
    world: World, write: Write
) -> None:
    name = write(
        "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); echo line $i token=abc$i of a log that is rather long; done"
    )
    answer = await world.run("docker logs", container=name, filter="LINE token", lines=1000)
    assert "last 1,000 lines with `line token`" in text_of(answer)
    assert "searched the last 20,000 lines" in text_of(answer)
    rows = (await file_of(answer)).splitlines()
    assert rows[-1].endswith("line 30000 token=[hidden] of a log that is rather long")
    sent = await world.press(answer, "As file")
    assert len((await file_of(sent)).splitlines()) == 10_002


async def test_an_empty_log_is_explained(world: World, write: Write) -> None:
    empty = await world.run("docker logs", container=write("true"))
    assert "wrote nothing to its standard output or error so far" in text_of(empty)


async def test_refresh_shows_what_was_written_since(world: World, write: Write) -> None:
    name = write("echo first; while [ ! -e /go ]; do sleep 0.05; done; echo second; sleep 60", ends=False)
    answer = await world.run("docker logs", container=name)
    assert "first\n```" in text_of(answer)
    docker("exec", name, "/bin/sh", "-c", ": > /go")
    await soon(lambda: "second" in docker("logs", name))
    await until_text(await world.press(answer, "Refresh"), "first\nsecond\n```")


async def test_the_file_button_answers_beside_the_message(world: World, write: Write) -> None:
    answer = await world.run("docker logs", container=write("echo one; echo two"), lines=1)
    sent = await world.press(answer, "As file")
    assert [row.split(" ", 1)[1] for row in (await file_of(sent)).splitlines()[2:]] == ["one", "two"]
    assert all(message["flags"] & 64 for message in sent.messages)
    assert "last 1 line" in text_of(answer)


async def test_following_shows_what_comes_and_stop_ends_it(world: World, write: Write) -> None:
    answer = await world.run("docker logs", container=write(TICKS, ends=False))
    followed = await world.press(answer, "Follow")
    await until_text(followed, "Log · following")
    await until_text(followed, "tick 30")
    await world.press(followed, "Stop")
    await until_text(followed, "you stopped it")
    assert find_component(followed, "Follow")
    await world.bot.recorded("component.log_view.follow", outcome="ok")
    edits = [record.time for record in world.sandbox.requests() if "Log \u00b7 following" in str(record.body)]
    assert len(edits) > 1
    assert all(after - before > 2.9 for before, after in pairwise(edits))


@pytest.mark.parametrize(
    ("end", "words"), [("kill", "the container stopped"), ("rm --force", "the container was removed")]
)
async def test_following_ends_with_its_container(world: World, write: Write, end: str, words: str) -> None:
    name = write(TICKS, ends=False)
    followed = await world.press(await world.run("docker logs", container=name), "Follow")
    await until_text(followed, "Log · following")
    docker(*end.split(), name)
    await until_text(followed, words)


async def test_following_ends_when_the_right_is_gone(world: World, write: Write) -> None:
    answer = await world.run("docker logs", user="Olga", container=write(TICKS, ends=False))
    followed = await world.press(answer, "Follow", user="Olga")
    await until_text(followed, "Log · following")
    world.sandbox.set_roles("Olga", [])
    try:
        await until_text(followed, "you have no right to see this log any more", 40)
    finally:
        world.sandbox.set_roles("Olga", ["Docker operators"])


async def test_following_ends_by_itself_and_with_the_bot(tmp_path: Path, write: Write) -> None:
    name = write(TICKS, ends=False)
    folder = tmp_path / "bot"
    settings_file(folder, {"docker": {"log_follow_seconds": 4}})
    async with living_bot(folder) as world:
        answer = await world.run("docker logs", container=name)
        followed = await world.press(answer, "Follow")
        await until_text(followed, "its 4 s are over")
        again = await world.press(followed, "Follow")
        await until_text(again, "Log · following")
    assert "the bot is being restarted" in text_of(again)


async def test_who_may_not_read_logs_gets_none_and_no_suggestion(world: World, containers: Containers) -> None:
    refused = await world.run("docker logs", user="Max", container=containers.web)
    assert "Only admins" in text_of(refused)
    offered = await world.sandbox.autocomplete("Max", "bot-commands", "docker logs", {"container": "ddc"}, "container")
    assert offered == []
    offered = await world.sandbox.autocomplete(
        "Ada", "bot-commands", "docker logs", {"container": containers.web}, "container"
    )
    assert [choice["value"] for choice in offered] == [containers.web]
