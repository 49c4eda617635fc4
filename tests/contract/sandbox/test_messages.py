from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import discord
import pytest

from sandbox import permissions as perms
from sandbox.attachments import UPLOAD_LIMIT
from sandbox.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import aiohttp

    from sandbox.server import Sandbox
    from tests.contract.sandbox.conftest import Bot

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000280000001e0")


def channel(bot: Bot, name: str) -> discord.TextChannel:
    found = discord.utils.get(bot.guilds[0].text_channels, name=name)
    assert found is not None
    return found


@pytest.fixture
async def general(sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]) -> discord.TextChannel:
    await run(sandbox, bot)
    return channel(bot, "general")


async def test_a_message_is_sent_read_changed_and_deleted(sandbox: Sandbox, general: discord.TextChannel) -> None:
    message = await general.send("one", embed=discord.Embed(title="t"))
    assert message.author == general.guild.me

    changed = await message.edit(content="two")
    assert changed.edited_at is not None
    read = await general.fetch_message(message.id)
    assert (read.content, [embed.title for embed in read.embeds]) == ("two", ["t"])
    await message.delete()
    assert sandbox.messages("Max", "general") == []
    with pytest.raises(discord.NotFound) as gone:
        await general.fetch_message(message.id)
    assert gone.value.code == 10008


async def test_the_history_is_paged_newest_first(sandbox: Sandbox, general: discord.TextChannel) -> None:
    for number in range(4):
        sandbox.write("Max", "general", str(number))
    sent = await general.send("4")

    assert [message.author.name async for message in general.history(limit=2)] == ["ddc-perf", "max"]
    before = [message.id async for message in general.history(before=sent)]
    assert before == sorted(before, reverse=True)
    assert len(before) == 4
    after = [message.id async for message in general.history(after=discord.Object(before[1]))]
    assert after == [before[0], sent.id]
    around = [message.id async for message in general.history(around=discord.Object(before[1]), limit=3)]
    assert set(around) == set(before[:3])


async def test_a_channel_that_the_bot_cannot_see_is_no_place_for_it(bot: Bot, general: discord.TextChannel) -> None:
    secret = channel(bot, "secret")

    for attempt in (secret.send("x"), secret.fetch_message(general.id), bot.fetch_channel(secret.id)):
        with pytest.raises(discord.Forbidden) as refused:
            await attempt
        assert refused.value.code == 50001


async def test_an_unknown_channel_is_not_found(bot: Bot, general: discord.TextChannel) -> None:
    with pytest.raises(discord.NotFound) as refused:
        await bot.fetch_channel(general.id + 99)
    assert refused.value.code == 10003


async def test_somebody_else_s_message_can_be_neither_changed_nor_deleted(
    sandbox: Sandbox, general: discord.TextChannel
) -> None:
    written = sandbox.write("Max", "general", "mine")
    message = general.get_partial_message(int(written["id"]))

    with pytest.raises(discord.Forbidden) as edited:
        await message.edit(content="yours")
    assert edited.value.code == 50005
    with pytest.raises(discord.Forbidden) as deleted:
        await message.delete()
    assert deleted.value.code == 50013


@pytest.mark.parametrize(
    ("denied", "arguments"),
    [
        (perms.SEND_MESSAGES, {"content": "x"}),
        (perms.EMBED_LINKS, {"embed": discord.Embed(title="t")}),
    ],
)
async def test_what_the_bot_may_not_do_in_a_channel_is_refused(
    sandbox: Sandbox, general: discord.TextChannel, denied: int, arguments: dict[str, object]
) -> None:
    sandbox.set_permissions("general", "@everyone", deny=denied)

    with pytest.raises(discord.Forbidden) as refused:
        await general.send(**arguments)  # type: ignore[call-overload]  # the table's rows differ
    assert refused.value.code == 50013


async def test_a_file_is_stored_served_and_kept_or_dropped_by_edits(
    sandbox: Sandbox, general: discord.TextChannel, http: aiohttp.ClientSession
) -> None:
    message = await general.send(files=[discord.File(io.BytesIO(b"a,b\n1,2\n"), "m é.csv", description="numbers")])

    [attachment] = message.attachments
    assert (attachment.filename, attachment.size, attachment.description) == ("m_.csv", 8, "numbers")
    assert attachment.content_type == "text/csv; charset=utf-8"
    async with http.get(attachment.url) as response:
        assert await response.read() == b"a,b\n1,2\n"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    second = discord.File(io.BytesIO(b"x"), "b.bin")
    message = await message.add_files(second)
    assert [each.filename for each in message.attachments] == ["m_.csv", "b.bin"]
    message = await message.remove_attachments(message.attachments[0])
    assert [each.filename for each in message.attachments] == ["b.bin"]
    async with http.get(attachment.url) as response:
        assert response.status == 404
    [request] = [each for each in sandbox.requests() if each.files and each.method == "POST"]
    assert request.files == [{"name": "m é.csv", "size": 8, "content_type": "application/octet-stream"}]
    assert isinstance(request.body, dict)


async def test_a_picture_in_an_embed_is_shown_there_and_not_listed_again(general: discord.TextChannel) -> None:
    embed = discord.Embed(title="Chart").set_image(url="attachment://chart.png")
    message = await general.send(embed=embed, file=discord.File(io.BytesIO(PNG), "chart.png"))

    image = message.embeds[0].image
    assert image.url is not None
    assert image.url.endswith("/chart.png")
    assert (image.width, image.height) == (640, 480)
    assert message.attachments == []


async def test_ten_mebibytes_pass_and_a_byte_more_is_refused(general: discord.TextChannel) -> None:
    full = await general.send(file=discord.File(io.BytesIO(bytes(UPLOAD_LIMIT)), "full.bin"))
    assert full.attachments[0].size == UPLOAD_LIMIT

    with pytest.raises(discord.HTTPException) as refused:
        await general.send(file=discord.File(io.BytesIO(bytes(UPLOAD_LIMIT + 1)), "over.bin"))
    assert (refused.value.status, refused.value.code) == (413, 40005)


async def test_mentions_ping_only_whom_they_may(sandbox: Sandbox, general: discord.TextChannel) -> None:
    state = sandbox.state("Ada")
    roles = {role["name"]: role["id"] for role in state["roles"]}
    text = f"<@{state['me']['id']}> <@&{roles['Docker operators']}> <@&{roles['Admin']}> @everyone"

    loud = await general.send(text)
    quiet = await general.send(text, allowed_mentions=discord.AllowedMentions.none())
    # Without the permission neither @everyone nor a role that is not mentionable is pinged.
    assert ([user.id for user in loud.mentions], loud.mention_everyone) == ([int(state["me"]["id"])], False)
    assert [role.name for role in loud.role_mentions] == ["Docker operators"]
    assert (quiet.mentions, quiet.role_mentions, quiet.mention_everyone) == ([], [], False)


async def test_a_nonce_that_must_be_unique_keeps_a_message_from_being_sent_twice(
    sandbox: Sandbox, general: discord.TextChannel
) -> None:
    first = await general.send("summary", nonce="2025-11-12")
    second = await general.send("summary", nonce="2025-11-12")

    assert first.id == second.id
    assert len(sandbox.messages("Max", "general")) == 1
    assert (await general.send("summary", nonce="2025-11-13")).id != first.id


async def test_a_reply_refers_to_its_message_and_must_find_it(general: discord.TextChannel) -> None:
    first = await general.send("one")
    reply = await first.reply("two", mention_author=False)

    assert reply.type is discord.MessageType.reply
    assert reply.reference is not None
    assert isinstance(reply.reference.resolved, discord.Message)
    assert reply.reference.resolved.id == first.id
    await first.delete()
    with pytest.raises(discord.HTTPException) as refused:
        await first.reply("three")
    assert refused.value.code == 50035


async def test_suppressed_embeds_are_hidden_and_come_back(general: discord.TextChannel) -> None:
    message = await general.send("x", embed=discord.Embed(title="t"))

    assert (await message.edit(suppress=True)).embeds == []
    assert (await message.edit(suppress=False)).embeds[0].title == "t"


async def test_typing_is_seen(sandbox: Sandbox, general: discord.TextChannel) -> None:
    with sandbox.hub.bus.watch(sandbox.state("Max")["me"]["id"]) as events:
        async with general.typing():
            event = await asyncio.wait_for(events.get(), 10)

    assert event == {"t": "typing", "channel_id": str(general.id), "user_id": str(general.guild.me.id)}


async def test_a_direct_message_reaches_a_person_and_no_bot(
    sandbox: Sandbox, bot: Bot, general: discord.TextChannel
) -> None:
    person = await bot.fetch_user(int(sandbox.state("Max")["me"]["id"]))
    sent = await person.send("hello")

    assert isinstance(sent.channel, discord.DMChannel)
    assert [message["content"] for message in sandbox.messages("Max", str(sent.channel.id))] == ["hello"]
    me = await bot.fetch_user(general.guild.me.id)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.http.start_private_message(me.id)
    assert refused.value.code == 50007


@pytest.mark.parametrize("granted", [0, 1 << 15])
async def test_the_text_of_a_message_is_told_only_with_the_intent_or_a_mention(
    open_sandbox: Callable[..., Awaitable[Sandbox]],
    make_bot: Callable[[discord.Intents], Bot],
    run: Callable[..., Awaitable[Bot]],
    granted: int,
) -> None:
    sandbox = await open_sandbox(granted_intents=granted)
    intents = discord.Intents.default()
    intents.message_content = bool(granted)
    bot = make_bot(intents)
    heard: asyncio.Queue[discord.Message] = asyncio.Queue()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        await heard.put(message)

    await run(sandbox, bot)

    sandbox.write("Max", "general", "plain")
    sandbox.write("Max", "general", f"<@{bot.application_id}> mentioned")
    plain, mentioned = [await asyncio.wait_for(heard.get(), 10) for _ in range(2)]
    assert plain.content == ("plain" if granted else "")
    assert "mentioned" in mentioned.content
    assert isinstance(plain.author, discord.Member)


@pytest.mark.parametrize(
    ("place", "text", "words"),
    [("reports", "hello", "permission"), ("general", " ", "empty"), ("general", "x" * 2001, "too long")],
)
async def test_a_person_writes_only_where_and_what_discord_lets_them(
    sandbox: Sandbox, place: str, text: str, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        sandbox.write("Max", place, text)
