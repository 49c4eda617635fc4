"""Buttons and selects as a person uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.errors import Refused
from sandbox.messages import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.client.payload import Resolver
    from sandbox.jsontypes import Json
    from sandbox.world import World

BUTTON, STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 2, 3, 5, 6, 7, 8
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)


def use_component(
    components: Sequence[Json], custom_id: str, values: Sequence[str] | None, world: World, resolver: Resolver
) -> Json:
    """The `data` of the interaction that pressing or picking makes.

    Args:
        components: The message's components.
        custom_id: Which one is used.
        values: What was picked, for selects.
        world: The guild, for selects of users, roles and channels.
        resolver: Where what was picked is noted.

    Raises:
        Refused: No such component, a disabled one, or a pick that the select does not offer.
    """
    component = next((each for each in walk(components) if each.get("custom_id") == custom_id), None)
    if component is None:
        raise Refused("There is no such button or select on this message.", 404)
    if component.get("disabled"):
        raise Refused("This component is disabled.", 403)
    data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
    if component["type"] == BUTTON:
        if values:
            raise Refused("A button takes no values.")
        return data
    picked = pick(component, values or [], world, resolver)
    return resolver.into({**data, "values": picked})


def pick(select: Json, values: Sequence[str], world: World, resolver: Resolver) -> list[str]:
    """The values of a select, checked against what it offers.

    Raises:
        Refused: Too few, too many, the same twice, or one that is not offered.
    """
    low, high = select.get("min_values", 1), select.get("max_values", 1)
    if not low <= len(values) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        raise Refused(f"Pick {wanted} {'option' if wanted == '1' else 'options'}; {len(values)} were picked.")
    if len(set(values)) < len(values):
        raise Refused("The same option was picked twice.")
    if select["type"] == STRING_SELECT:
        offered = [option["value"] for option in select["options"]]
        for value in values:
            if value not in offered:
                raise Refused(f"{value!r} is not offered here; there are: {', '.join(offered)}.")
        return list(values)
    return [_resolve(select, value, world, resolver) for value in values]


def _resolve(select: Json, value: str, world: World, resolver: Resolver) -> str:
    kind = select["type"]
    if kind in (USER_SELECT, MENTIONABLE_SELECT) and value in world.users:
        return resolver.add_user(world.users[value])
    if kind in (ROLE_SELECT, MENTIONABLE_SELECT) and value in world.roles:
        return resolver.add_role(value)
    if kind == CHANNEL_SELECT and value in world.channels:
        channel = world.channels[value]
        if channel.type in (select.get("channel_types") or [channel.type]):
            return resolver.add_channel(channel)
    raise Refused(f"{value!r} is not offered here.")
