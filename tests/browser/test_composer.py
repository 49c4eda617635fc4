"""Writing a command: the list, the chips, suggestions, mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.browser import Chat

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_slash_lists_the_commands_with_descriptions_and_typing_filters_them(chat: Chat) -> None:
    await chat.type("/")
    await expect(chat.at("command-item").first).to_be_visible()
    everything = await chat.at("command-item").count()
    await chat.page.keyboard.type("ech")
    await expect(chat.at("command-item")).to_contain_text(["/echoSay it again", "/echo-everywhere"])
    assert everything > 10


async def test_a_command_is_written_and_sent_by_keyboard_alone(chat: Chat) -> None:
    await chat.page.keyboard.type("/")
    await chat.page.keyboard.type("echo")
    await chat.keys("ArrowDown", "ArrowUp", "Enter")
    await expect(chat.at("option-text")).to_be_focused()
    await chat.page.keyboard.type("hello")
    await chat.keys("Tab")
    await expect(chat.composer).to_be_focused()
    await expect(chat.at("option-item")).to_contain_text(["times", "loud"])
    await chat.keys("ArrowDown", "ArrowDown", "Enter")
    await chat.keys("Enter", "Enter")
    answer = chat.at("message").last
    await expect(answer.locator(".content")).to_have_text("HELLO")
    await expect(answer.get_by_test_id("used")).to_have_text("AAda used /echo")
    await expect(chat.composer).to_be_focused()


async def test_what_the_bot_suggests_is_picked_with_arrow_and_enter(chat: Chat) -> None:
    await chat.type("/fruit ")
    await expect(chat.at("choice-item")).to_have_count(5)
    await chat.page.keyboard.type("ap")
    await expect(chat.at("choice-item")).to_have_text(["Apple", "Apricot"])
    await chat.keys("ArrowDown", "Enter")
    await expect(chat.at("option-name")).to_have_value("Apricot")
    await chat.page.keyboard.type("dish:j")
    await expect(chat.at("choice-item")).to_have_text(["Jam"])
    await chat.keys("Tab")
    await chat.page.keyboard.type("guest:ol")
    await expect(chat.at("choice-item")).to_have_text(["@OlgaDocker operators"])
    await chat.keys("Enter", "Enter")
    await expect(chat.at("message").last.locator(".content")).to_have_text("apricot jam for Olga")


async def test_a_line_typed_as_it_is_read_fills_the_options_in_their_order(chat: Chat) -> None:
    answer = await chat.run("echo good morning times:2 loud:true")
    await expect(answer.locator(".content")).to_have_text("GOOD MORNINGGOOD MORNING")


async def test_a_missing_or_wrong_value_is_marked_and_nothing_is_sent(chat: Chat) -> None:
    await chat.type("/echo ")
    await chat.keys("Enter")
    await expect(chat.at("composer-notice")).to_have_text("text: This option is required. Specify a value.")
    await chat.page.keyboard.type("x times:9")
    await chat.keys("Enter")
    await expect(chat.at("composer-notice")).to_have_text("times: Input a number less than or equal to 5.")
    await expect(chat.at("option-times")).to_be_focused()
    await expect(chat.at("option-times")).to_have_attribute("aria-invalid", "true")
    await expect(chat.at("pending")).to_have_count(0)


async def test_escape_closes_the_list_first_and_then_drops_the_command(chat: Chat) -> None:
    await chat.type("/echo hi")
    await expect(chat.at("suggest")).to_be_visible()
    await chat.keys("Escape")
    await expect(chat.at("suggest")).to_be_hidden()
    await expect(chat.at("option-text")).to_have_value("hi")
    await chat.keys("Escape")
    await expect(chat.at("composer-command")).to_have_count(0)
    await expect(chat.composer).to_be_focused()


async def test_backspace_walks_back_out_of_the_command(chat: Chat) -> None:
    await chat.type("/echo x loud:")
    await expect(chat.at("option-loud")).to_be_focused()
    await chat.keys("Backspace")
    await expect(chat.at("option-loud")).to_have_count(0)
    await expect(chat.at("option-text")).to_be_focused()
    await chat.keys("Backspace", "Backspace")
    await expect(chat.composer).to_have_value("/echo")


async def test_arrow_up_brings_the_last_command_back(chat: Chat) -> None:
    await chat.run("echo again")
    await chat.keys("ArrowUp")
    await expect(chat.at("option-text")).to_have_value("again")


async def test_a_plain_message_is_said_by_the_user(chat: Chat) -> None:
    await chat.type("good evening")
    await chat.keys("Enter")
    await expect(chat.at("message").last).to_contain_text("good evening")
    await expect(chat.at("message").last.locator(".app-badge")).to_have_count(0)


async def test_where_a_member_may_not_write_the_composer_is_locked(open_chat: Callable[..., Awaitable[Chat]]) -> None:
    chat = await open_chat(user="Max", channel="reports")
    await expect(chat.composer).to_be_disabled()
    await expect(chat.composer).to_have_attribute(
        "placeholder", "You do not have permission to send messages in this channel."
    )


async def test_an_empty_channel_says_what_to_try(open_chat: Callable[..., Awaitable[Chat]]) -> None:
    chat = await open_chat(channel="general")
    await expect(chat.at("welcome-hint")).to_have_text(
        "Type / to see the commands. Try /docker list, then /perf recent."
    )
