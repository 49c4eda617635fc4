from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import discord
import pytest
from discord import app_commands

from sandbox import permissions as perms
from sandbox.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.server import Sandbox
    from tests.contract.sandbox.conftest import Bot


def names(sandbox: Sandbox, user: str) -> list[str]:
    return [command["name"] for command in sandbox.state(user)["commands"]]


async def test_a_sync_keeps_the_ids_of_commands_that_stay_and_drops_the_others(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("ok")

    bot.tree.add_command(app_commands.Command(name="stays", description="d", callback=answer))
    bot.tree.add_command(app_commands.Command(name="goes", description="d", callback=answer))
    await run(sandbox, bot)
    before = {command.name: command.id for command in await bot.tree.fetch_commands()}

    bot.tree.remove_command("goes")
    [after] = await bot.tree.sync()
    assert after.id == before["stays"]
    with pytest.raises(discord.NotFound) as gone:
        await bot.tree.fetch_command(before["goes"])
    assert gone.value.code == 10063


async def test_guild_commands_are_apart_from_global_ones(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    guild = discord.Object(int(sandbox.guild_id))

    @bot.tree.command(description="d")
    async def everywhere(interaction: discord.Interaction) -> None: ...

    @bot.tree.command(description="d", guild=guild)
    async def here(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(str(interaction.command and interaction.command.name))

    await run(sandbox, bot)
    assert names(sandbox, "Max") == ["everywhere"]

    await bot.tree.sync(guild=guild)
    assert names(sandbox, "Max") == ["here", "everywhere"]
    assert [command.name for command in await bot.tree.fetch_commands()] == ["everywhere"]
    record = await sandbox.run_command("Max", "general", "here").wait()
    assert record.messages[0]["content"] == "here"


async def test_a_command_that_breaks_a_rule_is_refused_with_its_path(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    await run(sandbox, bot)

    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.bulk_upsert_global_commands(
            int(bot.application_id or 0), [{"name": "Bad Name", "description": "", "type": 1}]
        )
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert "0.name" in str(refused.value)


async def test_only_who_has_the_default_permissions_sees_and_runs_a_command(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    @bot.tree.command(description="d")
    @app_commands.default_permissions(administrator=True)
    async def perf(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("ok")

    await run(sandbox, bot)

    assert (names(sandbox, "Ada"), names(sandbox, "Max")) == (["perf"], [])
    assert (await sandbox.run_command("Ada", "general", "perf").wait()).state == "done"
    with pytest.raises(Refused, match="no command /perf"):
        sandbox.run_command("Max", "general", "perf")

    sandbox.set_roles("Max", ["Admin"])
    assert names(sandbox, "Max") == ["perf"]


async def test_an_interaction_carries_what_the_person_is_and_may(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    seen: list[discord.Interaction] = []

    @bot.tree.command(description="d")
    async def who(interaction: discord.Interaction) -> None:
        seen.append(interaction)
        await interaction.response.send_message("ok")

    await run(sandbox, bot)
    for user in ("Ada", "Olga"):
        await sandbox.run_command(user, "reports", "who").wait()

    ada, olga = seen
    assert isinstance(ada.user, discord.Member)
    assert isinstance(olga.user, discord.Member)
    assert ada.permissions.administrator
    assert not olga.permissions.send_messages
    assert [role.name for role in olga.user.roles] == ["@everyone", "Docker operators"]
    assert ada.app_permissions.send_messages
    assert ada.guild == bot.guilds[0]
    assert isinstance(ada.channel, discord.TextChannel)
    assert ada.channel.name == "reports"
    assert (ada.locale, ada.guild_locale) == (discord.Locale.american_english, discord.Locale.american_english)
    assert ada.filesize_limit == 10 * 1024 * 1024
    assert ada.is_guild_integration()
    assert ada.context.guild


async def test_every_type_of_option_arrives_converted(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    got: dict[str, Any] = {}

    @bot.tree.command(description="d")
    async def take(  # noqa: PLR0917 - options come by name
        interaction: discord.Interaction,
        text: str,
        number: app_commands.Range[int, 1, 10],
        share: float,
        yes: bool,  # noqa: FBT001 - an option
        member: discord.Member,
        channel: discord.TextChannel,
        role: discord.Role,
        anyone: discord.Member | discord.Role,
        form: Literal["json", "csv"] = "json",
    ) -> None:
        got.update(text=text, number=number, share=share, yes=yes, member=member, channel=channel, role=role, form=form)
        got["anyone"] = anyone
        await interaction.response.send_message("ok")

    await run(sandbox, bot)
    given = {
        "text": "hello",
        "number": "7",
        "share": 0.5,
        "yes": "true",
        "member": "Olga",
        "channel": "general",
        "role": "Admin",
        "anyone": "Max",
        "form": "csv",
    }
    record = await sandbox.run_command("Ada", "general", "take", given).wait()

    assert record.state == "done"
    assert (got["text"], got["number"], got["share"], got["yes"], got["form"]) == ("hello", 7, 0.5, True, "csv")
    assert (got["member"].display_name, got["channel"].name, got["role"].name) == ("Olga", "general", "Admin")
    assert got["anyone"].display_name == "Max"
    assert not bot.errors
    with pytest.raises(Refused, match="between 1 and 10"):
        sandbox.run_command("Ada", "general", "take", given | {"number": 11})
    with pytest.raises(Refused, match="required"):
        sandbox.run_command("Ada", "general", "take", {"text": "hello"})


async def test_subcommands_in_groups_are_run_by_their_full_name(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    perf = app_commands.Group(name="perf", description="d")
    day = app_commands.Group(name="day", description="d", parent=perf)

    @day.command(description="d")
    async def summary(interaction: discord.Interaction, hours: int = 24) -> None:
        assert interaction.command is not None
        await interaction.response.send_message(f"{interaction.command.qualified_name} {hours}")

    bot.tree.add_command(perf)
    await run(sandbox, bot)

    record = await sandbox.run_command("Ada", "general", "/perf day summary", {"hours": 6}).wait()
    assert record.messages[0]["content"] == "perf day summary 6"
    assert record.command == "perf day summary"


async def test_autocomplete_sends_what_is_typed_and_brings_the_choices(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    @bot.tree.command(description="d")
    async def restart(interaction: discord.Interaction, container: str, grace: int = 0) -> None: ...

    @restart.autocomplete("container")
    async def complete(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        grace = interaction.namespace.grace
        return [app_commands.Choice(name=f"{name} {grace}", value=name) for name in ("web", "db") if current in name]

    await run(sandbox, bot)

    choices = await sandbox.autocomplete("Max", "general", "restart", {"container": "w", "grace": 5}, "container")
    assert choices == [{"name": "web 5", "value": "web"}]
    with pytest.raises(Refused, match="no autocomplete"):
        await sandbox.autocomplete("Max", "general", "restart", {}, "grace")


async def test_too_many_choices_are_refused_and_the_person_sees_none(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    errors: list[int] = []

    @bot.tree.command(description="d")
    async def restart(interaction: discord.Interaction, container: str) -> None: ...

    @restart.autocomplete("container")
    async def complete(interaction: discord.Interaction, _: str) -> list[app_commands.Choice[str]]:
        try:
            await interaction.response.autocomplete([app_commands.Choice(name=str(n), value=str(n)) for n in range(26)])
        except discord.HTTPException as error:
            errors.append(error.code)
        return []

    await run(sandbox, bot)

    assert await sandbox.autocomplete("Max", "general", "restart", {}, "container") == []
    assert errors == [50035]


async def test_context_menu_commands_get_their_target(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    @bot.tree.context_menu(name="Who is this")
    async def who(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(member.display_name)

    @bot.tree.context_menu(name="How long")
    async def length(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(str(len(message.content)))

    await run(sandbox, bot)
    written = sandbox.write("Max", "general", "hello")

    record = await sandbox.run_command("Ada", "general", "Who is this", target="Olga").wait()
    assert record.messages[0]["content"] == "Olga"
    record = await sandbox.run_command("Ada", "general", "How long", target=written["id"]).wait()
    assert record.messages[0]["content"] == "5"
    with pytest.raises(Refused, match="no context menu command"):
        sandbox.run_command("Ada", "general", "Gone", target="Olga")


async def test_commands_need_a_channel_that_the_person_sees_and_the_permission(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    @bot.tree.command(description="d")
    async def ping(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("pong")

    await run(sandbox, bot)

    with pytest.raises(Refused, match="cannot see #secret"):
        sandbox.run_command("Max", "secret", "ping")
    # Interactions reach the bot even from a channel that it cannot see.
    record = await sandbox.run_command("Ada", "secret", "ping").wait()
    assert record.messages[0]["content"] == "pong"
    sandbox.set_permissions("general", "@everyone", deny=perms.USE_APPLICATION_COMMANDS)
    with pytest.raises(Refused, match="may not use commands"):
        sandbox.run_command("Max", "general", "ping")


async def test_more_than_a_hundred_commands_are_refused(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    await run(sandbox, bot)

    commands = [{"name": f"c{number}", "description": "d", "type": 1} for number in range(101)]
    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.bulk_upsert_global_commands(int(bot.application_id or 0), commands)
    assert refused.value.code == 30032
    assert names(sandbox, "Ada") == []
