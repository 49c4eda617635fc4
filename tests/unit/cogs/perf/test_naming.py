"""Names of operations: dotted, lower case, few."""

from __future__ import annotations

import re

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.perf import naming


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("ConfirmView", "confirm_view"),
        ("HTTPView", "http_view"),
        ("Show Info", "show_info"),
        ("perf", "perf"),
        ("über-cool", "über-cool"),
        ("  ", "unnamed"),
    ],
)
def test_a_name_becomes_lower_case_with_underscores(given_name: str, expected: str) -> None:
    assert naming.snake(given_name) == expected


@given(st.text())
def test_no_name_holds_spaces_or_upper_case_ascii_or_is_empty(text: str) -> None:
    assert re.fullmatch(r"[^\sA-Z]+", naming.snake(text))


def test_a_subcommand_is_named_with_its_parents_and_gives_its_own_options() -> None:
    leaf = [{"name": "operation", "type": 3, "value": "x", "focused": True}]
    data = {"name": "perf", "options": [{"name": "stats", "type": 1, "options": leaf}]}
    assert naming.command_path(data) == ("perf.stats", leaf)


def test_a_command_without_options_is_its_name() -> None:
    assert naming.command_path({"name": "ping"}) == ("ping", [])


async def test_a_decorated_button_is_named_by_its_function_and_others_by_their_class() -> None:
    class Special(discord.ui.Button["Panel"]):
        pass

    class Panel(discord.ui.View):
        @discord.ui.button(label="1,204 entries")
        async def delete_all(self, *_: object) -> None: ...

    panel = Panel()
    assert naming.component_operation(panel, panel.children[0]) == "component.panel.delete_all"
    assert naming.component_operation(panel, Special(label="x")) == "component.panel.special"
    assert naming.component_operation(panel, discord.ui.Button(label="7 of 9")) == "component.panel.button"
    assert naming.component_operation(panel, discord.ui.Select()) == "component.panel.select"


@pytest.mark.parametrize(
    ("custom_id", "leaf"),
    [("next", "next"), ("window_24", "window"), ("page:17", "page"), ("a3f9c0d2", "button"), ("del nginx", "button")],
)
async def test_a_button_is_named_by_its_custom_id_when_that_is_a_word_and_not_made_for_each_message(
    custom_id: str, leaf: str
) -> None:
    button: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="x", custom_id=custom_id)
    assert naming.component_operation(discord.ui.View(), button) == f"component.view.{leaf}"


def test_a_task_is_named_by_its_class_and_function() -> None:
    class Cog:
        async def tick(self) -> None: ...

    async def lonely() -> None: ...

    assert naming.task_operation(Cog.tick) == "task.cog.tick"
    assert naming.task_operation(lonely).endswith("lonely")
