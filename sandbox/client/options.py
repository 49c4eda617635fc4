"""The values that a person gives a command's options, checked as Discord's client checks them while one types."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from sandbox.errors import Refused
from sandbox.limits.commands import (
    BOOLEAN,
    CHANNEL,
    GROUP,
    INT53,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    OPTION_TEXT,
    ROLE,
    STRING,
    SUBCOMMAND,
    USER,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.client.payload import Resolver
    from sandbox.jsontypes import Json
    from sandbox.world import User, World

_TRUE, _FALSE = ("true", "yes"), ("false", "no")


def find_command(commands: list[Json], name: str) -> tuple[Json, list[Json]]:
    """The registered command that `name` means, with the groups and the subcommand on the way.

    Args:
        commands: Commands that the person may use.
        name: Full name, such as "perf recent", with or without the leading slash.

    Returns:
        The top command and the path below it, the subcommand last; the path is empty for a plain command.

    Raises:
        Refused: There is no such command, or it is a group that needs a subcommand.
    """
    words = name.removeprefix("/").split()
    top = next((each for each in commands if each["type"] == 1 and words and each["name"] == words[0]), None)
    if top is None:
        raise Refused(f"There is no command /{' '.join(words)} that you may use.", 404)
    path: list[Json] = []
    for word in words[1:]:
        below = (path[-1] if path else top).get("options", [])
        step = next((each for each in below if each["name"] == word and each["type"] in (SUBCOMMAND, GROUP)), None)
        if step is None:
            raise Refused(f"/{' '.join(words)}: there is no subcommand {word!r}.", 404)
        path.append(step)
    rest = [
        each["name"] for each in (path[-1] if path else top).get("options", []) if each["type"] in (SUBCOMMAND, GROUP)
    ]
    if rest:
        raise Refused(f"/{' '.join(words)} needs one of: {', '.join(rest)}.")
    return top, path


def fill_options(declared: list[Json], given: Mapping[str, object], world: World, resolver: Resolver) -> list[Json]:
    """The options of an interaction, in the order in which the command declares them.

    Raises:
        Refused: An unknown option, a missing required one, or a value that the client would not let through.
    """
    names = [option["name"] for option in declared]
    for name in given:
        if name not in names:
            raise Refused(f"There is no option {name!r} here; there are: {', '.join(names) or 'none'}.")
    filled = []
    for option in declared:
        value = given.get(option["name"])
        if value is None:
            if option.get("required"):
                raise Refused(f"{option['name']}: this option is required.")
            continue
        filled.append({"name": option["name"], "type": option["type"], "value": _value(option, value, world, resolver)})
    return filled


def fill_partly(
    declared: list[Json], given: Mapping[str, object], focused: str, world: World, resolver: Resolver
) -> list[Json]:
    """The options of an autocomplete: what is typed so far; values that are not valid yet are left out.

    Raises:
        Refused: The focused option does not exist or has no autocomplete.
    """
    target = next((option for option in declared if option["name"] == focused), None)
    if target is None or not target.get("autocomplete"):
        raise Refused(f"The option {focused!r} has no autocomplete.")
    filled = []
    for option in declared:
        name, kind = option["name"], option["type"]
        if name == focused:
            # Half-typed numbers are no numbers yet, so the focused value is always a text.
            filled.append({"name": name, "type": kind, "value": str(given.get(name) or ""), "focused": True})
        elif given.get(name) is not None:
            try:
                value = _value(option, given[name], world, resolver)
            except Refused:
                continue
            filled.append({"name": name, "type": kind, "value": value})
    return filled


def nest(path: list[Json], options: list[Json]) -> list[Json]:
    """The options below their subcommand and group."""
    for step in reversed(path):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    return options


def _value(option: Json, value: object, world: World, resolver: Resolver) -> object:
    name, kind = option["name"], option["type"]
    if kind in (STRING, INTEGER, NUMBER):
        plain = _text(name, value, option) if kind == STRING else _number(name, value, option)
        choices = option.get("choices")
        if choices and plain not in [choice["value"] for choice in choices]:
            raise Refused(f"{name}: pick one of {', '.join(choice['name'] for choice in choices)}.")
        return plain
    if kind == BOOLEAN:
        return _boolean(name, value)
    if kind == CHANNEL:
        channel = world.find_channel(str(value), resolver.user)
        if channel.type not in option.get("channel_types", [channel.type]):
            raise Refused(f"{name}: #{channel.name} is not a channel of the right type.")
        return resolver.add_channel(channel)
    if kind in (USER, ROLE, MENTIONABLE):
        return _someone(kind, str(value), world, resolver)
    raise Refused(f"{name}: the sandbox cannot upload files for an option.")


def _someone(kind: int, wanted: str, world: World, resolver: Resolver) -> str:
    if kind != ROLE:
        try:
            return resolver.add_user(_any_user(world, wanted))
        except Refused:
            if kind == USER:
                raise
    return resolver.add_role(world.find_role(wanted).id)


def _any_user(world: World, wanted: str) -> User:
    # Bots cannot be played, but they can be picked.
    bot = world.users[world.bot_id]
    return bot if wanted in {bot.id, bot.name} else world.find_user(wanted)


def _text(name: str, value: object, option: Json) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Refused(f"{name}: a text is needed.")
    text = str(value)
    low, high = option.get("min_length", 0), option.get("max_length", OPTION_TEXT)
    if len(text) < max(low, 1):
        raise Refused(f"{name}: must be at least {max(low, 1)} characters.")
    if len(text) > high:
        raise Refused(f"{name}: must be at most {high} characters.")
    return text


def _number(name: str, value: object, option: Json) -> int | float:
    whole = option["type"] == INTEGER
    number = _parse(value, whole=whole)
    if number is None:
        raise Refused(f"{name}: {value!r} is not a {'whole ' if whole else ''}number.")
    low, high = option.get("min_value", -INT53), option.get("max_value", INT53)
    if not low <= number <= high:
        raise Refused(f"{name}: must be between {low} and {high}.")
    return number


def _parse(value: object, *, whole: bool) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        if not whole:
            number = float(value)
            return number if isfinite(number) else None
        return int(value) if not isinstance(value, float) or value.is_integer() else None
    except ValueError:
        return None


def _boolean(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).casefold() in _TRUE:
        return True
    if str(value).casefold() in _FALSE:
        return False
    raise Refused(f"{name}: pick True or False.")
