"""The cog in another author's bot, which has folders of the same names with files of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox.server import Sandbox
from tests.e2e.bot_process import ROOT, BotProcess
from tests.e2e.world import World, bot_environment, check_whole, text_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOT = """\
import sys
# This project is installed in place where the tests run, and would lend what was not copied.
sys.meta_path[:] = [one for one in sys.meta_path if "editable" not in getattr(one, "__module__", "")]
import discord, os
from discord.ext import commands
from utils.greetings import greet
class Tree(discord.app_commands.CommandTree):
    async def _call(self, interaction):
        interaction.extras["theirs"] = True
        await super()._call(interaction)
    async def on_error(self, interaction, error):
        await interaction.response.send_message("Their own words.")
class Bot(BASE):
    async def setup_hook(self):
        await self.load_extension("cogs.fun")
        await self.load_extension("cogs.perf")
        self.tree.copy_global_to(guild=discord.Object(os.environ["DDC_GUILD_ID"]))
        await self.tree.sync(guild=discord.Object(os.environ["DDC_GUILD_ID"]))
bot = Bot(tree_cls=Tree, command_prefix="!", intents=discord.Intents.default())
bot.run(os.environ["DISCORD_BOT_TOKEN"], log_handler=None)
"""

FUN = """\
import os
from discord import app_commands
from discord.ext import commands
from utils.greetings import greet
from utils.performance_metrics import get_performance_metrics


class Fun(commands.Cog):
    @app_commands.command(description="Say hello")
    async def hello(self, interaction):
        get_performance_metrics().record("theirs", 0.1, metadata={"said": os.environ["DISCORD_BOT_TOKEN"]})
        await interaction.response.send_message(greet(interaction.user.display_name))

    @app_commands.command(description="Fail")
    async def greet(self, interaction):
        raise KeyError("nobody")

    @commands.hybrid_command(description="Divide by zero")
    async def divide(self, ctx):
        await ctx.defer()
        1 / 0

    @divide.error
    async def divided(self, ctx, error):
        await ctx.send("That went wrong.")


async def setup(bot):
    await bot.add_cog(Fun())
"""


def lay_out(folder: Path, *, packages: bool, base: str = "commands.Bot") -> None:
    """A ten-line bot of somebody else, and our folders copied into it as the README says."""
    for name, file, content in (
        ("cogs", "fun.py", FUN),
        ("utils", "greetings.py", "def greet(name):\n    return f'Hello, {name}!'\n"),
    ):
        (folder / name).mkdir(parents=True)
        (folder / name / file).write_text(content, encoding="utf-8")
        if packages:
            (folder / name / "__init__.py").write_text("FOREIGN = True\n", encoding="utf-8")
    (folder / "their_bot.py").write_text(BOT.replace("BASE", base), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "vendor", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("packages", "base"),
    [(True, "commands.Bot"), (False, "commands.Bot"), (True, "commands.AutoShardedBot")],
    ids=["with __init__.py", "without __init__.py", "sharded"],
)
async def test_a_foreign_bot_sees_its_own_commands_in_perf_stats(tmp_path: Path, packages: bool, base: str) -> None:  # noqa: FBT001 - a parameter of the test
    lay_out(tmp_path / "their", packages=packages, base=base)
    async with Sandbox() as sandbox:
        bot = BotProcess(tmp_path / "run", bot_environment(sandbox), module="their_bot", cwd=tmp_path / "their")
        world = World(sandbox, bot)
        await world.log_in()
        assert text_of(await world.run("hello", user="Max")) == "Hello, Max!"
        await world.run("divide", user="Max")
        stats = text_of(await world.run("perf stats"))
        assert "command.hello" in stats
        assert "command.divide" in stats
        chart = await world.run("perf chart", operation="command.hello")
        (shown,) = chart.messages[0]["embeds"]
        assert shown["image"]["description"].startswith("Dot chart of each call of command.hello"), shown
        failed = await bot.recorded("command.divide", outcome="error")
        assert failed["metadata"]["error_type"] == "ZeroDivisionError"
        assert text_of(await world.run("greet", user="Max")) == "Their own words."
        assert (await bot.recorded("command.greet", outcome="error"))["metadata"]["error_type"] == "KeyError"
        # What their own code measures may quote the token: it is not kept.
        assert sandbox.token not in str((await bot.recorded("theirs"))["metadata"])
        hello = await bot.recorded("command.hello", outcome="ok")
        assert hello["metadata"]["ack"] > 0
        await bot.stop()
        check_whole(sandbox, bot, starting="Client.run.<locals>.runner")
