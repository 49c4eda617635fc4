"""Times everything that a discord.py bot is asked to do, at the hooks that see all of it.

discord.py has no public hook that sees every outcome: completion events miss failures, ``on_error`` misses refusals,
and an error in an autocomplete or a DynamicItem is swallowed inside the library. So this module wraps private ones, and
``tests/contract/test_discordpy_hooks.py`` fails when a new version of discord.py moves them:

* ``bot.tree._call``: every slash command, hybrid, context menu and autocomplete, refused, failed, cancelled or fine;
* ``View._scheduled_task`` and ``Modal._scheduled_task``: every press, pick and submission that has a live view;
* ``ViewStore.schedule_dynamic_item_call``: every press of a persistent DynamicItem;
* ``Bot.invoke``: every prefix command;
* ``Loop.coro``: every run of a ``discord.ext.tasks`` loop, also of one that started earlier.

The rules of this module:

* Nothing here changes what the bot does: the original runs with its own arguments, its result and its exception pass.
* The measure of the present interaction travels in a context variable, so tasks that a callback starts find it.
* Time spent in ``View.wait``, ``Modal.wait`` and ``Client.wait_for`` is time of a person, and is taken off, unless it
  passes in another task while the command itself goes on (``asyncio.wait`` and tasks that are not awaited).
* The time from the arrival of an interaction to its first answer is kept apart, as ``ack`` (seconds), in the metadata.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from discord.ext import tasks

from .hooks import CLASS_HOOKS, MeasuredCoro, unwrap_tree, wrap_tree
from .measure import MARK, metrics_of, note_outcome

if TYPE_CHECKING:
    from discord.ext import commands

    from utils.performance_metrics import PerformanceMetrics

__all__ = ["attach", "detach", "note_outcome"]

_attached: list[tuple[commands.Bot | commands.AutoShardedBot, PerformanceMetrics]] = []
_patched: list[tuple[type, str, Any, Any]] = []  # owner, name, original or _ABSENT, ours
_ABSENT = object()


def _task_metrics() -> PerformanceMetrics | None:
    """A loop knows no bot: its runs go to the bot that was attached last."""
    return _attached[-1][1] if _attached else None


def _replace(owner: type, name: str, ours: Any) -> None:  # noqa: ANN401 - methods and descriptors
    _patched.append((owner, name, owner.__dict__.get(name, _ABSENT), ours))
    setattr(owner, name, ours)


def _hook_classes() -> None:
    for owner, name, hook in CLASS_HOOKS:
        original = getattr(owner, name)
        _replace(owner, name, functools.wraps(original)(hook(original)))
    _replace(tasks.Loop, "coro", MeasuredCoro(_task_metrics))


def _unhook_classes() -> None:
    for owner, name, original, ours in reversed(_patched):
        if owner.__dict__.get(name) is not ours:
            continue  # somebody wrapped it after us; ours stays beneath, and does nothing without an attached bot
        if original is _ABSENT:
            delattr(owner, name)
        else:
            setattr(owner, name, original)
    _patched.clear()


def attach(bot: commands.Bot | commands.AutoShardedBot, metrics: PerformanceMetrics) -> None:
    """Time every application command, component, modal, autocomplete, prefix command and task of a bot.

    Args:
        bot: The bot. Its tree may be a subclass of its own, its handlers may be replaced later.
        metrics: Where the records go.

    Attaching twice changes nothing.
    """
    if metrics_of(bot) is not None:
        return
    setattr(bot, MARK, metrics)
    if not _attached:
        _hook_classes()
    _attached.append((bot, metrics))
    wrap_tree(bot.tree, metrics)


def detach(bot: commands.Bot | commands.AutoShardedBot) -> None:
    """Take the hooks off again. Detaching a bot that is not attached changes nothing.

    Args:
        bot: The bot that :func:`attach` was called with.
    """
    if not any(entry[0] is bot for entry in _attached):
        return
    _attached[:] = [entry for entry in _attached if entry[0] is not bot]
    delattr(bot, MARK)
    unwrap_tree(bot.tree)
    if not _attached:
        _unhook_classes()
