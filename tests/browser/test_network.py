"""Requests that break off, as they do when Docker's network interfaces come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.browser import Chat

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_command_that_did_not_get_through_is_sent_again(chat: Chat) -> None:
    await chat.page.route("**/sandbox/command", lambda route: route.abort(), times=1)
    answer = await chat.run("echo once")
    await expect(answer.locator(".content")).to_have_text("once")
    chat.problems.clear()


async def test_a_command_that_got_through_although_its_request_broke_off_runs_once(chat: Chat) -> None:
    async def deliver_and_break(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await chat.page.route("**/sandbox/command", deliver_and_break, times=1)
    answer = await chat.run("echo once")
    await expect(answer.locator(".content")).to_have_text("once")
    await expect(chat.at("message")).to_have_count(1)
    await expect(chat.at("pending")).to_have_count(0)
    chat.problems.clear()


async def test_a_page_of_which_a_file_did_not_arrive_is_loaded_again(chat: Chat) -> None:
    await chat.page.route("**/page/richtext.js", lambda route: route.abort(), times=1)
    await chat.page.reload()
    await expect(chat.page.locator("body[data-connected=true]")).to_be_attached()
    chat.problems.clear()
