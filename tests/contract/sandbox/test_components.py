from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
import pytest

from sandbox.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.clock import ManualClock
    from sandbox.interactions import Interaction
    from sandbox.server import Sandbox
    from tests.contract.sandbox.conftest import Bot


class Buttons(discord.ui.View):
    @discord.ui.button(label="Count", custom_id="count")
    async def count(self, interaction: discord.Interaction, button: discord.ui.Button[Self]) -> None:
        button.label = "Counted"
        await interaction.response.edit_message(content="1", view=self)

    @discord.ui.button(label="Defer", custom_id="defer")
    async def defer(self, interaction: discord.Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="deferred")

    @discord.ui.button(label="Say", custom_id="say")
    async def say(self, interaction: discord.Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.send_message("said", ephemeral=True)

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, interaction: discord.Interaction, _: discord.ui.Button[Self]) -> None: ...


class Selects(discord.ui.View):
    def __init__(self) -> None:
        super().__init__()
        self.picked: list[Any] = []

    @discord.ui.select(
        custom_id="which",
        max_values=2,
        options=[discord.SelectOption(label=name, value=name, emoji="📦") for name in ("web", "db", "cache")],
    )
    async def which(self, interaction: discord.Interaction, select: discord.ui.Select[Self]) -> None:
        self.picked.append(select.values)
        await interaction.response.send_message(", ".join(select.values))

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="user")
    async def user(self, interaction: discord.Interaction, select: discord.ui.UserSelect[Self]) -> None:
        self.picked.append([user.display_name for user in select.values])
        await interaction.response.defer()

    @discord.ui.select(cls=discord.ui.ChannelSelect, custom_id="channel", channel_types=[discord.ChannelType.text])
    async def channel(self, interaction: discord.Interaction, select: discord.ui.ChannelSelect[Self]) -> None:
        self.picked.append([channel.name for channel in select.values])
        await interaction.response.defer()


@pytest.fixture
def show(bot: Bot, run: Callable[..., Awaitable[Bot]]) -> Callable[..., Awaitable[Interaction]]:
    """Sends a view or opens a modal as the answer to /show by Max in #general."""

    async def start(sandbox: Sandbox, thing: object, *, ephemeral: bool = False) -> Interaction:
        @bot.tree.command(description="d")
        async def show(interaction: discord.Interaction) -> None:
            if isinstance(thing, discord.ui.Modal):
                await interaction.response.send_modal(thing)
            elif isinstance(thing, discord.ui.View):
                await interaction.response.send_message("0", view=thing, ephemeral=ephemeral)
            elif isinstance(thing, discord.ui.LayoutView):
                await interaction.response.send_message(view=thing)

        await run(sandbox, bot)
        return await sandbox.run_command("Max", "general", "show").wait()

    return start


def press(sandbox: Sandbox, record: Interaction, custom_id: str, values: list[str] | None = None) -> Interaction:
    return sandbox.use_component("Max", "general", record.messages[0]["id"], custom_id, values)


async def test_a_button_changes_the_message_that_it_is_on(
    sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]]
) -> None:
    record = await show(sandbox, Buttons())
    pressed = await press(sandbox, record, "count").wait()

    [message] = record.messages
    assert message["content"] == "1"
    assert message["components"][0]["components"][0]["label"] == "Counted"
    assert message["edited_timestamp"] is not None
    assert pressed.messages == [message]


async def test_a_deferred_press_shows_nothing_until_the_message_changes(
    sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]]
) -> None:
    record = await show(sandbox, Buttons())
    pressed = press(sandbox, record, "defer")

    await pressed.wait_for(lambda each: each.messages and each.messages[0]["content"] == "deferred")
    assert len(sandbox.messages("Max", "general")) == 1


async def test_a_button_can_answer_with_a_message_of_its_own(
    sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]]
) -> None:
    record = await show(sandbox, Buttons())
    pressed = await press(sandbox, record, "say").wait()

    said = pressed.messages[-1]
    assert (said["content"], said["flags"] & 64) == ("said", 64)
    assert said["interaction_metadata"]["interacted_message_id"] == record.messages[0]["id"]


async def test_a_button_on_an_ephemeral_message_works_for_its_person_alone(
    sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]]
) -> None:
    record = await show(sandbox, Buttons(), ephemeral=True)
    message_id = record.messages[0]["id"]
    await press(sandbox, record, "count").wait()

    assert record.messages[0]["content"] == "1"
    with pytest.raises(Refused, match="no such message"):
        sandbox.use_component("Ada", "general", message_id, "count")


@pytest.mark.parametrize(("custom_id", "words"), [("off", "disabled"), ("gone", "no such button")])
async def test_a_disabled_or_absent_button_cannot_be_pressed(
    sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]], custom_id: str, words: str
) -> None:
    record = await show(sandbox, Buttons())

    with pytest.raises(Refused, match=words):
        press(sandbox, record, custom_id)


async def test_a_press_that_the_bot_does_not_know_fails(
    timed: Sandbox, clock: ManualClock, show: Callable[..., Awaitable[Interaction]]
) -> None:
    view = Buttons()
    record = await show(timed, view)
    view.stop()

    pressed = press(timed, record, "say")
    clock.advance(3.01)
    await pressed.wait()
    assert (pressed.state, pressed.reason) == ("failed", "This interaction failed")


async def test_selects_bring_what_was_picked(sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]]) -> None:
    view = Selects()
    record = await show(sandbox, view)
    ada, general = sandbox.state("Ada")["me"]["id"], sandbox.state("Ada")["channels"][0]["id"]

    picked = await press(sandbox, record, "which", ["db", "web"]).wait()
    assert picked.messages[-1]["content"] == "db, web"
    await press(sandbox, record, "user", [ada]).wait()
    await press(sandbox, record, "channel", [general]).wait()
    assert view.picked == [["db", "web"], ["Ada"], ["general"]]

    with pytest.raises(Refused, match="Pick 1 to 2"):
        press(sandbox, record, "which", ["db", "web", "cache"])
    with pytest.raises(Refused, match="not offered"):
        press(sandbox, record, "which", ["gone"])


class Reason(discord.ui.Modal, title="Restart"):
    why: discord.ui.TextInput[Self] = discord.ui.TextInput(label="Why", custom_id="why", min_length=3)
    note: discord.ui.TextInput[Self] = discord.ui.TextInput(label="Note", custom_id="note", required=False)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{self.why.value}|{self.note.value}")


class Labelled(discord.ui.Modal, title="Labels"):
    words: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("Read this")
    why: discord.ui.Label[Self] = discord.ui.Label(text="Why", component=discord.ui.TextInput(custom_id="why"))
    which: discord.ui.Label[Self] = discord.ui.Label(
        text="Which",
        component=discord.ui.Select(
            custom_id="which", options=[discord.SelectOption(label="web"), discord.SelectOption(label="db")]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.why.component, discord.ui.TextInput)
        assert isinstance(self.which.component, discord.ui.Select)
        await interaction.response.send_message(f"{self.why.component.value}|{self.which.component.values}")


async def test_a_modal_is_filled_in_and_sent_once(
    sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]]
) -> None:
    record = await show(sandbox, Reason())
    assert record.modal is not None
    assert (record.modal["title"], len(record.modal["components"])) == ("Restart", 2)

    with pytest.raises(Refused, match="required"):
        sandbox.submit_modal("Max", record.id, {})
    with pytest.raises(Refused, match="no such modal"):
        sandbox.submit_modal("Ada", record.id, {"why": "slow"})
    sent = await sandbox.submit_modal("Max", record.id, {"why": "slow"}).wait()
    assert sent.messages[0]["content"] == "slow|"
    triggering = sent.messages[0]["interaction_metadata"]["triggering_interaction_metadata"]
    assert triggering["id"] == record.id
    with pytest.raises(Refused, match="no such modal"):
        sandbox.submit_modal("Max", record.id, {"why": "slow"})


async def test_a_modal_of_labels_brings_texts_and_picks(
    sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]]
) -> None:
    record = await show(sandbox, Labelled())

    sent = await sandbox.submit_modal("Max", record.id, {"why": "slow", "which": ["db"]}).wait()
    assert sent.messages[0]["content"] == "slow|['db']"


async def test_a_modal_that_a_button_opened_can_change_the_button_s_message(
    sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]]
) -> None:
    class Rename(discord.ui.Modal, title="Rename"):
        name: discord.ui.TextInput[Self] = discord.ui.TextInput(label="Name", custom_id="name")

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.edit_message(content=self.name.value)

    class Opener(discord.ui.View):
        @discord.ui.button(label="Rename", custom_id="rename")
        async def rename(self, interaction: discord.Interaction, _: discord.ui.Button[Self]) -> None:
            await interaction.response.send_modal(Rename())

    record = await show(sandbox, Opener())
    opened = await press(sandbox, record, "rename").wait()
    await sandbox.submit_modal("Max", opened.id, {"name": "new"}).wait()

    assert record.messages[0]["content"] == "new"


@pytest.mark.parametrize(
    "item",
    [
        discord.ui.Button(label="x" * 81),
        discord.ui.Button(label="x", custom_id="y" * 101),
        discord.ui.Select(options=[discord.SelectOption(label="x" * 101, value="v")]),
        discord.ui.Select(placeholder="x" * 151, options=[discord.SelectOption(label="l")]),
    ],
)
async def test_a_view_that_breaks_a_limit_is_refused(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]], item: discord.ui.Item[Any]
) -> None:
    await run(sandbox, bot)
    view = discord.ui.View().add_item(item)

    with pytest.raises(discord.HTTPException) as refused:
        await bot.guilds[0].text_channels[0].send("x", view=view)
    assert refused.value.code == 50035
    assert "components.0.components.0" in str(refused.value)


async def test_a_layout_of_the_new_components_is_shown_and_its_button_pressed(
    sandbox: Sandbox, show: Callable[..., Awaitable[Interaction]]
) -> None:
    class Layout(discord.ui.LayoutView):
        text: discord.ui.TextDisplay[Self] = discord.ui.TextDisplay("# Report")
        row: discord.ui.ActionRow[Self] = discord.ui.ActionRow()

        @row.button(label="Go", custom_id="go")
        async def go(self, interaction: discord.Interaction, _: discord.ui.Button[Self]) -> None:
            self.text.content = "# Gone"
            await interaction.response.edit_message(view=self)

    record = await show(sandbox, Layout())
    assert record.messages[0]["components"][0]["content"] == "# Report"
    await press(sandbox, record, "go").wait()

    assert record.messages[0]["components"][0]["content"] == "# Gone"
