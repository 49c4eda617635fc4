"""Modals as a person fills them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.client.components import SELECTS, pick
from sandbox.errors import Refused
from sandbox.messages import walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.client.payload import Resolver
    from sandbox.jsontypes import Json
    from sandbox.world import World

ROW, TEXT_INPUT, TEXT, LABEL = 1, 4, 10, 18
LONGEST = 4000


def fill_modal(modal: Json, values: Mapping[str, object], world: World, resolver: Resolver) -> Json:
    """The `data` of a submitted modal.

    Args:
        modal: The modal as the bot sent it.
        values: What was typed or picked, by custom id.
        world: The guild, for selects of users, roles and channels.
        resolver: Where what was picked is noted.

    Raises:
        Refused: A field that does not exist, a required one left empty, or a text of the wrong length.
    """
    fields = {each["custom_id"] for each in walk(modal["components"]) if "custom_id" in each}
    for name in values:
        if name not in fields:
            raise Refused(f"The modal has no field {name!r}; there are: {', '.join(sorted(fields))}.")
    components = [_submitted(component, values, world, resolver) for component in modal["components"]]
    return resolver.into({"custom_id": modal["custom_id"], "components": components})


def _submitted(component: Json, values: Mapping[str, object], world: World, resolver: Resolver) -> Json:
    kind = component["type"]
    base: Json = {"type": kind, "id": component["id"]}
    if kind == ROW:
        return {**base, "components": [_submitted(each, values, world, resolver) for each in component["components"]]}
    if kind == LABEL:
        inner = {**component["component"], "label": component["label"]}
        return {**base, "component": _submitted(inner, values, world, resolver)}
    if kind == TEXT:
        return base
    base["custom_id"] = component["custom_id"]
    given = values.get(component["custom_id"])
    if kind == TEXT_INPUT:
        return {**base, "value": _typed(component, given)}
    if kind in SELECTS:
        return {**base, "values": _picked(component, given, world, resolver)}
    raise Refused("The sandbox cannot fill in this kind of field.")


def _typed(field: Json, given: object) -> str:
    text = str(field.get("value") or "") if given is None else str(given)
    label = field.get("label") or field["custom_id"]
    if not text:
        if field.get("required", True):
            raise Refused(f"{label}: this field is required.")
        return text
    low, high = field.get("min_length") or 0, field.get("max_length") or LONGEST
    if not low <= len(text) <= high:
        raise Refused(f"{label}: must be between {low} and {high} characters.")
    return text


def _picked(field: Json, given: object, world: World, resolver: Resolver) -> list[str]:
    values: Sequence[str] = [str(each) for each in given] if isinstance(given, list | tuple) else []
    if not values and not field.get("required", True):
        return []
    return pick(field, values, world, resolver)
