from __future__ import annotations

from typing import Any

import pytest

from sandbox.attachments import Upload
from sandbox.errors import ApiError
from sandbox.limits.form import Form
from sandbox.limits.messages import AllowedMentions, Draft, check_message

FILE = Upload("a.txt", b"abc", "text/plain")


def checked(body: object, files: dict[int, Upload] | None = None) -> Draft:
    return check_message(Form(body), files or {})


def errors_of(body: object, files: dict[int, Upload] | None = None) -> dict[str, Any]:
    with pytest.raises(ApiError) as refused:
        checked(body, files)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert refused.value.errors is not None
    return refused.value.errors


def test_two_thousand_characters_pass_and_one_more_is_refused() -> None:
    assert checked({"content": "x" * 2000}).content == "x" * 2000

    [error] = errors_of({"content": "x" * 2001})["content"]["_errors"]
    assert error == {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}


def test_what_an_edit_does_not_mention_stays_unsaid() -> None:
    draft = checked({"content": "new"})

    assert (draft.embeds, draft.components, draft.keep, draft.flags) == (None, None, None, None)


def test_null_takes_away() -> None:
    draft = checked({"content": None, "embeds": None, "components": None, "attachments": None})

    assert (draft.content, draft.embeds, draft.components, draft.keep) == ("", [], [], [])


def test_every_error_is_told_at_once() -> None:
    errors = errors_of({"content": "x" * 2001, "embeds": [{"title": "x" * 257}], "nonce": "n" * 26})

    assert set(errors) == {"content", "embeds", "nonce"}


def test_an_attachment_that_was_not_uploaded_is_refused() -> None:
    assert checked({"attachments": [{"id": 0, "filename": "a.txt"}]}, {0: FILE}).keep is not None

    errors = errors_of({"attachments": [{"id": 1, "filename": "a.txt"}]}, {0: FILE})
    assert errors["attachments"]["0"]["id"]["_errors"][0]["code"] == "ATTACHMENT_NOT_FOUND"


def test_without_allowed_mentions_everybody_may_be_pinged_and_with_an_empty_list_nobody() -> None:
    assert checked({}).mentions == AllowedMentions()

    nobody = checked({"allowed_mentions": {"parse": []}}).mentions
    assert (nobody.everyone, nobody.users, nobody.roles) == (False, frozenset(), frozenset())


def test_a_kind_to_parse_and_a_list_of_that_kind_exclude_each_other() -> None:
    errors = errors_of({"allowed_mentions": {"parse": ["users"], "users": ["1"]}})

    assert errors["allowed_mentions"]["users"]["_errors"][0]["code"] == "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"


def test_an_unknown_kind_of_mention_is_refused() -> None:
    assert "parse" in errors_of({"allowed_mentions": {"parse": ["cats"]}})["allowed_mentions"]


def test_a_body_that_is_no_object_is_refused() -> None:
    assert "_errors" in errors_of(["content"])


def test_new_components_exclude_content() -> None:
    text = {"type": 10, "content": "hello"}
    draft = checked({"flags": 1 << 15, "components": [text]})
    assert draft.components == [{**text, "id": 1}]

    assert "content" in errors_of({"flags": 1 << 15, "components": [text], "content": "x"})


def test_new_components_need_their_flag() -> None:
    errors = errors_of({"components": [{"type": 10, "content": "hello"}]})

    assert errors["components"]["0"]["type"]["_errors"][0]["code"] == "BASE_TYPE_CHOICES"
