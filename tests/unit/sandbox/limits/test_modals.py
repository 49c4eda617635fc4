from __future__ import annotations

from typing import Any

import pytest

from sandbox.errors import ApiError
from sandbox.limits.form import Form
from sandbox.limits.modals import check_choices, check_modal


def text(custom_id: str = "t", **more: object) -> dict[str, Any]:
    return {"type": 4, "custom_id": custom_id, "style": 1, "label": "Why", **more}


def modal(*fields: dict[str, Any], **more: object) -> dict[str, Any]:
    rows = [{"type": 1, "components": [field]} for field in fields or (text(),)]
    return {"custom_id": "m", "title": "Restart", "components": rows, **more}


def errors_of(body: object) -> dict[str, Any]:
    with pytest.raises(ApiError) as refused:
        check_modal(Form(body))
    assert refused.value.errors is not None
    return refused.value.errors


def test_a_title_of_forty_five_passes_and_one_more_is_refused() -> None:
    assert check_modal(Form(modal(title="x" * 45)))

    assert "title" in errors_of(modal(title="x" * 46))


def test_one_to_five_fields_pass_and_none_or_six_are_refused() -> None:
    assert check_modal(Form(modal(*[text(str(index)) for index in range(5)])))

    assert "components" in errors_of(modal() | {"components": []})
    assert "components" in errors_of(modal(*[text(str(index)) for index in range(6)]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""},
        {"label": "x" * 46},
        {"placeholder": "x" * 101},
        {"custom_id": ""},
        {"style": 3},
        {"min_length": 5, "max_length": 4},
        {"max_length": 4001},
        {"value": "abc", "max_length": 2},
    ],
)
def test_a_text_input_that_breaks_a_rule_is_refused(wrong: dict[str, object]) -> None:
    assert errors_of(modal({**text(), **wrong}))


def test_a_label_holds_an_input_or_a_select() -> None:
    inner = {"type": 4, "custom_id": "t", "style": 2}
    choice = {"type": 3, "custom_id": "s", "options": [{"label": "l", "value": "v"}]}
    labels = [{"type": 18, "label": "Why", "component": inner}, {"type": 18, "label": "Which", "component": choice}]

    normal = check_modal(Form(modal() | {"components": labels}))
    assert [label["component"]["type"] for label in normal["components"]] == [4, 3]
    assert "component" in errors_of(modal() | {"components": [{"type": 18, "label": "Why"}]})["components"]["0"]


def test_a_row_takes_no_button() -> None:
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "l", "custom_id": "b"}]}

    assert errors_of(modal() | {"components": [row]})


def test_twenty_five_choices_pass_and_twenty_six_are_refused() -> None:
    choices = [{"name": f"n{index}", "value": f"v{index}"} for index in range(26)]
    assert len(check_choices(Form({"choices": choices[:25]}), 3)) == 25

    with pytest.raises(ApiError):
        check_choices(Form({"choices": choices}), 3)


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        (3, {"name": "x" * 101, "value": "v"}),
        (3, {"name": "", "value": "v"}),
        (3, {"name": "n", "value": "x" * 101}),
        (3, {"name": "n", "value": 5}),
        (4, {"name": "n", "value": "five"}),
        (10, {"name": "n", "value": "five"}),
    ],
)
def test_a_choice_that_is_too_long_or_of_the_wrong_type_is_refused(kind: int, choice: dict[str, object]) -> None:
    with pytest.raises(ApiError):
        check_choices(Form({"choices": [choice]}), kind)


def test_an_answer_without_choices_is_refused_and_an_empty_list_is_not() -> None:
    assert check_choices(Form({"choices": []}), 3) == []

    with pytest.raises(ApiError):
        check_choices(Form({}), 3)
