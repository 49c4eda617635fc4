"""What a message shows: embeds, files, who used what, thinking, failures, who sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from sandbox.server import Sandbox
from tests.browser.browser import Chat
from tests.browser.conftest import running_bot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_embed_shows_each_part_and_only_its_texts_are_markdown(chat: Chat) -> None:
    embed = (await chat.run("embed")).get_by_test_id("embed")
    await expect(embed.locator(".embed-author")).to_have_text("Engine **20.10**")
    await expect(embed.locator(".embed-title")).to_have_text("Performance · last 24 h <t:0:R>")
    await expect(embed.locator(".embed-title strong")).to_have_text("Performance")
    await expect(embed.locator(".embed-title a")).to_have_attribute("href", "https://example.com/report")
    await expect(embed.locator(".embed-description time")).to_contain_text("ago")
    await expect(embed.locator(".embed-description a")).to_have_attribute("href", "https://example.com/a")
    await expect(embed.locator(".embed-description pre")).to_have_text("print(1)")
    await expect(embed.get_by_test_id("embed-field")).to_have_count(4)
    await expect(embed.locator(".embed-footer")).to_contain_text("exact **over** 4,812 calls <t:0:R> • Today at")
    assert await embed.evaluate("(element) => getComputedStyle(element).borderLeftColor") == "rgb(250, 166, 26)"
    image = embed.get_by_test_id("embed-image")
    await expect(image).to_have_js_property("naturalWidth", 320)
    tops = await embed.get_by_test_id("embed-field").evaluate_all("(all) => all.map((one) => one.offsetTop)")
    assert tops[0] == tops[1] == tops[2] < tops[3]


async def test_the_largest_embed_stays_within_its_width(chat: Chat) -> None:
    embed = (await chat.run("limits")).get_by_test_id("embed")
    box = await embed.bounding_box()
    assert box is not None
    assert box["width"] <= 520
    await expect(embed.get_by_test_id("embed-field")).to_have_count(25)


async def test_files_are_cards_with_their_size_and_pictures_are_shown(chat: Chat) -> None:
    files = (await chat.run("file")).get_by_test_id("attachment")
    await expect(files.nth(0)).to_contain_text("table.csv")
    await expect(files.nth(0)).to_contain_text("1.56 KB")
    async with chat.page.expect_download() as download:
        await files.nth(0).get_by_label("Download table.csv").click()
    assert (await download.value).suggested_filename == "table.csv"
    await expect(files.nth(1).locator("img")).to_have_js_property("naturalWidth", 320)


async def test_layout_components_stand_in_place_of_content_and_show_the_files_themselves(chat: Chat) -> None:
    answer = await chat.run("layout")
    container = answer.locator(".layout-container")
    await expect(container.get_by_role("heading")).to_have_text("Heading")
    await expect(container.locator("strong")).to_have_text("bold")
    await expect(container.get_by_test_id("button-Open")).to_be_visible()
    await expect(container.locator(".layout-gallery img")).to_have_js_property("naturalWidth", 320)
    await expect(answer.get_by_test_id("attachment")).to_have_count(0)


async def test_a_deferred_answer_is_thinking_until_it_comes(chat: Chat) -> None:
    answer = await chat.run("slow")
    await expect(answer.get_by_test_id("thinking")).to_have_text("ddc-perf is thinking…")
    await chat.run("go")
    await expect(answer).to_contain_text("Thought it over.")
    await expect(answer.get_by_test_id("thinking")).to_have_count(0)
    await expect(answer.locator(".edited")).to_have_count(0)


async def test_a_command_without_an_answer_is_shown_as_failed_and_can_be_dismissed(chat: Chat) -> None:
    failed = await chat.run("silent")
    await expect(failed).to_contain_text("The application did not respond")
    await expect(failed.get_by_test_id("used")).to_have_text("AAda used /silent")
    await failed.get_by_test_id("dismiss").click()
    await expect(failed).to_have_count(0)


async def test_an_ephemeral_answer_is_seen_by_its_user_alone_until_dismissed(
    open_chat: Callable[..., Awaitable[Chat]],
) -> None:
    ada, other = await open_chat(), await open_chat(user="Max")
    answer = await ada.run("secret")
    await expect(answer).to_contain_text("For your eyes only.")
    await expect(answer).to_contain_text("Only you can see this • Dismiss message")
    shared = await ada.run("echo to everyone")
    identity = await shared.get_attribute("data-message-id")
    await expect(other.page.locator(f'[data-message-id="{identity}"]')).to_be_visible()
    await expect(other.page.get_by_text("For your eyes only.")).to_have_count(0)
    await answer.get_by_test_id("dismiss").click()
    await expect(answer).to_have_count(0)
    await ada.page.reload()
    await expect(ada.page.locator(f'[data-message-id="{identity}"]')).to_be_visible()
    await expect(answer).to_have_count(0)


async def test_whoever_is_mentioned_sees_it_marked(open_chat: Callable[..., Awaitable[Chat]]) -> None:
    ada, other = await open_chat(), await open_chat(user="Max")
    answer = await ada.run("ping @Max")
    await expect(answer.locator(".mention").last).to_have_text("@Max")
    identity = await answer.get_attribute("data-message-id")
    await expect(other.page.locator(f'[data-message-id="{identity}"]')).to_have_class("message mentioned")
    await expect(answer).to_have_class("message")


async def test_switching_the_user_shows_what_that_user_sees(chat: Chat) -> None:
    secret = await chat.run("secret")
    await expect(chat.at("channel-secret")).to_be_visible()
    await chat.at("user-Max").click()
    await expect(chat.at("user-Max")).to_have_attribute("aria-checked", "true")
    await expect(secret).to_have_count(0)
    await expect(chat.at("channel-secret")).to_have_count(0)
    await expect(chat.page).to_have_url(
        r"http://127.0.0.1:" + chat.page.url.split(":")[2].split("/")[0] + "/?user=Max&channel=bot-commands"
    )
    answer = await chat.run("echo mine")
    await expect(answer.get_by_test_id("used")).to_have_text("MMax used /echo")


async def test_the_raw_message_can_be_looked_at(chat: Chat) -> None:
    answer = await chat.run("echo raw")
    await answer.hover()
    await answer.get_by_test_id("inspect").click()
    await expect(chat.page.locator("dialog pre")).to_contain_text('"content": "raw"')
    await chat.keys("Escape")
    await expect(chat.page.locator("dialog")).to_have_count(0)


async def test_the_page_tells_when_the_bot_goes_and_when_the_sandbox_goes_and_finds_both_again(stage: Stage) -> None:
    sandbox = Sandbox()
    async with sandbox:
        chat = await Chat.open(stage.browser, sandbox.url)
        await expect(chat.at("bot-state")).to_have_text("ddc-perf is offline")
        await expect(chat.at("banner")).to_contain_text("The bot is offline")
        async with running_bot(sandbox):
            await expect(chat.at("bot-state")).to_have_text("ddc-perf is online")
            await expect(chat.at("banner")).to_be_hidden()
            await chat.run("echo before")
        await expect(chat.at("bot-state")).to_have_text("ddc-perf is offline")
    await expect(chat.at("banner")).to_have_text("The sandbox can't be reached. Trying again…")
    port = int(sandbox.url.rsplit(":", 1)[1])
    async with Sandbox(port):
        await expect(chat.page.locator("body[data-connected=true]")).to_be_attached()
        await expect(chat.at("message")).to_have_count(0)
        await expect(chat.at("welcome-hint")).to_be_visible()
        await chat.page.close()
