"""A small bot that shows one of everything, for the tests of the chat page. Its own process: `python show_bot.py`.

The sandbox's addresses come from SANDBOX_API, SANDBOX_GATEWAY and SANDBOX_TOKEN. It prints "ready" when its commands
are registered.
"""

from __future__ import annotations

import asyncio
import io
import os
import struct
import zlib
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

Tree = app_commands.CommandTree["ShowBot"]

FRUIT = ["apple", "apricot", "banana", "cherry", "date"]


def picture(width: int = 320, height: int = 120) -> bytes:
    """A small PNG with a gradient."""
    rows = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (60 + x // 4, 90 + y, 200 - y)) for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Buttons(discord.ui.View):
    """A button of each style, one that counts and one that never answers."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.count = 0
        self.add_item(discord.ui.Button(label="Docs", url="https://example.com/docs"))
        self.add_item(discord.ui.Button(label="Off", disabled=True))

    @discord.ui.button(label="Count", style=discord.ButtonStyle.primary, emoji="\N{ABACUS}")
    async def add(self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]) -> None:
        """Change the message in place."""
        self.count += 1
        await interaction.response.edit_message(content=f"Pressed {self.count} times")

    @discord.ui.button(label="Ignore", style=discord.ButtonStyle.danger)
    async def ignore(self, _: discord.Interaction, __: discord.ui.Button[Buttons]) -> None:
        """Never answer."""

    @discord.ui.button(label="Whisper", style=discord.ButtonStyle.success)
    async def whisper(self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]) -> None:
        """Answer with a message for one."""
        await interaction.response.send_message("Just between us.", ephemeral=True)


class Selects(discord.ui.View):
    """A select of each kind."""

    @discord.ui.select(
        placeholder="Pick a fruit",
        custom_id="fruit",
        options=[discord.SelectOption(label=name.title(), value=name, description=f"A {name}") for name in FRUIT],
    )
    async def fruit(self, interaction: discord.Interaction, select: discord.ui.Select[Selects]) -> None:
        """Say what was picked."""
        await interaction.response.send_message(f"Fruit: {', '.join(select.values)}")

    @discord.ui.select(
        placeholder="Pick some",
        custom_id="some",
        min_values=1,
        max_values=3,
        options=[discord.SelectOption(label=name.title(), value=name, emoji="\N{GREEN APPLE}") for name in FRUIT],
    )
    async def some(self, interaction: discord.Interaction, select: discord.ui.Select[Selects]) -> None:
        """Say what was picked."""
        await interaction.response.send_message(f"Some: {', '.join(select.values)}")

    @discord.ui.select(cls=discord.ui.UserSelect, placeholder="Pick a person", custom_id="person")
    async def person(self, interaction: discord.Interaction, select: discord.ui.UserSelect[Selects]) -> None:
        """Say who was picked."""
        await interaction.response.send_message(f"Person: {select.values[0].display_name}")

    @discord.ui.select(cls=discord.ui.RoleSelect, placeholder="Pick a role", custom_id="role")
    async def role(self, interaction: discord.Interaction, select: discord.ui.RoleSelect[Selects]) -> None:
        """Say which was picked."""
        await interaction.response.send_message(f"Role: {select.values[0].name}")

    @discord.ui.select(cls=discord.ui.ChannelSelect, placeholder="Pick a channel", custom_id="channel")
    async def channel(self, interaction: discord.Interaction, select: discord.ui.ChannelSelect[Selects]) -> None:
        """Say which was picked."""
        await interaction.response.send_message(f"Channel: {select.values[0].name}")


class Layout(discord.ui.LayoutView):
    """Layout components in place of content."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        gallery: discord.ui.MediaGallery[Layout] = discord.ui.MediaGallery()
        gallery.add_item(media="attachment://chart.png")
        button: discord.ui.Button[Layout] = discord.ui.Button(label="Open", custom_id="open")
        self.add_item(
            discord.ui.Container(
                discord.ui.TextDisplay("## Heading\n**bold** text"),
                discord.ui.Separator(),
                discord.ui.Section("Beside a button", accessory=button),
                gallery,
                accent_colour=0x5865F2,
            )
        )


class Feedback(discord.ui.Modal, title="Send feedback"):
    """A dialog with a short text, a long one and a select."""

    subject: discord.ui.TextInput[Feedback] = discord.ui.TextInput(label="Subject", custom_id="subject", min_length=3)
    detail: discord.ui.TextInput[Feedback] = discord.ui.TextInput(
        label="Details", custom_id="detail", style=discord.TextStyle.paragraph, required=False, max_length=200
    )
    mood: discord.ui.Label[Feedback] = discord.ui.Label(
        text="Mood",
        component=discord.ui.Select(
            custom_id="mood", options=[discord.SelectOption(label="Good"), discord.SelectOption(label="Bad")]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Say what was sent."""
        select = self.mood.component
        mood = select.values[0] if isinstance(select, discord.ui.Select) else ""
        await interaction.response.send_message(f"{self.subject.value} / {self.detail.value} / {mood}")


class ShowBot(discord.Client):
    """Registers its commands in the sandbox's guild."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)
        register_typed(self.tree)
        register_shown(self.tree)
        register_pressed(self.tree)
        register_timed(self.tree, asyncio.Event())

    async def setup_hook(self) -> None:
        """Register the commands."""
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Tell the test."""
        print("ready", flush=True)  # noqa: T201 - this is how the test hears of it


def register_typed(tree: Tree) -> None:
    """Commands with options."""

    @tree.command(name="echo", description="Say it again")
    @app_commands.describe(text="What to say", times="How often", loud="In capitals")
    async def echo(
        interaction: discord.Interaction,
        text: str,
        times: app_commands.Range[int, 1, 5] = 1,
        loud: bool = False,  # noqa: FBT001, FBT002 - discord.py makes an option of it
    ) -> None:
        said = (text.upper() if loud else text) + "\n"
        await interaction.response.send_message((said * times).rstrip())

    @tree.command(name="fruit", description="Choose a fruit and what becomes of it")
    @app_commands.describe(name="Which fruit", dish="What becomes of it", guest="Who eats it")
    @app_commands.choices(
        dish=[app_commands.Choice(name="Fruit pie", value="pie"), app_commands.Choice(name="Jam", value="jam")]
    )
    async def fruit(
        interaction: discord.Interaction, name: str, dish: str = "pie", guest: discord.Member | None = None
    ) -> None:
        eater = guest.display_name if guest else "nobody"
        await interaction.response.send_message(f"{name} {dish} for {eater}")

    @fruit.autocomplete("name")
    async def names(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name.title(), value=name) for name in FRUIT if typed.lower() in name]


def register_shown(tree: Tree) -> None:
    """Commands that show something."""

    @tree.command(name="embed", description="An embed with everything")
    async def embed(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(
            embed=full_embed(), file=discord.File(io.BytesIO(picture()), "chart.png")
        )

    @tree.command(name="limits", description="Embeds as large as Discord takes them")
    async def limits(interaction: discord.Interaction) -> None:
        large = discord.Embed(title="T" * 256, description="d " * 1500, colour=0xED4245)
        for number in range(25):
            large.add_field(name=f"Field {number}", value="v" * 60, inline=number % 4 != 0)
        await interaction.response.send_message(embed=large)

    @tree.command(name="echo-everywhere", description="Put a text into every place that holds text")
    async def everywhere(interaction: discord.Interaction, text: str) -> None:
        view = discord.ui.View()
        view.add_item(discord.ui.Button(label=text[:80], custom_id="b"))
        option = discord.SelectOption(label=text[:100], value="v", description=text[:100])
        view.add_item(discord.ui.Select(placeholder=text[:150], options=[option], custom_id="s"))
        holder = discord.Embed(title=text, description=text)
        holder.add_field(name=text, value=text)
        holder.set_author(name=text)
        holder.set_footer(text=text)
        note = discord.File(io.BytesIO(b"x"), "a'onload=alert(1) .txt")
        await interaction.response.send_message(
            f"{text}\n`{text}`\n```{text}```\n> {text}", embed=holder, view=view, file=note
        )

    @tree.command(name="file", description="Send files")
    async def file(interaction: discord.Interaction) -> None:
        files = [
            discord.File(io.BytesIO(b"a,b\n1,2\n" * 200), "table.csv"),
            discord.File(io.BytesIO(picture()), "picture.png"),
        ]
        await interaction.response.send_message("Two files", files=files)

    @tree.command(name="layout", description="Show layout components")
    async def layout(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=Layout(), file=discord.File(io.BytesIO(picture()), "chart.png"))

    @tree.command(name="ping", description="Mention somebody")
    async def ping(interaction: discord.Interaction, who: discord.Member) -> None:
        await interaction.response.send_message(f"Hello {who.mention}", allowed_mentions=discord.AllowedMentions.all())


def register_pressed(tree: Tree) -> None:
    """Commands with something to press."""

    @tree.command(name="buttons", description="Buttons of every style")
    async def buttons(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Press one", view=Buttons())

    @tree.command(name="selects", description="Selects of every kind")
    async def selects(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Pick", view=Selects(timeout=None))

    @tree.command(name="form", description="Open a dialog")
    async def form(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Feedback())


def register_timed(tree: Tree, gate: asyncio.Event) -> None:
    """Commands that answer in their own time, or one person alone."""

    @tree.command(name="secret", description="Tell only you")
    async def secret(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("For your eyes only.", ephemeral=True)

    @tree.command(name="slow", description="Think until /go")
    async def slow(interaction: discord.Interaction) -> None:
        gate.clear()
        await interaction.response.defer()
        await gate.wait()
        await interaction.followup.send("Thought it over.")

    @tree.command(name="go", description="End the thinking of /slow")
    async def go(interaction: discord.Interaction) -> None:
        gate.set()
        await interaction.response.send_message("Gone.", ephemeral=True)

    @tree.command(name="silent", description="Never answer")
    async def silent(_: discord.Interaction) -> None:
        return


def full_embed() -> discord.Embed:
    """An embed that uses every part."""
    embed = discord.Embed(
        title="**Performance** · last 24 h <t:0:R>",
        url="https://example.com/report",
        description="Slower since <t:1700000000:R>. [Details](https://example.com/a)\n```py\nprint(1)\n```",
        colour=0xFAA61A,
        timestamp=discord.utils.utcnow(),
    )
    embed.set_author(name="Engine **20.10**", url="https://example.com")
    embed.set_footer(text="exact **over** 4,812 calls <t:0:R>")
    for name, value in (("p50", "320 ms"), ("p95", "1.8 s"), ("p99", "`too few`")):
        embed.add_field(name=name, value=value)
    embed.add_field(name="By container", value="`postgres` 71\n`nginx` 118", inline=False)
    embed.set_image(url="attachment://chart.png")
    return embed


def main() -> None:
    """Run against the sandbox that the environment names."""
    Route.BASE = os.environ["SANDBOX_API"]
    gateway: Any = DiscordWebSocket
    gateway.DEFAULT_GATEWAY = yarl.URL(os.environ["SANDBOX_GATEWAY"])
    ShowBot().run(os.environ["SANDBOX_TOKEN"], log_level=30)


if __name__ == "__main__":
    main()
