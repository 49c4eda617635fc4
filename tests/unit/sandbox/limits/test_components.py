from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ApiError
from sandbox.limits.components import check_components
from sandbox.limits.emoji import is_emoji
from sandbox.limits.form import Form


def checked(*components: object, v2: bool = False) -> list[dict[str, Any]]:
    form = Form({"components": list(components)})
    normal = check_components(form, v2=v2)
    form.check()
    return normal


def errors_of(*components: object, v2: bool = False) -> dict[str, Any]:
    with pytest.raises(ApiError) as refused:
        checked(*components, v2=v2)
    assert refused.value.errors is not None
    return dict(refused.value.errors["components"])


def row(*children: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(children)}


def button(custom_id: str = "go", **more: object) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id, **more}


def select(options: int = 1, **more: object) -> dict[str, Any]:
    entries = [{"label": f"l{index}", "value": f"v{index}"} for index in range(options)]
    return {"type": 3, "custom_id": "pick", "options": entries, **more}


def code_in(errors: dict[str, Any], *path: str) -> str:
    node: Any = errors
    for part in path:
        node = node[part]
    return str(node["_errors"][0]["code"])


def test_five_rows_of_five_buttons_pass_with_an_id_each() -> None:
    rows = [row(*[button(f"{line}.{place}") for place in range(5)]) for line in range(5)]

    ids = [each["id"] for each in checked(*rows)]
    assert ids == [1, 7, 13, 19, 25]


def test_a_sixth_row_and_a_sixth_button_are_refused() -> None:
    assert code_in(errors_of(*[row(button(str(line))) for line in range(6)])) == "BASE_TYPE_MAX_LENGTH"
    wide = row(*[button(str(place)) for place in range(6)])
    assert code_in(errors_of(wide), "0", "components") == "BASE_TYPE_BAD_LENGTH"


def test_an_empty_row_is_refused() -> None:
    assert code_in(errors_of(row()), "0", "components") == "BASE_TYPE_BAD_LENGTH"


def test_a_button_outside_of_a_row_is_refused() -> None:
    assert code_in(errors_of(button()), "0", "type") == "BASE_TYPE_CHOICES"


def test_the_same_custom_id_twice_is_refused_across_rows() -> None:
    errors = errors_of(row(button()), row(button()))

    assert code_in(errors, "1", "components", "0", "custom_id") == "COMPONENT_CUSTOM_ID_DUPLICATED"


@given(st.integers(1, 100))
def test_a_custom_id_has_one_to_a_hundred_characters(length: int) -> None:
    assert checked(row(button("x" * length)))


@pytest.mark.parametrize("custom_id", ["", "x" * 101])
def test_a_custom_id_that_is_empty_or_too_long_is_refused(custom_id: str) -> None:
    assert "custom_id" in errors_of(row(button(custom_id)))["0"]["components"]["0"]


def test_a_label_of_eighty_passes_and_of_eighty_one_is_refused() -> None:
    assert checked(row(button(label="x" * 80)))

    assert "label" in errors_of(row(button(label="x" * 81)))["0"]["components"]["0"]


def test_a_button_needs_a_label_or_an_emoji() -> None:
    assert checked(row(button(label=None, emoji={"name": "🔁"})))

    assert code_in(errors_of(row(button(label=None))), "0", "components", "0", "label").startswith("BUTTON")


def test_a_link_needs_an_address_and_no_custom_id() -> None:
    link = {"type": 2, "style": 5, "label": "Docs", "url": "https://example.org"}
    assert checked(row(link))

    assert "url" in errors_of(row({**link, "url": None}))["0"]["components"]["0"]
    assert "custom_id" in errors_of(row({**link, "custom_id": "x"}))["0"]["components"]["0"]
    assert "url" in errors_of(row({**link, "url": "javascript:alert(1)"}))["0"]["components"]["0"]


def test_a_button_that_is_no_link_has_no_address() -> None:
    assert "url" in errors_of(row(button(url="https://example.org")))["0"]["components"]["0"]


def test_a_select_has_one_to_twenty_five_options() -> None:
    assert checked(row(select(25)))

    for number in (0, 26):
        assert "options" in errors_of(row(select(number)))["0"]["components"]["0"]


def test_a_select_stands_alone_in_its_row() -> None:
    errors = errors_of(row(select(), button()))

    assert code_in(errors, "0", "components") == "COMPONENT_LAYOUT_WIDTH_EXCEEDED"


@pytest.mark.parametrize("part", ["label", "value", "description"])
def test_an_option_s_texts_have_a_hundred_characters(part: str) -> None:
    option = {"label": "l", "value": "v", part: "x" * 100}
    assert checked(row(select(options=0) | {"options": [option]}))

    errors = errors_of(row(select(options=0) | {"options": [{**option, part: "x" * 101}]}))
    assert part in errors["0"]["components"]["0"]["options"]["0"]


def test_the_same_value_twice_is_refused() -> None:
    option = {"label": "l", "value": "v"}

    errors = errors_of(row(select() | {"options": [option, option]}))
    assert code_in(errors, "0", "components", "0", "options") == "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"


@pytest.mark.parametrize(
    "wrong",
    [{"min_values": 3, "max_values": 2}, {"max_values": 4}, {"min_values": -1}, {"max_values": 26}],
)
def test_the_numbers_of_values_must_fit_each_other_and_the_options(wrong: dict[str, int]) -> None:
    assert errors_of(row(select(3, **wrong)))


def test_a_placeholder_of_a_hundred_and_fifty_passes_and_one_more_is_refused() -> None:
    assert checked(row(select(placeholder="x" * 150)))

    assert "placeholder" in errors_of(row(select(placeholder="x" * 151)))["0"]["components"]["0"]


def test_a_message_takes_no_text_inputs() -> None:
    text = {"type": 4, "custom_id": "t", "label": "l", "style": 1}

    assert code_in(errors_of(row(text)), "0", "components", "0", "type") == "BASE_TYPE_CHOICES"


def test_new_components_nest_and_are_counted_in_all() -> None:
    texts = [{"type": 10, "content": "x"}] * 10
    assert len(checked({"type": 17, "components": texts}, v2=True)[0]["components"]) == 10

    errors = errors_of(*[{"type": 17, "components": texts}] * 4, v2=True)
    assert code_in(errors) == "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"


def test_four_thousand_characters_of_text_displays_pass_and_one_more_is_refused() -> None:
    assert checked({"type": 10, "content": "x" * 3999}, {"type": 10, "content": "y"}, v2=True)

    errors = errors_of({"type": 10, "content": "x" * 3999}, {"type": 10, "content": "yy"}, v2=True)
    assert code_in(errors) == "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"


@pytest.mark.parametrize("text", ["🔁", "◀", "◀️", "⏮️", "1️⃣", "👩‍💻", "🇩🇪", "✅", "👍🏽"])
def test_an_emoji_is_an_emoji(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", "a", "←", "✓", "1", "🔁🔁", ":repeat:", "ok 🔁"])
def test_other_symbols_and_words_are_none(text: str) -> None:
    assert not is_emoji(text)


def test_an_emoji_that_is_none_is_refused() -> None:
    assert "emoji" in errors_of(row(button(emoji={"name": "←"})))["0"]["components"]["0"]
    assert "emoji" in errors_of(row(button(emoji={"name": "whale", "id": "123"})))["0"]["components"]["0"]
