"""The page on a desk and on a phone, and for those who can't see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.browser import PHONE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.browser.browser import Chat

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OVERFLOW = """() => [...document.querySelectorAll("body, .chat, .messages, .composer, .message, .embed, .composer-box")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => element.className)"""


async def test_on_a_phone_nothing_is_wider_than_the_window(open_chat: Callable[..., Awaitable[Chat]]) -> None:
    chat = await open_chat(size=PHONE)
    for line in ("embed", "limits", "buttons", "selects", "file", "echo " + "long" * 100):
        await chat.run(line)
    await chat.type("/echo " + "wide " * 30 + "times:2 loud:")
    assert await chat.page.evaluate(OVERFLOW) == []
    assert await chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_on_a_phone_the_columns_are_drawers(open_chat: Callable[..., Awaitable[Chat]]) -> None:
    chat = await open_chat(size=PHONE)
    await expect(chat.at("user-switch")).to_be_hidden()
    await chat.at("menu").click()
    await expect(chat.at("user-switch")).to_be_visible()
    await chat.at("user-Olga").click()
    await expect(chat.at("user-switch")).to_be_hidden()
    await chat.at("members-toggle").click()
    await expect(chat.page.locator("#members")).to_be_visible()
    await chat.keys("Escape")
    await expect(chat.page.locator("#members")).to_be_hidden()


async def test_on_a_desk_all_three_columns_are_there(chat: Chat) -> None:
    await expect(chat.at("user-switch")).to_be_visible()
    await expect(chat.page.locator("#members")).to_contain_text("Docker operators — 1")
    await expect(chat.page.locator("#members .app-badge")).to_have_text("APP")


async def test_controls_have_names_and_the_list_tells_which_line_is_active(chat: Chat) -> None:
    await chat.run("buttons")
    nameless = await chat.page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, [role=listbox], dialog")]
          .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.title))
          .filter((one) => !one.querySelector("img[alt]"))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    await chat.type("/b")
    await expect(chat.composer).to_have_attribute("aria-expanded", "true")
    active = await chat.composer.get_attribute("aria-activedescendant")
    await expect(chat.page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    await expect(chat.page.get_by_role("log")).to_have_attribute("aria-live", "polite")


async def test_the_address_opens_the_user_and_channel_that_it_names(open_chat: Callable[..., Awaitable[Chat]]) -> None:
    chat = await open_chat(user="Olga", channel="general")
    await expect(chat.at("user-Olga")).to_have_attribute("aria-checked", "true")
    await expect(chat.at("channel-general")).to_have_attribute("aria-current", "page")
    await chat.at("channel-bot-commands").click()
    await expect(chat.page).to_have_title("#bot-commands · Olga · ddc-perf sandbox")
    assert chat.page.url.endswith("/?user=Olga&channel=bot-commands")


async def test_a_picture_of_the_page_and_of_one_message_can_be_taken(chat: Chat, tmp_path: Path) -> None:
    answer = await chat.run("embed")
    await chat.screenshot(tmp_path / "new" / "page.png")
    await chat.screenshot(tmp_path / "message.png", answer)
    for picture in (tmp_path / "new" / "page.png", tmp_path / "message.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")
