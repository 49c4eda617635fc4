from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import discord
import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.clock import ManualClock
    from sandbox.interactions import Interaction
    from sandbox.server import Sandbox
    from tests.contract.sandbox.conftest import Bot

EPHEMERAL, LOADING = 64, 128


@pytest.fixture
def command(bot: Bot, run: Callable[..., Awaitable[Bot]]) -> Callable[..., Awaitable[Interaction]]:
    """Runs `callback` as /try by Max in #general of a sandbox."""

    async def start(sandbox: Sandbox, callback: Callable[[discord.Interaction], Awaitable[None]]) -> Interaction:
        @bot.tree.command(name="try", description="d")
        async def attempt(interaction: discord.Interaction) -> None:
            await callback(interaction)

        await run(sandbox, bot)
        return sandbox.run_command("Max", "general", "try")

    return start


async def test_an_answer_is_seen_by_everybody_and_an_ephemeral_one_by_its_person_alone(
    sandbox: Sandbox, command: Callable[..., Awaitable[Interaction]]
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        response = await interaction.response.send_message("open")
        assert isinstance(response.resource, discord.InteractionMessage)
        assert response.resource.content == "open"
        await interaction.followup.send("hidden", ephemeral=True)

    record = await command(sandbox, answer)
    await record.wait_for(lambda each: len(each.messages) == 2)

    assert [message["content"] for message in sandbox.messages("Max", "general")] == ["open", "hidden"]
    assert [message["content"] for message in sandbox.messages("Ada", "general")] == ["open"]
    assert [message["flags"] & EPHEMERAL for message in record.messages] == [0, EPHEMERAL]


async def test_a_deferral_shows_that_the_bot_thinks_until_the_answer_takes_its_place(
    sandbox: Sandbox, command: Callable[..., Awaitable[Interaction]]
) -> None:
    go_on = asyncio.Event()

    async def answer(interaction: discord.Interaction) -> None:
        deferred = await interaction.response.defer(ephemeral=True)
        assert deferred is not None
        assert deferred.is_thinking()
        assert deferred.is_ephemeral()
        await go_on.wait()
        # The deferral decided who sees it; the follow-up cannot open it up.
        await interaction.followup.send("done", ephemeral=False)
        await interaction.followup.send("more")

    record = await command(sandbox, answer)
    await record.wait_for(lambda each: each.state == "thinking")
    [thinking] = record.messages
    assert (thinking["content"], thinking["flags"]) == ("", EPHEMERAL | LOADING)

    go_on.set()
    await record.wait_for(lambda each: len(each.messages) == 2)
    done, more = record.messages
    assert (done["id"], done["content"], done["flags"]) == (thinking["id"], "done", EPHEMERAL)
    assert done["edited_timestamp"] is None
    assert (more["content"], more["flags"]) == ("more", 0)
    assert record.state == "done"
    assert [message["content"] for message in sandbox.messages("Ada", "general")] == ["more"]


async def test_answers_are_read_changed_and_deleted_by_the_interaction_s_webhook(
    sandbox: Sandbox, command: Callable[..., Awaitable[Interaction]], bot: Bot
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="one")
        original = await interaction.original_response()
        assert original.content == "one"
        further = await interaction.followup.send("two", wait=True)
        await further.edit(content="three")
        assert (await interaction.followup.fetch_message(further.id)).content == "three"
        await original.edit(embed=discord.Embed(title="four"))
        await further.delete()

    record = await command(sandbox, answer)
    await record.wait_for(lambda each: each.messages and each.messages[0]["edited_timestamp"])
    await sandbox.until(lambda: len(record.messages) == 1)

    [message] = record.messages
    assert (message["content"], message["embeds"]) == ("one", [{"type": "rich", "title": "four"}])
    assert not bot.errors


async def test_a_message_tells_from_which_interaction_it_comes(
    sandbox: Sandbox, command: Callable[..., Awaitable[Interaction]]
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        response = await interaction.response.send_message("one")
        assert isinstance(response.resource, discord.InteractionMessage)
        metadata = response.resource.interaction_metadata
        assert metadata is not None
        assert (metadata.id, metadata.user) == (interaction.id, interaction.user)
        further = await interaction.followup.send("two", wait=True)
        assert further.interaction_metadata is not None
        assert further.interaction_metadata.original_response_message_id == response.message_id

    record = await command(sandbox, answer)
    await record.wait_for(lambda each: len(each.messages) == 2)

    assert [message["type"] for message in record.messages] == [20, 19]
    assert record.messages[0]["webhook_id"] == record.messages[0]["application_id"]


async def test_an_answer_after_three_seconds_is_an_unknown_interaction(
    timed: Sandbox, clock: ManualClock, command: Callable[..., Awaitable[Interaction]], bot: Bot
) -> None:
    late = asyncio.Event()

    async def answer(interaction: discord.Interaction) -> None:
        await late.wait()
        await interaction.response.send_message("too late")

    record = await command(timed, answer)
    clock.advance(3.01)
    await record.wait()
    assert (record.state, record.reason) == ("failed", "The application did not respond")

    late.set()
    assert await bot.error_code() == 10062
    assert record.messages == []


async def test_an_answer_just_within_three_seconds_counts(
    timed: Sandbox, clock: ManualClock, command: Callable[..., Awaitable[Interaction]]
) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def answer(interaction: discord.Interaction) -> None:
        started.set()
        await go_on.wait()
        await interaction.response.send_message("in time")

    record = await command(timed, answer)
    await started.wait()
    clock.advance(2.9)
    go_on.set()

    await record.wait()
    assert (record.state, round(record.ack_seconds or 0, 3)) == ("done", 2.9)


async def test_a_second_first_answer_is_refused(
    sandbox: Sandbox, command: Callable[..., Awaitable[Interaction]], bot: Bot
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("first")
        # discord.py itself would stop this; two processes of one bot would not.
        interaction.response._response_type = None
        await interaction.response.send_message("second")

    record = await command(sandbox, answer)
    await record.wait()
    assert await bot.error_code() == 40060
    assert [message["content"] for message in record.messages] == ["first"]


async def test_after_fifteen_minutes_the_token_is_invalid(
    timed: Sandbox, clock: ManualClock, command: Callable[..., Awaitable[Interaction]], bot: Bot
) -> None:
    expired = asyncio.Event()

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await expired.wait()
        await interaction.followup.send("too late")

    record = await command(timed, answer)
    await record.wait_for(lambda each: each.state == "thinking")
    clock.advance(899)
    assert record.state == "thinking"
    clock.advance(2)
    expired.set()
    assert await bot.error_code() == 50027
    await record.wait()
    assert (record.state, record.reason) == ("failed", "The application did not respond")


async def test_a_follow_up_before_any_answer_has_no_webhook(
    sandbox: Sandbox, command: Callable[..., Awaitable[Interaction]], bot: Bot
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.followup.send("too soon")

    await command(sandbox, answer)
    assert await bot.error_code() == 10015


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"content": "x" * 2001}, 50035),
        ({"content": ""}, 50006),
        ({"content": "   "}, 50006),
        ({"embed": discord.Embed(title="x" * 257)}, 50035),
        ({"embeds": [discord.Embed(description="x" * 3001), discord.Embed(description="x" * 3000)]}, 50035),
        ({"embed": discord.Embed().add_field(name="n", value="")}, 50035),
    ],
)
async def test_what_discord_refuses_leaves_the_interaction_open(
    sandbox: Sandbox,
    command: Callable[..., Awaitable[Interaction]],
    arguments: dict[str, Any],
    code: int,
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        with pytest.raises(discord.HTTPException) as refused:
            await interaction.response.send_message(**arguments)
        assert refused.value.code == code
        await interaction.response.send_message("ok")

    record = await command(sandbox, answer)
    await record.wait()

    assert [message["content"] for message in record.messages] == ["ok"]


async def test_a_deleted_answer_is_an_unknown_message(
    sandbox: Sandbox, command: Callable[..., Awaitable[Interaction]], bot: Bot
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("gone")
        await interaction.delete_original_response()
        await interaction.edit_original_response(content="again")

    record = await command(sandbox, answer)
    assert await bot.error_code() == 10008
    assert record.messages == []


async def test_a_bot_that_is_not_there_lets_the_command_fail(timed: Sandbox, clock: ManualClock, bot: Bot) -> None:
    @bot.tree.command(description="d")
    async def ping(interaction: discord.Interaction) -> None: ...

    async with bot:
        await bot.login(timed.token)
        await bot.tree.sync()
    record = timed.run_command("Max", "general", "ping")
    await asyncio.sleep(0)
    clock.advance(3.01)

    assert (await record.wait()).reason == "The application did not respond"


async def test_a_command_in_a_direct_channel_comes_without_a_guild(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    @bot.tree.command(description="d")
    async def ping(interaction: discord.Interaction) -> None:
        assert interaction.guild is None
        assert interaction.context.dm_channel
        await interaction.response.send_message(f"pong {interaction.user.name}")

    await run(sandbox, bot)
    max_id = int(sandbox.state("Max")["me"]["id"])
    channel = await (await bot.fetch_user(max_id)).create_dm()
    await channel.send("hello")

    record = await sandbox.run_command("Max", str(channel.id), "ping").wait()
    assert record.messages[0]["content"] == "pong max"
    assert [message["content"] for message in sandbox.messages("Max", str(channel.id))] == ["hello", "pong max"]
    assert str(channel.id) not in sandbox.state("Ada")["messages"]
