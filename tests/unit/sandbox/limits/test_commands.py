from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ApiError
from sandbox.limits.commands import check_command, command_length
from sandbox.limits.form import Form


def checked(**command: object) -> dict[str, Any]:
    form = Form({"name": "perf", "description": "What is slow", "type": 1, **command})
    normal = check_command(form)
    form.check()
    return normal


def errors_of(**command: object) -> dict[str, Any]:
    with pytest.raises(ApiError) as refused:
        checked(**command)
    assert refused.value.errors is not None
    return refused.value.errors


def option(name: str = "operation", kind: int = 3, **more: object) -> dict[str, Any]:
    return {"name": name, "description": "d", "type": kind, **more}


@pytest.mark.parametrize("name", ["perf", "perf-stats", "a_b", "größe", "日本", "x" * 32, "it's"])
def test_a_name_of_lower_case_letters_digits_dash_and_underscore_passes(name: str) -> None:
    assert checked(name=name)["name"] == name


@pytest.mark.parametrize("name", ["Perf", "perf stats", "", "x" * 33, "perf!", "a.b", "É"])
def test_any_other_name_is_refused(name: str) -> None:
    assert "name" in errors_of(name=name)


@given(st.integers(1, 100))
def test_a_description_has_one_to_a_hundred_characters(length: int) -> None:
    assert checked(description="x" * length)


@pytest.mark.parametrize("description", ["", None, " ", "x" * 101])
def test_a_description_that_is_empty_or_too_long_is_refused(description: str | None) -> None:
    assert "description" in errors_of(description=description)


def test_twenty_five_options_pass_and_twenty_six_are_refused() -> None:
    assert len(checked(options=[option(f"o{index}") for index in range(25)])["options"]) == 25

    assert "options" in errors_of(options=[option(f"o{index}") for index in range(26)])


def test_required_options_come_first() -> None:
    assert checked(options=[option("a", required=True), option("b")])

    errors = errors_of(options=[option("a"), option("b", required=True)])
    assert errors["options"]["1"]["_errors"][0]["code"] == "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"


def test_two_options_of_one_name_are_refused() -> None:
    assert "1" in errors_of(options=[option("a"), option("a")])["options"]


@pytest.mark.parametrize("kind", [0, 12, "text"])
def test_an_option_of_an_unknown_type_is_refused(kind: object) -> None:
    assert "type" in errors_of(options=[option() | {"type": kind}])["options"]["0"]


def test_twenty_five_choices_pass_and_twenty_six_are_refused() -> None:
    choices = [{"name": f"n{index}", "value": f"v{index}"} for index in range(26)]
    assert checked(options=[option(choices=choices[:25])])

    assert "choices" in errors_of(options=[option(choices=choices)])["options"]["0"]


def test_a_choice_has_the_option_s_type() -> None:
    assert checked(options=[option(kind=4, choices=[{"name": "one", "value": 1}])])

    errors = errors_of(options=[option(kind=4, choices=[{"name": "one", "value": "one"}])])
    assert "value" in errors["options"]["0"]["choices"]["0"]


def test_choices_and_autocomplete_exclude_each_other() -> None:
    choice = {"name": "n", "value": "v"}

    assert "autocomplete" in errors_of(options=[option(choices=[choice], autocomplete=True)])["options"]["0"]


def test_only_texts_and_numbers_autocomplete() -> None:
    assert "autocomplete" in errors_of(options=[option(kind=5, autocomplete=True)])["options"]["0"]


def test_a_group_holds_subcommands_and_a_subcommand_holds_options() -> None:
    leaf = option("recent", 1, options=[option()])
    nested = checked(options=[option("of", 2, options=[leaf])])
    assert nested["options"][0]["options"][0]["options"][0]["name"] == "operation"


def test_a_group_in_a_group_and_a_subcommand_in_a_subcommand_are_refused() -> None:
    assert errors_of(options=[option("g", 2, options=[option("h", 2, options=[option("s", 1)])])])
    assert errors_of(options=[option("s", 1, options=[option("t", 1)])])


def test_subcommands_do_not_mix_with_options() -> None:
    errors = errors_of(options=[option("s", 1), option("o", 3)])

    assert errors["options"]["_errors"][0]["code"] == "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"


def test_eight_thousand_characters_pass_and_one_more_is_refused() -> None:
    def command(extra: int) -> dict[str, Any]:
        choices = [{"name": f"{index:02}" + "n" * 98, "value": f"{index:02}" + "v" * 98} for index in range(25)]
        options = [option("a", choices=choices), option("b", choices=choices[:14])]
        size = command_length({"name": "perf", "description": "What is slow", "options": options})
        rest = 8000 - size + extra
        last = {"name": "n" * (rest - 99), "value": "v" * 99}
        return {"options": [options[0], {**options[1], "choices": [*choices[:14], last]}]}

    assert checked(**command(0))
    assert errors_of(**command(1))["_errors"][0]["code"] == "APPLICATION_COMMAND_TOO_LARGE"


def test_a_context_menu_command_has_a_free_name_and_no_description() -> None:
    assert checked(name="Show slow calls", type=2, description="")["name"] == "Show slow calls"

    assert "description" in errors_of(name="Show", type=3, description="not allowed")


def test_permissions_are_told_as_text() -> None:
    assert checked(default_member_permissions=8)["default_member_permissions"] == "8"
    assert checked(default_member_permissions="8")["default_member_permissions"] == "8"
    assert checked()["default_member_permissions"] is None


def test_a_minimum_above_the_maximum_is_refused() -> None:
    assert errors_of(options=[option(kind=4, min_value=5, max_value=4)])
    assert errors_of(options=[option(min_length=5, max_length=4)])
