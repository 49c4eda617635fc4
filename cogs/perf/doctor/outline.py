"""What Discord has of our commands against what we have. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Outline = dict[str, tuple[Any, ...]]
_GROUPS = (1, 2)
_CHAT_INPUT = 1
_TOLD = (
    "type",
    "name",
    "description",
    "required",
    "autocomplete",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
)


@dataclass(frozen=True, slots=True)
class Drift:
    """How two lists of commands differ.

    Attributes:
        missing: What we have and Discord has not.
        changed: What both have, but with other options or words.
        left_over: What Discord has and we have not.
    """

    missing: frozenset[str]
    changed: frozenset[str]
    left_over: frozenset[str]


def outline(commands: Iterable[Mapping[str, Any]]) -> Outline:
    """Give each command by its whole name, "/perf stats", with all that a person sees of it.

    Args:
        commands: As Discord's API takes or gives them.
    """
    found: Outline = {}
    for command in commands:
        kind = command.get("type") or _CHAT_INPUT
        _walk(command, "/" if kind == _CHAT_INPUT else f"({kind}) ", found)
    return found


def compare(ours: Outline, theirs: Outline) -> Drift:
    """Compare what we have with what Discord has."""
    return Drift(
        missing=frozenset(ours.keys() - theirs.keys()),
        changed=frozenset(name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]),
        left_over=frozenset(theirs.keys() - ours.keys()),
    )


def _walk(command: Mapping[str, Any], prefix: str, found: Outline) -> None:
    name = f"{prefix}{command['name']}"
    options = command.get("options") or ()
    inner = [option for option in options if option.get("type") in _GROUPS]
    for option in inner:
        _walk(option, f"{name} ", found)
    if not inner:
        found[name] = (command.get("description") or "", *map(_option, options))


def _option(option: Mapping[str, Any]) -> tuple[Any, ...]:
    # Discord leaves out what is false; we say it.
    told = tuple(option.get(key) or None for key in _TOLD)
    choices = tuple((choice.get("name"), choice.get("value")) for choice in option.get("choices") or ())
    return (*told, tuple(sorted(option.get("channel_types") or ())), choices)
