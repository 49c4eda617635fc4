"""What the sandbox answers, held against Discord's published OpenAPI file when it lies beside the checkout."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import discord
import pytest
from discord import app_commands
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.interactions import Interaction
    from sandbox.server import Sandbox
    from tests.contract.sandbox.conftest import Bot

OPENAPI = Path(__file__).parents[3].parent / "shared" / "discord" / "openapi.json"

pytestmark = pytest.mark.skipif(not OPENAPI.exists(), reason="Discord's OpenAPI file is not beside the checkout")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(json.loads(OPENAPI.read_text(encoding="utf-8")))


def complaint(document: dict[str, Any], schema: dict[str, Any], value: object) -> str | None:
    validator = Draft202012Validator({**schema, "components": document["components"]})
    error = best_match(validator.iter_errors(value))
    return None if error is None else f"{error.json_path}: {error.message[:300]}"


class View(discord.ui.View):
    @discord.ui.button(label="Go", emoji="🔁", custom_id="go")
    async def go(self, interaction: discord.Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.edit_message(content="gone")

    @discord.ui.select(custom_id="pick", options=[discord.SelectOption(label="web", emoji="📦", description="d")])
    async def pick(self, interaction: discord.Interaction, _: discord.ui.Select[Self]) -> None:
        await interaction.response.send_message("picked", ephemeral=True)

    @discord.ui.button(label="Ask", custom_id="ask", style=discord.ButtonStyle.danger)
    async def ask(self, interaction: discord.Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.send_modal(Ask())


class Ask(discord.ui.Modal, title="Ask"):
    why: discord.ui.TextInput[Self] = discord.ui.TextInput(label="Why", custom_id="why")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("because")


async def visit_every_route(sandbox: Sandbox, bot: Bot) -> list[Interaction]:
    """Let the bot use every route that the sandbox has."""
    application, guild = int(bot.application_id or 0), bot.guilds[0]
    channel = guild.text_channels[0]
    embed = discord.Embed(title="t", description="d", url="https://example.org", timestamp=discord.utils.utcnow())
    embed.add_field(name="n", value="v").set_footer(text="f").set_author(name="a").set_image(url="attachment://c.png")
    sent = await channel.send("hello", embed=embed, file=discord.File(io.BytesIO(b"x"), "c.png"), nonce="n")
    await sent.reply("reply")
    await sent.edit(attachments=[discord.File(io.BytesIO(b"y"), "d.txt", description="d")])
    await channel.typing()
    [message async for message in channel.history()]
    await channel.fetch_message(sent.id)
    await bot.fetch_channel(channel.id)
    await bot.fetch_guild(guild.id)
    await guild.fetch_channels()
    await guild.fetch_roles()
    await guild.fetch_role(guild.roles[1].id)
    await guild.fetch_member(guild.me.id)
    await bot.http.get_members(guild.id, 10, None)
    await bot.fetch_user(guild.me.id)
    [each async for each in bot.fetch_guilds()]
    await bot.application_info()
    await bot.http.get_bot_gateway()
    person = await bot.fetch_user(int(sandbox.state("Max")["me"]["id"]))
    await person.send("direct")
    command = {"name": "extra", "description": "d", "type": 1}
    created = await bot.http.upsert_global_command(application, command)  # type: ignore[arg-type]  # a plain command
    await bot.http.edit_global_command(application, created["id"], {**command, "description": "e"})
    await bot.http.get_global_command(application, int(created["id"]))
    await bot.http.get_global_commands(application)
    await bot.http.delete_global_command(application, int(created["id"]))

    shown = await sandbox.run_command("Max", "general", "show").wait()
    message_id = shown.messages[0]["id"]
    await sandbox.autocomplete("Max", "general", "show", {"what": "x"}, "what")
    picked = await sandbox.use_component("Max", "general", message_id, "pick", ["web"]).wait()
    asked = await sandbox.use_component("Max", "general", message_id, "ask").wait()
    told = await sandbox.submit_modal("Max", asked.id, {"why": "x"}).wait()
    gone = await sandbox.use_component("Max", "general", message_id, "go").wait()
    return [shown, picked, asked, told, gone]


@pytest.fixture
async def visited(
    open_sandbox: Callable[..., Awaitable[Sandbox]],
    make_bot: Callable[[discord.Intents], Bot],
    run: Callable[..., Awaitable[Bot]],
) -> Sandbox:
    intents = discord.Intents.default()
    intents.members = True
    sandbox = await open_sandbox(granted_intents=1 << 1, ack_seconds=60.0)
    bot = make_bot(intents)

    @bot.tree.command(description="d")
    @app_commands.default_permissions(send_messages=True)
    async def show(interaction: discord.Interaction, what: str = "", member: discord.Member | None = None) -> None:
        assert (what, member) == ("", None)
        await interaction.response.send_message("shown", view=View())
        original = await interaction.original_response()
        await original.edit(content="shown again")
        further = await interaction.followup.send("more", wait=True, ephemeral=True)
        await interaction.followup.fetch_message(further.id)
        await further.delete()

    @show.autocomplete("what")
    async def complete(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name="x", value=current)]

    await run(sandbox, bot)
    records = await visit_every_route(sandbox, bot)
    assert [record.state for record in records] == ["done"] * 5
    return sandbox


async def test_every_answer_has_the_shape_that_discord_publishes(visited: Sandbox, document: dict[str, Any]) -> None:
    seen: set[tuple[str, str]] = set()
    complaints = []
    for request in visited.requests():
        assert request.route is not None
        responses = document["paths"][request.route][request.method.lower()]["responses"]
        seen.add((request.method, request.route))
        if request.response is None:
            assert str(request.status) in responses, request
            continue
        schema = responses[str(request.status)]["content"]["application/json"]["schema"]
        wrong = complaint(document, schema, request.response)
        if wrong is not None:
            complaints.append(f"{request.method} {request.route}: {wrong}")

    assert complaints == []
    assert len(seen) >= 25


async def test_the_messages_that_people_see_have_the_published_shape(
    visited: Sandbox, document: dict[str, Any]
) -> None:
    schema = document["components"]["schemas"]["MessageResponse"]
    state = visited.state("Max")
    messages = [message for channel in state["messages"].values() for message in channel]

    assert len(messages) > 3
    assert [wrong for wrong in (complaint(document, schema, message) for message in messages) if wrong] == []


async def test_interactions_carry_objects_of_the_published_shapes(visited: Sandbox, document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for record in visited.hub.interactions.records.values():
        payload = record.payload
        assert complaint(document, schemas["GuildMemberResponse"], payload["member"]) is None
        assert complaint(document, schemas["GuildChannelResponse"], payload["channel"]) is None
        if "message" in payload:
            assert complaint(document, schemas["MessageResponse"], payload["message"]) is None


async def test_refusals_have_the_published_shape(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]], document: dict[str, Any]
) -> None:
    await run(sandbox, bot)
    channel = bot.guilds[0].text_channels[0]
    for text in ("", "x" * 2001):
        with pytest.raises(discord.HTTPException):
            await channel.send(text)
    sandbox.fault("429", path="messages", seconds=0.01)
    await channel.send("x")

    refused = [request for request in sandbox.requests() if request.status >= 400]
    assert [request.status for request in refused] == [400, 400, 429]
    schemas = document["components"]["schemas"]
    for request in refused:
        # Not `ErrorResponse`: the file has numbers for the codes of fields, which Discord sends as names.
        schema = schemas["RatelimitedResponse" if request.status == 429 else "Error"]
        assert complaint(document, schema, request.response) is None
