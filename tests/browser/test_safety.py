"""Nothing that a bot or a person writes becomes part of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from tests.browser.browser import Chat

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAYLOADS = (
    "<img src=x onerror=window.hacked=1>",
    '"><script>window.hacked=1</script>',
    "[x](javascript:window.hacked=1)",
)


async def test_markup_in_any_text_of_a_message_is_shown_as_text(chat: Chat) -> None:
    for payload in PAYLOADS:
        answer = await chat.run(f"echo-everywhere {payload}")
        embed = answer.get_by_test_id("embed")
        for part in (".embed-author", ".embed-title", ".embed-description", ".embed-footer", ".embed-field-name"):
            await expect(embed.locator(part)).to_have_text(payload)
        await expect(answer.locator(".content .inline-code")).to_have_text(payload)
        await expect(answer.locator(".content .code-block")).to_have_text(payload)
        await expect(answer.get_by_test_id("button-" + payload[:80])).to_have_text(payload[:80])
        await answer.get_by_test_id("select-s").click()
        await expect(answer.get_by_test_id("select-option").locator(".select-label")).to_have_text(payload)
        await chat.keys("Escape")
        assert await answer.locator("script, iframe, img[src$='x'], [onerror], [onload]").count() == 0
        assert await answer.locator("a[href^='javascript'], a[href^='data']").count() == 0
    assert await chat.page.evaluate("'hacked' in window") is False


async def test_markup_in_what_is_typed_is_shown_as_text(chat: Chat) -> None:
    await chat.type(PAYLOADS[0])
    await chat.keys("Enter")
    await expect(chat.at("message").last).to_contain_text(PAYLOADS[0])
    await chat.type(f"/fruit {PAYLOADS[0]}")
    await expect(chat.at("suggest")).to_contain_text("No options match your search.")
    assert await chat.page.evaluate("'hacked' in window") is False


async def test_the_page_lets_no_foreign_script_run_and_asks_no_foreign_host(chat: Chat) -> None:
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    await chat.page.reload()
    await expect(chat.page.locator("body[data-connected=true]")).to_be_attached()
    origin = chat.page.url.split("/?")[0]
    assert asked
    assert [url for url in asked if not url.startswith(origin)] == []
    blocked = await chat.page.evaluate(
        """() => new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.hacked = 1";
          document.body.append(script);
        })"""
    )
    assert blocked == "script-src-elem"
    chat.problems.clear()
