"""What is put in the place of discord.py's private hooks.

Each keeps to one rule: the original runs with its own arguments, and its result and its exception pass unchanged.
"""

from __future__ import annotations

import asyncio
import functools
import time
import weakref
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands, tasks
from discord.ui.view import BaseView, ViewStore
from discord.webhook.async_ import AsyncWebhookAdapter

from utils.metrics.outcome import Outcome
from utils.metrics.parts import DISCORD, Timed

from . import naming
from .measure import Measure, current, measured, metrics_of, note_error, note_outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from utils.performance_metrics import PerformanceMetrics


TAKEN = "ddc_perf_taken"
"""Set in the extras of a component's or modal's interaction that a live view, modal or DynamicItem has taken."""

# What we put in place of instances' hooks. Not a mark on the function: functools.wraps copies those to whatever others
# wrap around it. A reloaded copy of this module has a set of its own, and so listens anew.
_OURS: weakref.WeakSet[Callable[..., Any]] = weakref.WeakSet()


def wrap_tree(tree: app_commands.CommandTree[Any], metrics: PerformanceMetrics) -> None:
    """Measure every call of a command tree, whatever subclass it is.

    Args:
        tree: The bot's tree.
        metrics: Where the records go.
    """
    call = tree._call  # noqa: SLF001 - the one hook that sees every outcome

    @functools.wraps(call)
    async def measured_call(interaction: discord.Interaction[Any]) -> None:
        if metrics_of(tree.client) is None:
            await call(interaction)  # detached, and somebody else's wrapper still calls us
            return
        _listen(tree, "on_error", _error_is_second)

        async def run() -> None:
            await call(interaction)
            measure = current()
            if interaction.command_failed and measure is not None and measure.error is None and measure.outcome is None:
                measure.outcome = Outcome.DENIED  # the tree's interaction_check said no, which raises nothing

        await measured(metrics, naming.interaction_operation(interaction), interaction.id, run)

    _OURS.add(measured_call)
    tree._call = measured_call  # type: ignore[method-assign] # noqa: SLF001 - see above


def unwrap_tree(tree: app_commands.CommandTree[Any]) -> None:
    """Give a tree its own methods back.

    Args:
        tree: One that :func:`wrap_tree` was called with.
    """
    for name in ("_call", "on_error"):
        hook = tree.__dict__.get(name)
        if hook is not None and hook in _OURS:  # what others put over it stays, and ours beneath does nothing
            setattr(tree, name, hook.__wrapped__)


def _error_is_second(*args: Any) -> None:
    note_error(args[1])


def _listen(holder: Any, name: str, note: Callable[..., None]) -> None:
    """Let an instance's hook tell us first. Looked at each time: bots replace these hooks when they like."""
    hook = getattr(holder, name)
    if hook in _OURS:
        return

    @functools.wraps(hook)
    async def told(*args: Any) -> Any:
        note(*args)
        return await hook(*args)

    _OURS.add(told)
    setattr(holder, name, told)


def _listen_check(holder: Any, name: str) -> None:
    """Note a refusal by a check, which only returns False, and an error in one, which may be swallowed."""
    check = getattr(holder, name)
    if check in _OURS:
        return

    @functools.wraps(check)
    async def told(interaction: discord.Interaction[Any]) -> Any:
        try:
            allowed = await check(interaction)
        except Exception as error:
            note_error(error)
            raise
        if not allowed:
            note_outcome(Outcome.DENIED)
        return allowed

    _OURS.add(told)
    setattr(holder, name, told)


def _view_task(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def _scheduled_task(self: BaseView, item: discord.ui.Item[Any], interaction: discord.Interaction[Any]) -> Any:
        metrics = metrics_of(interaction.client)
        if metrics is None:
            return await original(self, item, interaction)
        _listen(self, "on_error", _error_is_second)
        _listen_check(self, "interaction_check")
        _listen_check(item, "_run_checks")  # its own check, and those of the row or container it is in
        interaction.extras[TAKEN] = True
        operation = naming.component_operation(self, item)
        return await measured(metrics, operation, interaction.id, lambda: original(self, item, interaction))

    return _scheduled_task


def _modal_task(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def _scheduled_task(self: discord.ui.Modal, interaction: discord.Interaction[Any], *args: Any) -> Any:
        metrics = metrics_of(interaction.client)
        if metrics is None:
            return await original(self, interaction, *args)
        _listen(self, "on_error", _error_is_second)
        _listen_check(self, "interaction_check")
        interaction.extras[TAKEN] = True
        operation = naming.modal_operation(self)
        return await measured(metrics, operation, interaction.id, lambda: original(self, interaction, *args))

    return _scheduled_task


class _ToldFactory:
    """Stands for a DynamicItem's class while one press is dispatched: its item tells us what discord.py swallows."""

    def __init__(self, factory: type[discord.ui.DynamicItem[Any]]) -> None:
        self._factory = factory

    def __repr__(self) -> str:
        return repr(self._factory)

    async def from_custom_id(self, *args: Any) -> discord.ui.DynamicItem[Any]:
        try:
            item = await self._factory.from_custom_id(*args)
        except Exception as error:
            note_error(error)
            raise
        _listen_check(item, "interaction_check")
        callback = item.callback

        @functools.wraps(callback)
        async def told(interaction: discord.Interaction[Any]) -> Any:
            try:
                return await callback(interaction)
            except Exception as error:
                note_error(error)
                raise

        item.callback = told  # type: ignore[method-assign] # this one item, for this one press
        return item


def _dynamic_call(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def schedule_dynamic_item_call(
        self: ViewStore, component_type: int, factory: Any, interaction: discord.Interaction[Any], *args: Any
    ) -> Any:
        metrics = metrics_of(interaction.client)
        if metrics is None:
            return await original(self, component_type, factory, interaction, *args)
        told = _ToldFactory(factory)
        interaction.extras[TAKEN] = True
        operation = naming.dynamic_operation(factory)
        return await measured(
            metrics, operation, interaction.id, lambda: original(self, component_type, told, interaction, *args)
        )

    return schedule_dynamic_item_call


def _noting_autocomplete(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def _invoke_autocomplete(self: app_commands.Command[Any, Any, Any], *args: Any) -> Any:
        try:
            return await original(self, *args)
        except Exception as error:  # discord.py logs it and goes on
            note_error(error)
            raise

    return _invoke_autocomplete


def _noting_dispatch_error(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def dispatch_error(self: commands.Command[Any, Any, Any], ctx: Any, error: Exception, /) -> Any:
        note_error(error)  # the only place where the error of a hybrid or a prefix command passes
        return await original(self, ctx, error)

    return dispatch_error


def _prefix_invoke(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def invoke(self: commands.Bot, ctx: commands.Context[Any], /) -> Any:
        metrics = metrics_of(self)
        if metrics is None or ctx.command is None:
            return await original(self, ctx)
        name = ".".join(naming.snake(part) for part in ctx.command.qualified_name.split())
        return await measured(metrics, f"command.{name}", None, lambda: original(self, ctx))

    return invoke


def _person_time(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    def wait(self: object, *args: Any, **options: Any) -> Awaitable[Any]:
        # Called now, not when awaited: wait_for begins to listen at its call, and people act between the two.
        waiting = original(self, *args, **options)
        measure = current()
        return waiting if measure is None else _timed(measure, waiting)

    return wait


async def _timed(measure: Measure, waiting: Awaitable[Any]) -> Any:
    began = time.perf_counter()
    try:
        return await waiting
    finally:
        if measure.is_waited_in(asyncio.current_task()):
            measure.exclude(time.perf_counter() - began)


def _acknowledging(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def request(self: AsyncWebhookAdapter, route: Any, *args: Any, **options: Any) -> Any:
        with Timed(DISCORD):
            answer = await original(self, route, *args, **options)
        measure = current()
        # discord.py puts the interaction's id into the webhook_id of the callback route.
        if measure is not None and route.path.endswith("/callback") and route.webhook_id == measure.interaction_id:
            measure.acknowledge()
        return answer

    return request


def _timing_requests(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def request(self: discord.http.HTTPClient, *args: Any, **options: Any) -> Any:
        with Timed(DISCORD):
            return await original(self, *args, **options)

    return request


class MeasuredCoro:
    """A data descriptor over ``Loop.coro``: the loop looks its coroutine up at each run, and gets a measured one."""

    def __init__(self, metrics: Callable[[], PerformanceMetrics | None]) -> None:
        self._metrics = metrics

    def __get__(self, loop: tasks.Loop[Any] | None, owner: type | None = None) -> Any:
        if loop is None:
            return self
        coro = loop.__dict__["coro"]
        metrics = self._metrics()
        if metrics is None:
            return coro

        @functools.wraps(coro)
        async def measured_run(*args: Any, **options: Any) -> Any:
            return await measured(metrics, naming.task_operation(coro), None, lambda: coro(*args, **options))

        measured_run._ddc_perf_coro = coro  # type: ignore[attr-defined] # noqa: SLF001 - our own mark
        return measured_run

    def __set__(self, loop: tasks.Loop[Any], coro: Any) -> None:
        # A loop is copied for each cog instance from what it reads of itself: never measure twice.
        loop.__dict__["coro"] = getattr(coro, "_ddc_perf_coro", coro)


CLASS_HOOKS: tuple[tuple[type, str, Callable[..., Any]], ...] = (
    (BaseView, "_scheduled_task", _view_task),
    (discord.ui.Modal, "_scheduled_task", _modal_task),
    (ViewStore, "schedule_dynamic_item_call", _dynamic_call),
    (app_commands.Command, "_invoke_autocomplete", _noting_autocomplete),
    (commands.Command, "dispatch_error", _noting_dispatch_error),
    (commands.bot.BotBase, "invoke", _prefix_invoke),
    (BaseView, "wait", _person_time),
    (discord.Client, "wait_for", _person_time),
    (AsyncWebhookAdapter, "request", _acknowledging),
    (discord.http.HTTPClient, "request", _timing_requests),
)
"""Which method of which class is wrapped by what; all of them on ``attach``, none after the last ``detach``."""
