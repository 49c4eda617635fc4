"""The operation names of what a discord.py bot does: dotted, lower case, and few.

A name must never carry what a user typed or what changes from one message to the next (custom ids, labels with numbers
in them): each distinct name is a row of every report.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_STOCK_ITEMS: dict[type, str] = {
    discord.ui.Button: "button",
    discord.ui.Select: "select",
    discord.ui.UserSelect: "user_select",
    discord.ui.RoleSelect: "role_select",
    discord.ui.ChannelSelect: "channel_select",
    discord.ui.MentionableSelect: "mentionable_select",
}


# A word that the bot's author chose, and at most a number after it, which is left out: `next`, `window_24`. Anything
# else may be made for each message, and must not make a name for each.
_GIVEN = re.compile(r"([a-z]+(?:_[a-z]+)*)(?:[_:]\d+)?")


def snake(name: str) -> str:
    """Turn a class, function or command name into lower case with underscores (``ConfirmView`` -> ``confirm_view``)."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[^\w.-]+", "_", parted).strip("_").lower() or "unnamed"


def command_path(data: Mapping[str, Any]) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """Read the qualified command name, dotted, and the leaf's options out of an interaction's data.

    Args:
        data: The ``data`` object of an application command or autocomplete interaction.

    Returns:
        For ``/perf stats operation:x``: ``("perf.stats", [{"name": "operation", …}])``.
    """
    names = [snake(str(data.get("name", "")))]
    options: Sequence[Mapping[str, Any]] = data.get("options") or []
    while options and options[0].get("type") in (1, 2):  # SUB_COMMAND, SUB_COMMAND_GROUP
        names.append(snake(str(options[0].get("name", ""))))
        options = options[0].get("options") or []
    return ".".join(names), options


def _given_id(item: discord.ui.Item[Any]) -> str:
    """The custom id that the bot's author gave an item; empty for one that discord.py made up."""
    return str(getattr(item, "custom_id", "")) if getattr(item, "_provided_custom_id", False) else ""


def interaction_operation(interaction: discord.Interaction[Any]) -> str:
    """Name an application command or autocomplete interaction.

    Returns:
        ``command.perf.stats`` or ``autocomplete.perf.stats.operation``.
    """
    path, options = command_path(interaction.data or {})
    if interaction.type is discord.InteractionType.autocomplete:
        focused = next((str(option.get("name")) for option in options if option.get("focused")), "unknown")
        return f"autocomplete.{path}.{snake(focused)}"
    return f"command.{path}"


def component_operation(view: object, item: discord.ui.Item[Any]) -> str:
    """Name the press of a button or a pick in a select (``component.confirm_view.confirm``)."""
    decorated = getattr(getattr(item, "callback", None), "callback", None)  # made by @discord.ui.button on a method
    if decorated is not None and hasattr(decorated, "__name__"):
        leaf = snake(decorated.__name__)
    else:
        leaf = _STOCK_ITEMS.get(type(item)) or snake(type(item).__name__)
        if type(item) in _STOCK_ITEMS and (given := _GIVEN.fullmatch(_given_id(item))) is not None:
            leaf = given[1]
    return f"component.{snake(type(view).__name__)}.{leaf}"


def modal_operation(modal: object) -> str:
    """Name the submission of a modal (``component.edit_modal.submit``)."""
    return f"component.{snake(type(modal).__name__)}.submit"


def dynamic_operation(factory: type[Any]) -> str:
    """Name the press of a persistent DynamicItem (``component.dynamic.start_button``)."""
    return f"component.dynamic.{snake(factory.__name__)}"


def task_operation(coro: Callable[..., Any]) -> str:
    """Name a ``discord.ext.tasks`` loop by its coroutine (``task.perf_cog.tick``)."""
    qualified = str(getattr(coro, "__qualname__", "unnamed"))
    parts = [snake(part) for part in qualified.split(".") if part != "<locals>"]
    return "task." + ".".join(parts[-2:])
