"""Pressing buttons, picking in selects, filling dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from tests.browser.browser import Chat

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_button_changes_its_message_in_place_and_keeps_the_focus(chat: Chat) -> None:
    answer = await chat.run("buttons")
    await chat.press("Count", answer)
    await expect(answer.locator(".content")).to_have_text("Pressed 1 times (edited)")
    await expect(answer.get_by_test_id("button-Count")).to_be_focused()
    await chat.keys("Enter")
    await expect(answer.locator(".content")).to_have_text("Pressed 2 times (edited)")


async def test_buttons_have_their_styles_and_a_disabled_one_cannot_be_pressed(chat: Chat) -> None:
    answer = await chat.run("buttons")
    styles = {"Count": "primary", "Ignore": "danger", "Whisper": "success", "Off": "secondary", "Docs": "link"}
    for label, style in styles.items():
        await expect(answer.get_by_test_id(f"button-{label}")).to_have_class(f"button {style}")
    await expect(answer.get_by_test_id("button-Count").locator(".emoji")).to_have_text("\N{ABACUS}")
    await expect(answer.get_by_test_id("button-Off")).to_be_disabled()
    await expect(answer.get_by_test_id("button-Docs")).to_have_attribute("href", "https://example.com/docs")
    await expect(answer.get_by_test_id("button-Docs")).to_have_attribute("rel", "noopener noreferrer nofollow")


async def test_a_press_without_an_answer_is_shown_as_failed_until_the_next_press(chat: Chat) -> None:
    answer = await chat.run("buttons")
    await chat.press("Ignore", answer)
    await expect(answer.get_by_test_id("button-Ignore")).to_have_attribute("aria-busy", "true")
    await expect(answer.get_by_test_id("component-failed")).to_have_text("This interaction failed")
    await chat.press("Count", answer)
    await expect(answer.get_by_test_id("component-failed")).to_have_count(0)


async def test_an_answer_to_a_button_refers_to_the_message(chat: Chat) -> None:
    answer = await chat.run("buttons")
    await chat.press("Whisper", answer)
    whisper = chat.at("message").last
    await expect(whisper).to_contain_text("Just between us.")
    await expect(whisper.get_by_test_id("reply")).to_contain_text("Press one")


async def test_a_single_select_sends_at_once(chat: Chat) -> None:
    await chat.run("selects")
    await chat.pick("fruit", "Cherry")
    await expect(chat.at("message").last.locator(".content")).to_have_text("Fruit: cherry")
    await expect(chat.at("select-fruit").last).to_contain_text("Cherry")


async def test_a_multiple_select_sends_when_it_is_closed_and_takes_no_more_than_it_may(chat: Chat) -> None:
    answer = await chat.run("selects")
    await answer.get_by_test_id("select-some").click()
    options = answer.locator(".select", has=chat.page.get_by_test_id("select-some")).get_by_test_id("select-option")
    for at in (0, 2, 3):
        await options.nth(at).click()
    await expect(options.nth(1)).to_have_attribute("aria-disabled", "true")
    await chat.keys("Escape")
    await expect(chat.at("message").last.locator(".content")).to_have_text("Some: apple, banana, cherry")


async def test_users_roles_and_channels_can_be_picked_by_typing_their_name(chat: Chat) -> None:
    await chat.run("selects")
    for custom_id, typed, said in (
        ("person", "max", "Person: Max"),
        ("role", "docker", "Role: Docker operators"),
        ("channel", "gen", "Channel: general"),
    ):
        await chat.at(f"select-{custom_id}").last.click()
        await chat.page.keyboard.type(typed)
        await chat.keys("ArrowDown", "Enter")
        await expect(chat.at("message").last.locator(".content")).to_have_text(said)


async def test_a_dialog_checks_its_fields_and_sends_them(chat: Chat) -> None:
    await chat.type("/form ")
    await chat.keys("Enter")
    dialog = chat.at("modal")
    await expect(dialog.get_by_role("heading")).to_have_text("Send feedback")
    await expect(chat.at("input-subject")).to_be_focused()
    await chat.page.keyboard.type("no")
    await chat.keys("Enter")
    await expect(chat.at("field-subject")).to_contain_text("Must be 3 or more in length.")
    await expect(chat.at("field-mood")).to_contain_text("Pick at least one.")
    await chat.at("input-subject").fill("Charts")
    await chat.at("input-detail").fill("two\nlines")
    await chat.pick("mood", "Good")
    await chat.at("modal-submit").click()
    await expect(dialog).to_have_count(0)
    await expect(chat.at("message").last.locator(".content")).to_have_text("Charts / twolines / Good")


async def test_a_dialog_is_left_by_escape_and_nothing_is_sent(chat: Chat) -> None:
    before = await chat.at("message").count()
    await chat.type("/form ")
    await chat.keys("Enter")
    await expect(chat.at("modal")).to_be_visible()
    await chat.keys("Escape")
    await expect(chat.at("modal")).to_have_count(0)
    await expect(chat.at("pending")).to_have_count(0)
    await expect(chat.at("message")).to_have_count(before)
