"""Discord's rules for application commands, and their normal form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.limits.form import REQUIRED, Form

if TYPE_CHECKING:
    from sandbox.jsontypes import Json

NAME = 32
DESCRIPTION = 100
OPTIONS = 25
CHOICES = 25
CHOICE = 100
TOTAL = 8000
OPTION_TEXT = 6000
INT53 = (1 << 53) - 1

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
_WITH_CHOICES = (STRING, INTEGER, NUMBER)

# Letters and digits of any script, with the marks that Devanagari and Thai need. Upper case is looked for apart.
_NAME = re.compile(r"^[-_'\w\u0900-\u097F\u0E00-\u0E7F]{1,32}$")


def check_command(form: Form) -> Json:
    """The command at this place in its normal form; errors are noted in the form."""
    form.mapping()
    kind = form.integer("type", choices=(CHAT_INPUT, USER_MENU, MESSAGE_MENU)) or CHAT_INPUT
    slash = kind == CHAT_INPUT
    permissions = form.integer("default_member_permissions", low=0, high=INT53 << 1)
    command: Json = {
        "type": kind,
        "name": _name(form) if slash else form.text("name", low=1, high=NAME, required=True),
        "description": form.text("description", low=1, high=DESCRIPTION, required=True) if slash else "",
        "default_member_permissions": None if permissions is None else str(permissions),
        "dm_permission": form.flag("dm_permission", default=True),
        "contexts": _enumerations(form, "contexts", (0, 1, 2)),
        "integration_types": _enumerations(form, "integration_types", (0, 1)) or [0],
        "nsfw": form.flag("nsfw"),
        "name_localizations": form.mapping().get("name_localizations"),
        "description_localizations": form.mapping().get("description_localizations"),
    }
    if not slash and form.mapping().get("description"):
        form.at("description").error(
            "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED", "Context menu commands cannot have description"
        )
    options = check_options(form, (SUBCOMMAND, GROUP, *range(STRING, ATTACHMENT + 1))) if slash else []
    if options:
        command["options"] = options
    if command_length(command) > TOTAL:
        form.error("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOTAL})")
    return command


def command_length(command: Json) -> int:
    """The characters of names, descriptions and string choices in a command, of which 8000 are allowed."""
    total = len(command.get("name") or "") + len(command.get("description") or "")
    for choice in command.get("choices", []):
        total += len(choice["name"]) + (len(choice["value"]) if isinstance(choice["value"], str) else 0)
    return total + sum(map(command_length, command.get("options", [])))


def check_options(form: Form, allowed: tuple[int, ...]) -> list[Json]:
    """The options below a command, group or subcommand in their normal form."""
    places = form.items("options", high=OPTIONS)
    options = [_option(place, allowed) for place in places]
    kinds = [option.get("type") in (SUBCOMMAND, GROUP) for option in options]
    if any(kinds) and not all(kinds):
        form.at("options").error(
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
    seen: set[str] = set()
    optional_before = False
    for place, option in zip(places, options, strict=True):
        name = option.get("name")
        if name is not None and name in seen:
            place.at("name").error("APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
        seen.add(str(name))
        if option.get("required") and optional_before:
            place.error(
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_before = optional_before or not option.get("required")
    return options


def _option(form: Form, allowed: tuple[int, ...]) -> Json:
    form.mapping()
    kind = form.integer("type", choices=allowed, required=True)
    option: Json = {
        "type": kind,
        "name": _name(form),
        "description": form.text("description", low=1, high=DESCRIPTION, required=True),
    }
    if kind is None:
        return option
    if kind in (SUBCOMMAND, GROUP):
        below = (SUBCOMMAND,) if kind == GROUP else tuple(range(STRING, ATTACHMENT + 1))
        nested = check_options(form, below)
        if kind == GROUP and not nested:
            form.at("options").error(*REQUIRED)
        return {**option, **({"options": nested} if nested else {})}
    if form.flag("required"):
        option["required"] = True
    _limits(form, kind, option)
    choices = [_choice(place, kind) for place in form.items("choices", high=CHOICES)]
    if choices:
        option["choices"] = choices
        _check_choices(form, kind, choices)
    if form.flag("autocomplete"):
        option["autocomplete"] = True
        if choices or kind not in _WITH_CHOICES:
            form.at("autocomplete").error(
                "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
                "Autocomplete is not allowed with choices or for this type",
            )
    return option


def _check_choices(form: Form, kind: int, choices: list[Json]) -> None:
    if kind not in _WITH_CHOICES:
        form.at("choices").error("APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Choices are not allowed for this type")
    names = [choice["name"] for choice in choices]
    if len(set(names)) < len(names):
        form.at("choices").error(
            "APPLICATION_COMMAND_OPTIONS_CHOICES_NAME_DUPLICATE", "The specified choice names must be unique"
        )


def _limits(form: Form, kind: int, option: Json) -> None:
    limits: Json = {}
    if kind == STRING:
        limits["min_length"] = form.integer("min_length", low=0, high=OPTION_TEXT)
        limits["max_length"] = form.integer("max_length", low=1, high=OPTION_TEXT)
    elif kind == INTEGER:
        limits["min_value"] = form.integer("min_value", low=-INT53, high=INT53)
        limits["max_value"] = form.integer("max_value", low=-INT53, high=INT53)
    elif kind == NUMBER:
        limits["min_value"] = form.mapping().get("min_value")
        limits["max_value"] = form.mapping().get("max_value")
    elif kind == CHANNEL:
        limits["channel_types"] = form.mapping().get("channel_types") or None
    option.update({name: value for name, value in limits.items() if value is not None})
    low = limits.get("min_value", limits.get("min_length"))
    high = limits.get("max_value", limits.get("max_length"))
    if low is not None and high is not None and low > high:
        form.error("APPLICATION_COMMAND_OPTIONS_MIN_MAX_INVALID", "The minimum must not be above the maximum")


def _choice(form: Form, kind: int) -> Json:
    data = form.mapping()
    value = data.get("value")
    if kind == STRING:
        value = form.text("value", high=CHOICE, required=True, strip=False) or ""
    elif kind == INTEGER:
        value = form.integer("value", low=-INT53, high=INT53, required=True)
    elif not isinstance(value, int | float) or isinstance(value, bool):
        form.at("value").error("NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')
    return {"name": form.text("name", low=1, high=CHOICE, required=True) or "", "value": value}


def _name(form: Form) -> str | None:
    name = form.text("name", low=1, high=NAME, required=True)
    if name is not None and not (_NAME.match(name) and name == name.lower()):
        form.at("name").error("STRING_TYPE_REGEX", "String value did not match validation regex.")
    return name


def _enumerations(form: Form, key: str, choices: tuple[int, ...]) -> list[int] | None:
    if form.mapping().get(key) is None:
        return None
    values = []
    for place in form.items(key, low=1, high=len(choices)):
        if place.raw in choices and place.raw not in values:
            values.append(int(str(place.raw)))
        else:
            place.error("BASE_TYPE_CHOICES", f"Value must be one of {choices}.")
    return values
