"""What we rely on in discord.py's private parts, tried with a real bot in the sandbox.

When this fails after an update of discord.py, a hook has moved: see cogs/perf/hooks.py.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import discord
import pytest
import yarl
from discord import app_commands
from discord.ext import commands, tasks
from discord.gateway import DiscordWebSocket

from bot.errors import answer_orphan
from bot.health.gateway import last_heard
from cogs.perf.hooks import CLASS_HOOKS
from cogs.perf.instrumentation import attach, detach, note_outcome
from sandbox.server import Sandbox
from utils.metrics.outcome import Outcome
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.interactions import Interaction

PING = 0.15  # seconds a person takes to press, in these tests


class Wrong(Exception):  # noqa: N818 - a name for the record
    """An error whose text must not be recorded."""


class Panel(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=60)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        data: Any = interaction.data
        allowed: bool = data["custom_id"] != "refused"
        if not allowed:
            await interaction.response.send_message("no")
        return allowed

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, item: discord.ui.Item[Any]
    ) -> None:
        await interaction.response.send_message("oops")

    @discord.ui.button(label="good", custom_id="good")
    async def good(self, interaction: discord.Interaction[Any], _: discord.ui.Button[Panel]) -> None:
        await interaction.response.send_message("fine")
        self.stop()

    @discord.ui.button(label="bad", custom_id="bad")
    async def bad(self, interaction: discord.Interaction[Any], _: discord.ui.Button[Panel]) -> None:
        raise Wrong("secret")

    @discord.ui.button(label="refused", custom_id="refused")
    async def refused(self, interaction: discord.Interaction[Any], _: discord.ui.Button[Panel]) -> None:
        raise AssertionError("never called")


class Form(discord.ui.Modal, title="Form"):
    text: discord.ui.TextInput[Form] = discord.ui.TextInput(label="text", custom_id="text")

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        if self.text.value == "bad":
            raise Wrong("secret")
        await interaction.response.send_message("thanks")

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:  # type: ignore[override] # so it is for a Modal
        await interaction.response.send_message("oops")


class Lasting(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"lasting:(?P<what>\w+)"):
    def __init__(self, what: str) -> None:
        super().__init__(discord.ui.Button(label=what, custom_id=f"lasting:{what}"))
        self.what = what

    @classmethod
    async def from_custom_id(cls, _: Any, __: Any, match: Any, /) -> Lasting:  # noqa: ANN401 - discord.py's signature
        return cls(match["what"])

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        if self.what == "broken":
            raise Wrong("secret")
        if self.what == "refused":
            await interaction.response.send_message("no")
        return self.what != "refused"

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("fine")
        if self.what == "bad":
            raise Wrong("secret")


class Tree(app_commands.CommandTree["Bot"]):
    """A subclass of its own, as many bots have."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        blocked = interaction.user.name == "max" and interaction.type is discord.InteractionType.application_command
        if blocked:
            await interaction.response.send_message("you are blocked")
        return not blocked

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        if not interaction.response.is_done():
            await interaction.response.send_message("oops")


class Bot(commands.Bot):
    def __init__(self) -> None:
        super().__init__(
            command_prefix="!",
            intents=discord.Intents(guilds=True, guild_messages=True),
            tree_cls=Tree,
            help_command=None,
        )
        self.ran = 0
        self.guild_object = discord.Object(0)
        own: tuple[app_commands.Command[Any, ..., Any], ...] = (
            good,
            bad,
            denied,
            waits,
            asks,
            form,
            cancelled,
            lasting,
            listens,
            layout,
        )
        for command in own:
            self.tree.add_command(command)
        self.tree.add_command(menu)
        self.add_command(both)
        self.add_command(typed)
        self.add_dynamic_items(Lasting)
        self.first_run = asyncio.Event()

    async def setup_hook(self) -> None:
        self.tree.copy_global_to(guild=self.guild_object)
        await self.tree.sync(guild=self.guild_object)

    @tasks.loop(seconds=0.05)
    async def tick(self) -> None:
        self.ran += 1
        self.first_run.set()
        if self.ran == 2:
            raise Wrong("secret")


@app_commands.command(description="d")
async def good(interaction: discord.Interaction[Any], word: str = "") -> None:
    await interaction.response.send_message("fine")


@good.autocomplete("word")
async def words(interaction: discord.Interaction[Any], typed_so_far: str) -> list[app_commands.Choice[str]]:
    if typed_so_far == "bad":
        raise Wrong("secret")
    if typed_so_far == "refused":
        note_outcome(Outcome.DENIED)
    return [app_commands.Choice(name="one", value="one")]


@app_commands.command(description="d")
async def bad(interaction: discord.Interaction[Any]) -> None:
    raise Wrong("secret")


@app_commands.command(description="d")
@app_commands.checks.has_permissions(administrator=True)
async def denied(interaction: discord.Interaction[Any]) -> None:
    raise AssertionError("never called")


@app_commands.command(description="d")
async def waits(interaction: discord.Interaction[Any], within: str = "") -> None:
    view = Panel()
    await interaction.response.send_message("press", view=view)
    if within == "wait_for":
        await asyncio.wait_for(view.wait(), 30)
    elif within == "task":
        await asyncio.create_task(view.wait())
    elif within == "beside":
        waiting = asyncio.create_task(view.wait())
        await asyncio.sleep(2 * PING)
        await waiting
    else:
        await view.wait()


@app_commands.command(description="d")
async def listens(interaction: discord.Interaction[Any]) -> None:
    waiting = interaction.client.wait_for("it_happened", timeout=5)
    interaction.client.dispatch("it_happened")
    await asyncio.sleep(0.05)  # it has happened before anybody awaits
    await waiting
    await interaction.response.send_message("got it")


class Closed(discord.ui.ActionRow[Any]):
    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        await interaction.response.send_message("no")
        return False


class Layout(discord.ui.LayoutView):
    def __init__(self) -> None:
        super().__init__()
        row = Closed()
        row.add_item(discord.ui.Button(label="inside", custom_id="inside"))
        self.add_item(row)


@app_commands.command(description="d")
async def layout(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_message(view=Layout())


@app_commands.command(description="d")
async def asks(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_message("press", view=Panel())


@app_commands.command(description="d")
async def form(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_modal(Form())


@app_commands.command(description="d")
async def cancelled(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_message("…")
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(1)


@app_commands.command(description="d")
async def lasting(interaction: discord.Interaction[Any]) -> None:
    view = discord.ui.View(timeout=None)
    for what in ("good", "bad", "refused", "broken"):
        view.add_item(Lasting(what))
    await interaction.response.send_message("press", view=view)


@app_commands.context_menu(name="Show Info")
async def menu(interaction: discord.Interaction[Any], member: discord.Member) -> None:
    await interaction.response.send_message("fine")
    raise Wrong("secret")


@commands.hybrid_command(description="d")  # type: ignore[arg-type] # its type knows no options
async def both(ctx: commands.Context[Any], fail: bool = False) -> None:  # noqa: FBT001, FBT002 - an option of a command
    await ctx.send("fine")
    if fail:
        raise Wrong("secret")


@commands.command()
async def typed(ctx: commands.Context[Bot]) -> None:
    await ctx.send("fine")


@both.error
async def both_failed(ctx: commands.Context[Bot], error: Exception) -> None:
    """Swallows it, as handlers do."""


class Lab:
    """A bot in a sandbox, in this loop, and what was measured of it."""

    def __init__(self, sandbox: Sandbox, bot: Bot, metrics: PerformanceMetrics) -> None:
        self.sandbox = sandbox
        self.bot = bot
        self.metrics = metrics

    async def run(self, command: str, user: str = "Olga", target: str | None = None, **options: object) -> Interaction:
        record = self.sandbox.run_command(user, "general", command, options, target=target)
        return await record.wait()

    async def press(self, interaction: Interaction, custom_id: str) -> Interaction:
        message = interaction.messages[0]["id"]
        return await self.sandbox.use_component("Olga", "general", message, custom_id).wait()

    async def measured(self, operation: str, count: int = 1) -> dict[str, Any]:
        """The newest of `count` records of an operation, its success and duration among the metadata."""
        for _ in range(100):
            found = await asyncio.to_thread(self.metrics.get_recent_metrics, operation, 5)
            if len(found) >= count:
                entry = found[0]
                text = str(entry)
                assert "secret" not in text
                return {**entry.metadata, "success": entry.success, "duration": entry.duration}
            await asyncio.sleep(0.02)
        raise AssertionError(f"no {operation} among {self.metrics.get_operations()}")


@asynccontextmanager
async def laboratory(folder: Path) -> AsyncIterator[Lab]:
    base, gateway = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    metrics = PerformanceMetrics(folder)
    async with Sandbox() as sandbox:
        discord.http.Route.BASE = sandbox.api_base
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)
        bot = Bot()
        bot.guild_object = discord.Object(int(sandbox.guild_id))
        attach(bot, metrics)
        running = asyncio.create_task(bot.start(sandbox.token))
        try:
            await sandbox.until(lambda: sandbox.hub.gateway.online and sandbox.state("Olga")["commands"])
            yield Lab(sandbox, bot, metrics)
        finally:
            await bot.close()
            await running
            detach(bot)
            await asyncio.to_thread(metrics.close)
            discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def hooked() -> set[str]:
    """The classes' methods that are not discord.py's own now."""
    names = {
        f"{owner.__name__}.{name}" for owner, name, _ in CLASS_HOOKS if hasattr(getattr(owner, name), "__wrapped__")
    }
    return names | ({"Loop.coro"} if "coro" in tasks.Loop.__dict__ else set())


async def test_the_hooks_are_where_we_expect_them_and_gone_after_detach(tmp_path: Path) -> None:
    assert list(inspect.signature(app_commands.CommandTree._call).parameters) == ["self", "interaction"]
    assert all(inspect.isfunction(getattr(owner, name)) for owner, name, _ in CLASS_HOOKS)
    assert hooked() == set()
    bot = Bot()
    call = bot.tree._call
    metrics = PerformanceMetrics(tmp_path)
    attach(bot, metrics)
    assert hooked() == {"Loop.coro", *(f"{owner.__name__}.{name}" for owner, name, _ in CLASS_HOOKS)}
    assert bot.tree._call != call
    detach(bot)
    assert hooked() == set()
    assert bot.tree._call == call


async def test_commands_of_every_kind_are_timed_with_their_outcome(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        await lab.run("good", word="x")
        fine = await lab.measured("command.good")
        assert (fine["success"], fine["outcome"]) == (True, "ok")
        assert 0 < fine["ack"] <= fine["duration"]
        # The answer was a request to Discord, and what it took is told apart from the command's own work.
        assert 0 < fine["parts"]["discord"] <= fine["duration"]

        await lab.run("bad")
        wrong = await lab.measured("command.bad")
        assert (wrong["success"], wrong["outcome"], wrong["error_type"]) == (False, "error", "Wrong")

        await lab.run("denied")
        refused = await lab.measured("command.denied")
        assert (refused["outcome"], refused["error_type"]) == ("denied", "MissingPermissions")

        await lab.run("asks", user="Max")  # the tree's own check refuses, and raises nothing
        assert (await lab.measured("command.asks"))["outcome"] == "denied"

        await lab.run("cancelled")
        assert (await lab.measured("command.cancelled"))["outcome"] == "cancelled"

        await lab.run("Show Info", target="Max")
        shown = await lab.measured("command.show_info")
        assert (shown["outcome"], shown["error_type"]) == ("error", "Wrong")

        await lab.run("both", fail=True)
        hybrid = await lab.measured("command.both")
        assert (hybrid["outcome"], hybrid["error_type"]) == ("error", "Wrong")


async def test_a_command_that_discord_has_and_we_have_not_is_recorded(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.bot.tree.remove_command("good", guild=lab.bot.guild_object)
        lab.bot.tree.remove_command("good")
        await lab.run("good")
        assert (await lab.measured("command.good"))["outcome"] == "not_found"


async def test_a_prefix_command_is_timed(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        me = lab.bot.user
        assert me is not None
        lab.bot.command_prefix = commands.when_mentioned
        lab.sandbox.write("Olga", "general", f"<@{me.id}> typed")
        assert (await lab.measured("command.typed"))["outcome"] == "ok"


async def test_autocomplete_is_timed_and_a_swallowed_error_is_seen(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for word in ("fine", "refused", "bad"):
            await lab.sandbox.autocomplete("Olga", "general", "good", {"word": word}, "word")
        assert (await lab.measured("autocomplete.good.word", count=3))["error_type"] == "Wrong"
        entries = await asyncio.to_thread(lab.metrics.get_recent_metrics, "autocomplete.good.word", 5)
        assert [entry.metadata["outcome"] for entry in entries] == ["error", "denied", "ok"]


async def test_buttons_are_timed_whether_they_work_fail_or_refuse(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        asked = await lab.run("asks")
        await lab.press(asked, "refused")
        assert (await lab.measured("component.panel.refused"))["outcome"] == "denied"
        await lab.press(asked, "bad")
        failed = await lab.measured("component.panel.bad")
        assert (failed["outcome"], failed["error_type"]) == ("error", "Wrong")
        await lab.press(asked, "good")
        assert (await lab.measured("component.panel.good"))["outcome"] == "ok"


@pytest.mark.parametrize(("text", "outcome"), [("good", "ok"), ("bad", "error")])
async def test_a_form_is_timed(tmp_path: Path, text: str, outcome: str) -> None:
    async with laboratory(tmp_path) as lab:
        opened = await lab.run("form")
        await lab.sandbox.submit_modal("Olga", opened.id, {"text": text}).wait()
        assert (await lab.measured("component.form.submit"))["outcome"] == outcome
        assert (await lab.measured("command.form"))["outcome"] == "ok"


@pytest.mark.parametrize(("what", "outcome"), [("good", "ok"), ("bad", "error"), ("refused", "denied")])
async def test_a_dynamic_item_is_timed_although_discord_py_swallows_its_errors(
    tmp_path: Path, what: str, outcome: str
) -> None:
    async with laboratory(tmp_path) as lab:
        await lab.press(await lab.run("lasting"), f"lasting:{what}")
        assert (await lab.measured("component.dynamic.lasting"))["outcome"] == outcome


async def test_a_press_that_is_quicker_than_discord_py_finds_its_view_once_it_is_known(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        asked = await lab.run("asks")
        message = int(asked.messages[0]["id"])
        store = lab.bot._connection._view_store
        for _ in range(1000):
            if message in store._synced_message_views:
                break
            await asyncio.sleep(0.01)
        view = store._synced_message_views[message]
        store.remove_view(view)
        came, over = asyncio.Event(), asyncio.Event()

        async def on_interaction(interaction: discord.Interaction[Any]) -> None:
            came.set()
            await answer_orphan(interaction, lab.metrics)
            over.set()

        lab.bot.add_listener(on_interaction)
        pressed = lab.sandbox.use_component("Olga", "general", str(message), "good")
        await came.wait()
        store.add_view(view, message)
        await pressed.wait()
        assert [one["content"] for one in pressed.messages] == ["fine"]
        await over.wait()
        assert (await lab.measured("component.panel.good"))["outcome"] == "ok"
        assert len(await asyncio.to_thread(lab.metrics.get_recent_metrics, "component.panel.good", 5)) == 1
        assert "component.expired" not in lab.metrics.get_operations()


async def test_time_spent_waiting_for_a_person_is_left_out(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        asked = await lab.run("waits")
        await asyncio.sleep(PING)
        await lab.press(asked, "good")
        record = await lab.measured("command.waits")
        assert record["waited"] >= PING
        # Both are parts of one wall time; what is left over is what the bot itself did.
        assert record["duration"] < record["waited"]


@pytest.mark.parametrize("within", ["wait_for", "task"])
async def test_a_wait_for_a_person_in_a_task_of_its_own_is_left_out_too(tmp_path: Path, within: str) -> None:
    async with laboratory(tmp_path) as lab:
        asked = await lab.run("waits", within=within)
        await asyncio.sleep(PING)
        await lab.press(asked, "good")
        record = await lab.measured("command.waits")
        assert record["waited"] >= PING
        assert record["duration"] < record["waited"]


async def test_work_that_goes_on_beside_a_wait_is_not_left_out(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        asked = await lab.run("waits", within="beside")
        await lab.press(asked, "good")
        record = await lab.measured("command.waits")
        assert "waited" not in record
        assert record["duration"] >= 2 * PING


async def test_wait_for_listens_from_its_call_on_as_it_does_without_us(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        answer = await lab.run("listens")
        assert [message["content"] for message in answer.messages] == ["got it"]


async def test_an_error_in_a_check_and_a_refusal_by_a_row_are_no_success(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        await lab.press(await lab.run("lasting"), "lasting:broken")
        broken = await lab.measured("component.dynamic.lasting")
        assert (broken["success"], broken["error_type"]) == (False, "Wrong")
        answer = await lab.run("layout")
        lab.sandbox.use_component("Olga", "general", answer.messages[0]["id"], "inside")
        refused = await lab.measured("component.layout.inside")
        assert refused["outcome"] == "denied"


async def test_what_others_put_over_our_hooks_stays_after_detach_and_ours_is_silent(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        ours, calls = lab.bot.tree._call, []

        @functools.wraps(ours)
        async def theirs(interaction: discord.Interaction[Any]) -> None:
            calls.append(interaction.id)
            await ours(interaction)

        lab.bot.tree._call = theirs  # type: ignore[method-assign] # as other libraries do
        detach(lab.bot)
        answer = await lab.run("good")
        assert answer.messages[0]["content"] == "fine"
        assert len(calls) == 1
        assert await asyncio.to_thread(lab.metrics.get_stats, "command.good") == {}


async def test_tasks_are_timed_also_when_they_began_before_the_hooks_came(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        detach(lab.bot)
        lab.bot.tick.start()
        await lab.bot.first_run.wait()
        attach(lab.bot, lab.metrics)
        running = lab.bot.tick.get_task()
        assert running is not None
        with pytest.raises(Wrong):
            await running
        record = await lab.measured("task.bot.tick")
        assert (record["outcome"], record["error_type"]) == ("error", "Wrong")


async def test_attaching_twice_records_once_and_handlers_set_later_are_told_too(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        attach(lab.bot, lab.metrics)

        @lab.bot.tree.error
        async def later(interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
            await interaction.response.send_message("handled")

        answer = await lab.run("bad")
        assert answer.messages[0]["content"] == "handled"
        assert (await lab.measured("command.bad"))["error_type"] == "Wrong"
        entries = await asyncio.to_thread(lab.metrics.get_recent_metrics, "command.bad", 10)
        assert len(entries) == 1


async def test_after_detach_nothing_is_recorded_and_commands_still_work(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        detach(lab.bot)
        detach(lab.bot)
        answer = await lab.run("good")
        assert answer.messages[0]["content"] == "fine"
        assert await asyncio.to_thread(functools.partial(lab.metrics.get_stats, "command.good")) == {}


async def test_the_gateways_last_answer_can_be_read_and_gets_newer_with_each_heartbeat(tmp_path: Path) -> None:
    assert last_heard(discord.Client(intents=discord.Intents.none())) is None
    async with laboratory(tmp_path) as lab:
        keeper: Any = lab.bot.ws._keep_alive
        first = last_heard(lab.bot)
        assert first is not None
        assert 0 <= time.perf_counter() - first < 60
        await lab.bot.ws.send_heartbeat(keeper.get_payload())
        for _ in range(200):
            if last_heard(lab.bot) != first:
                break
            await asyncio.sleep(0.05)
        second = last_heard(lab.bot)
        assert second is not None
        assert second > first
