from __future__ import annotations

from typing import Any

import pytest

from sandbox.client.components import use_component
from sandbox.client.modals import fill_modal
from sandbox.client.payload import Resolver
from sandbox.errors import Refused
from sandbox.world import ADA_ID, ADMIN_ROLE_ID, GENERAL_ID, build_world

WORLD = build_world()
RESOLVER = Resolver(WORLD, WORLD.users[ADA_ID])

BUTTON = {"type": 2, "id": 2, "custom_id": "go", "style": 1, "label": "Go"}
OFF = {**BUTTON, "id": 3, "custom_id": "off", "disabled": True}
SELECT = {
    "type": 3,
    "id": 5,
    "custom_id": "pick",
    "min_values": 1,
    "max_values": 2,
    "options": [{"label": name, "value": name} for name in "abc"],
}
COMPONENTS: list[dict[str, Any]] = [
    {"type": 1, "id": 1, "components": [BUTTON, OFF]},
    {"type": 17, "id": 3, "components": [{"type": 1, "id": 4, "components": [SELECT]}]},
]


def use(
    custom_id: str, values: list[str] | None = None, components: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return use_component(components or COMPONENTS, custom_id, values, WORLD, RESOLVER)


def test_a_button_is_pressed_and_a_select_is_picked_in_at_any_depth() -> None:
    assert use("go") == {"custom_id": "go", "component_type": 2, "id": 2}
    assert use("pick", ["c", "a"])["values"] == ["c", "a"]


@pytest.mark.parametrize(
    ("custom_id", "values", "words"),
    [
        ("gone", None, "no such button"),
        ("off", None, "disabled"),
        ("go", ["a"], "no values"),
        ("pick", None, "Pick 1 to 2"),
        ("pick", ["a", "b", "c"], "Pick 1 to 2"),
        ("pick", ["a", "a"], "twice"),
        ("pick", ["d"], "not offered"),
    ],
)
def test_what_the_client_would_not_send_is_refused(custom_id: str, values: list[str] | None, words: str) -> None:
    with pytest.raises(Refused, match=words):
        use(custom_id, values)


@pytest.mark.parametrize(
    ("kind", "value", "resolved"),
    [(5, ADA_ID, "users"), (6, ADMIN_ROLE_ID, "roles"), (7, ADMIN_ROLE_ID, "roles"), (8, GENERAL_ID, "channels")],
)
def test_users_roles_and_channels_come_resolved(kind: int, value: str, resolved: str) -> None:
    select = {"type": kind, "id": 2, "custom_id": "who", "min_values": 1, "max_values": 1}

    data = use("who", [value], [{"type": 1, "id": 1, "components": [select]}])
    assert value in data["resolved"][resolved]
    with pytest.raises(Refused, match="not offered"):
        use("who", ["1"], [{"type": 1, "id": 1, "components": [select]}])


TEXT = {"type": 4, "id": 2, "custom_id": "why", "label": "Why", "style": 1, "min_length": 2, "max_length": 4}
MODAL: dict[str, Any] = {
    "custom_id": "m",
    "title": "t",
    "components": [
        {"type": 1, "id": 1, "components": [TEXT]},
        {"type": 10, "id": 3, "content": "words"},
        {"type": 18, "id": 4, "label": "Which", "component": {**SELECT, "required": False}},
    ],
}


def test_a_modal_is_sent_as_it_was_filled_in() -> None:
    data = fill_modal(MODAL, {"why": "slow", "pick": ["b"]}, WORLD, Resolver(WORLD, WORLD.users[ADA_ID]))

    assert data == {
        "custom_id": "m",
        "components": [
            {"type": 1, "id": 1, "components": [{"type": 4, "id": 2, "custom_id": "why", "value": "slow"}]},
            {"type": 10, "id": 3},
            {"type": 18, "id": 4, "component": {"type": 3, "id": 5, "custom_id": "pick", "values": ["b"]}},
        ],
    }


def test_what_is_not_required_may_stay_empty_and_a_preset_text_is_sent() -> None:
    preset = {**MODAL, "components": [{"type": 1, "id": 1, "components": [{**TEXT, "value": "abc"}]}]}
    assert fill_modal(preset, {}, WORLD, RESOLVER)["components"][0]["components"][0]["value"] == "abc"

    data = fill_modal(MODAL, {"why": "slow"}, WORLD, RESOLVER)
    assert data["components"][2]["component"]["values"] == []


@pytest.mark.parametrize(
    ("values", "words"),
    [({}, "required"), ({"why": "x"}, "between 2 and 4"), ({"why": "xxxxx"}, "between"), ({"no": "x"}, "no field")],
)
def test_a_field_that_is_not_filled_in_as_it_must_be_is_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        fill_modal(MODAL, values, WORLD, RESOLVER)
