"""Views serve their owner, check again at each press, answer every error and end by themselves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands

from cogs.perf.kit import ConfirmView, Denied, OwnedView, Report, answer_error, show
from tests.unit.cogs.perf.desk import WHERE, Desk, at_the_desk, embed_of, labels
from utils.metrics.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from discord.ext import commands

Interaction = discord.Interaction[Any]


class Settings:
    """What a test may turn while the bot runs."""

    def __init__(self) -> None:
        self.allowed = True
        self.timeout = 600.0
        self.confirmed = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.views: list[OwnedView] = []


class Buttons(OwnedView):
    @discord.ui.button(label="Count", custom_id="count")
    async def count(self, interaction: Interaction, button: discord.ui.Button[Any]) -> None:
        button.label = f"{button.label}!"
        await show(interaction, Report("Counted").build(), self)

    @discord.ui.button(label="Beside", custom_id="beside")
    async def beside(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show(interaction, Report("Beside").build(), Buttons(interaction.user.id, lambda _: True, 0.05))

    @discord.ui.button(label="Fail", custom_id="fail")
    async def fail(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        await interaction.response.defer()
        raise ZeroDivisionError("a secret")


def commands_of(settings: Settings) -> tuple[app_commands.Command[Any, ..., None], ...]:
    @app_commands.command()
    async def buttons(interaction: Interaction) -> None:
        """Show two buttons."""
        view = Buttons(interaction.user.id, lambda _: settings.allowed, settings.timeout)
        settings.views.append(view)
        await show(interaction, Report("Buttons").build(), view)

    @app_commands.command()
    async def confirm(interaction: Interaction) -> None:
        """Ask."""
        await interaction.response.defer(ephemeral=True)

        async def do(press: Interaction) -> None:
            settings.confirmed += 1
            await settings.gate.wait()
            await show(press, Report("Done").build())

        ask: dict[str, Any] = {"label": "Restart `nginx`", "on_confirm": do, "timeout": settings.timeout}
        view = ConfirmView(interaction.user.id, lambda _: settings.allowed, **ask)
        settings.views.append(view)
        await show(interaction, Report("Sure?").build(), view)

    @app_commands.command()
    async def trouble(interaction: Interaction, kind: str) -> None:
        """Raise something before or after an answer."""
        if kind == "deferred":
            await interaction.response.defer(ephemeral=True)
        if kind == "answered":
            await interaction.response.send_message("all well", ephemeral=True)
        if kind == "denied":
            raise Denied("Not you.")
        raise ZeroDivisionError("a secret")

    @trouble.error
    async def told(interaction: Interaction, error: app_commands.AppCommandError) -> None:
        await answer_error(interaction, error)

    return buttons, confirm, trouble


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    async def prepare(bot: commands.Bot) -> None:
        for command in commands_of(settings):
            bot.tree.add_command(command)

    async with at_the_desk(prepare) as desk:
        yield desk


async def test_the_owner_presses_as_often_as_they_like(desk: Desk) -> None:
    message = await desk.run("buttons")
    await desk.press(message, "count")
    await desk.press(message, "count")
    assert labels(desk.now(message)) == ["Count!!", "Beside", "Fail"]
    assert embed_of(desk.now(message))["title"] == "Counted"


async def test_whoever_lost_the_right_is_refused_and_told(desk: Desk, settings: Settings) -> None:
    message = await desk.run("buttons")
    settings.allowed = False
    press = await desk.press(message, "count")
    (refusal,) = (seen for seen in press.messages if seen["id"] != message["id"])
    assert embed_of(refusal)["description"] == "You have no right to do this any more. Ask an admin of this server."
    assert refusal["flags"] & 64
    assert labels(desk.now(message)) == ["Count", "Beside", "Fail"]


async def test_a_stranger_is_refused(desk: Desk, settings: Settings) -> None:
    await desk.run("buttons")
    (view,) = settings.views
    # The message is for its owner's eyes alone, so the press of a stranger is made of their own interaction.
    await desk.run("buttons", user="Olga")
    with pytest.raises(Denied, match="belong to someone else") as caught:
        await view.interaction_check(settings.views[1]._shown_by[0])
    assert caught.value.outcome is Outcome.DENIED


async def test_what_a_press_raises_is_answered_with_a_number_and_no_details(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    message = await desk.run("buttons")
    press = await desk.press(message, "fail")
    (answer,) = (seen for seen in press.messages if seen["id"] != message["id"])
    text = embed_of(answer)["description"]
    assert "a secret" not in text
    number = text.rstrip(".").rpartition(" ")[2]
    assert f"Error {number}" in caplog.text


async def test_a_view_that_ends_greys_its_items_out(desk: Desk, settings: Settings) -> None:
    settings.timeout = 0.05
    message = await desk.run("buttons")
    (view,) = settings.views
    await asyncio.wait_for(view.wait(), 5)
    await ended(view)
    items = [item for row in desk.now(message)["components"] for item in row["components"]]
    assert [item["disabled"] for item in items] == [True, True, True]


async def test_a_view_that_a_press_opened_in_a_message_of_its_own_greys_out_there(desk: Desk) -> None:
    message = await desk.run("buttons")
    press = await desk.press(message, "beside")
    opened = next(seen for seen in press.messages if seen["id"] != message["id"])

    def items(which: dict[str, Any]) -> list[bool]:
        return [item.get("disabled", False) for row in desk.now(which)["components"] for item in row["components"]]

    await desk.sandbox.until(lambda: all(items(opened)), 5)
    assert embed_of(desk.now(opened))["title"] == "Beside"
    assert not any(items(message))


async def ended(view: OwnedView) -> None:
    """Wait for what a view does after its end."""
    name = f"discord-ui-view-timeout-{view.id}"
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == name))


async def test_no_view_lives_longer_than_a_token(desk: Desk, settings: Settings) -> None:
    settings.timeout = 100_000
    await desk.run("buttons")
    (view,) = settings.views
    assert view.timeout is not None
    assert view.timeout < 14 * 60


async def test_a_confirmation_is_done_once_though_pressed_twice(desk: Desk, settings: Settings) -> None:
    settings.gate.clear()
    message = await desk.run("confirm")
    assert labels(message) == ["Restart nginx", "Cancel"]
    sandbox = desk.sandbox
    first = sandbox.use_component("Ada", WHERE, message["id"], "confirm")
    await first.wait(10)
    assert all(item["disabled"] for row in desk.now(message)["components"] for item in row["components"])
    settings.gate.set()
    await settled()
    assert settings.confirmed == 1
    assert embed_of(desk.now(message))["title"] == "Done"
    assert desk.now(message)["components"] == []
    with pytest.raises(Denied, match="answered already"):
        await settings.views[0].interaction_check(settings.views[0]._shown_by[0])


async def settled() -> None:
    """Wait for the callbacks that run."""
    name = "discord-ui-view-dispatch"
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith(name)))


async def test_a_confirmation_can_be_called_off(desk: Desk, settings: Settings) -> None:
    message = await desk.run("confirm")
    await desk.press(message, "keep")
    assert settings.confirmed == 0
    assert embed_of(desk.now(message))["description"] == "Nothing was changed."
    assert desk.now(message)["components"] == []


async def test_a_confirmation_checks_the_right_again(desk: Desk, settings: Settings) -> None:
    message = await desk.run("confirm")
    settings.allowed = False
    await desk.press(message, "confirm")
    assert settings.confirmed == 0


async def test_a_confirmation_ends_by_itself(desk: Desk, settings: Settings) -> None:
    settings.timeout = 0.05
    message = await desk.run("confirm")
    (view,) = settings.views
    await asyncio.wait_for(view.wait(), 5)
    await ended(view)
    assert all(item["disabled"] for row in desk.now(message)["components"] for item in row["components"])


@pytest.mark.parametrize("kind", ["fresh", "deferred"])
async def test_an_error_is_the_answer_when_there_was_none(desk: Desk, kind: str) -> None:
    message = await desk.run("trouble", kind=kind)
    assert embed_of(message)["title"] == "That didn't work"


async def test_an_error_after_an_answer_comes_beside_it(desk: Desk) -> None:
    interaction = desk.sandbox.run_command("Ada", WHERE, "trouble", {"kind": "answered"})
    await interaction.wait(10)
    await invoked()
    answer, error = interaction.messages
    assert answer["content"] == "all well"
    assert embed_of(error)["title"] == "That didn't work"
    assert error["flags"] & 64


async def invoked() -> None:
    """Wait for the commands that run."""
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "CommandTree-invoker"))


async def test_a_refusal_speaks_for_itself(desk: Desk) -> None:
    message = await desk.run("trouble", kind="denied")
    assert embed_of(message)["description"] == "Not you."
