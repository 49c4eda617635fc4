from __future__ import annotations

from typing import Any

import pytest

from sandbox.client.options import fill_options, fill_partly, find_command, nest
from sandbox.client.payload import Resolver
from sandbox.errors import Refused
from sandbox.world import ADA_ID, ADMIN_ROLE_ID, BOT_ID, GENERAL_ID, MAX_ID, build_world

WORLD = build_world()


def option(kind: int, **more: object) -> dict[str, Any]:
    return {"name": "o", "type": kind, "description": "d", **more}


def value_of(declared: dict[str, Any], value: object, user: str = MAX_ID) -> object:
    filled: dict[str, object]
    [filled] = fill_options([declared], {"o": value}, WORLD, Resolver(WORLD, WORLD.users[user]))
    return filled["value"]


def refusal(declared: dict[str, Any], value: object) -> str:
    with pytest.raises(Refused) as refused:
        value_of(declared, value)
    return refused.value.reason


@pytest.mark.parametrize(
    ("declared", "given", "value"),
    [
        (option(3), "nginx", "nginx"),
        (option(3), 5, "5"),
        (option(4), "24", 24),
        (option(4), 24.0, 24),
        (option(4, min_value=1, max_value=24), 24, 24),
        (option(10), "0.5", 0.5),
        (option(5), "True", True),
        (option(5), False, False),
        (option(6), "Ada", ADA_ID),
        (option(6), "ddc-perf", BOT_ID),
        (option(7), "#general", GENERAL_ID),
        (option(8), "@Admin", ADMIN_ROLE_ID),
        (option(9), "Ada", ADA_ID),
        (option(9), "Admin", ADMIN_ROLE_ID),
        (option(3, choices=[{"name": "JSON", "value": "json"}]), "json", "json"),
        (option(3, min_length=2, max_length=3), "abc", "abc"),
    ],
)
def test_a_good_value_is_taken_in_its_own_type(declared: dict[str, Any], given: object, value: object) -> None:
    taken = value_of(declared, given)

    assert taken == value
    assert type(taken) is type(value)


@pytest.mark.parametrize(
    ("declared", "given", "words"),
    [
        (option(4), "many", "whole number"),
        (option(4), 1.5, "whole number"),
        (option(4), True, "whole number"),
        (option(10), "inf", "number"),
        (option(4, min_value=1, max_value=24), 25, "between 1 and 24"),
        (option(4, min_value=1), 0, "between 1"),
        (option(5), "perhaps", "True or False"),
        (option(6), "Nobody", "no user"),
        (option(7), "secret", "cannot see"),
        (option(7, channel_types=[2]), "general", "right type"),
        (option(8), "Nobody", "no role"),
        (option(3, choices=[{"name": "JSON", "value": "json"}]), "xml", "pick one of JSON"),
        (option(3, max_length=3), "abcd", "at most 3"),
        (option(3, min_length=2), "a", "at least 2"),
        (option(3), "", "at least 1"),
        (option(3), ["a"], "text"),
        (option(11), "file", "upload"),
    ],
)
def test_a_bad_value_is_refused_in_words(declared: dict[str, Any], given: object, words: str) -> None:
    assert words in refusal(declared, given)


def test_a_required_option_must_be_given_and_an_unknown_one_must_not() -> None:
    resolver = Resolver(WORLD, WORLD.users[MAX_ID])
    with pytest.raises(Refused, match="required"):
        fill_options([option(3, required=True)], {}, WORLD, resolver)
    with pytest.raises(Refused, match="no option 'x' here; there are: o"):
        fill_options([option(3)], {"x": 1}, WORLD, resolver)


def test_options_come_in_the_order_in_which_the_command_has_them() -> None:
    declared = [option(3) | {"name": name} for name in ("a", "b", "c")]

    filled = fill_options(declared, {"c": "3", "a": "1"}, WORLD, Resolver(WORLD, WORLD.users[MAX_ID]))
    assert [each["name"] for each in filled] == ["a", "c"]


def test_what_was_picked_comes_resolved_with_permissions() -> None:
    resolver = Resolver(WORLD, WORLD.users[ADA_ID])
    fill_options([option(6), option(7) | {"name": "p"}], {"o": "Max", "p": "secret"}, WORLD, resolver)

    resolved = resolver.into({})["resolved"]
    assert resolved["users"][MAX_ID]["username"] == "max"
    assert "user" not in resolved["members"][MAX_ID]
    [channel] = resolved["channels"].values()
    assert int(channel["permissions"]) > 0


def test_half_typed_values_are_texts_and_invalid_others_are_left_out() -> None:
    declared = [option(4, autocomplete=True), option(4) | {"name": "p"}, option(3) | {"name": "q"}]
    resolver = Resolver(WORLD, WORLD.users[MAX_ID])

    filled = fill_partly(declared, {"o": 1, "p": "x", "q": "y"}, "o", WORLD, resolver)
    assert filled == [
        {"name": "o", "type": 4, "value": "1", "focused": True},
        {"name": "q", "type": 3, "value": "y"},
    ]


def test_an_option_without_autocomplete_cannot_be_asked() -> None:
    with pytest.raises(Refused, match="no autocomplete"):
        fill_partly([option(3)], {}, "o", WORLD, Resolver(WORLD, WORLD.users[MAX_ID]))


PERF = {
    "name": "perf",
    "type": 1,
    "options": [
        {"name": "recent", "type": 1, "options": [option(3)]},
        {"name": "of", "type": 2, "options": [{"name": "day", "type": 1}]},
    ],
}


def test_a_command_is_found_by_its_full_name() -> None:
    assert [step["name"] for step in find_command([PERF], "/perf of day")[1]] == ["of", "day"]
    assert [step["name"] for step in find_command([PERF], "perf  recent")[1]] == ["recent"]


@pytest.mark.parametrize("name", ["", "/", "stats", "perf", "perf of", "perf of week", "perf recent o"])
def test_a_name_that_is_no_command_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        find_command([PERF], name)


def test_options_are_nested_below_their_subcommand() -> None:
    _, path = find_command([PERF], "perf of day")

    assert nest(path, [{"name": "o"}]) == [
        {"name": "of", "type": 2, "options": [{"name": "day", "type": 1, "options": [{"name": "o"}]}]}
    ]
