"""What the bot measures of itself: all that it is asked to do, and each request to Discord.

The hooks for commands, components, modals, autocompletes and tasks live in ``cogs.perf.instrumentation``, because a bot
that only copies the cog needs them too. This module adds the way out: ``discord_api``, one record a REST request, with
the method and the route's template, never with the ids and tokens in it. discord.py waits and tries again where Discord
says that requests come too fast, and tells nobody; `rate_limited` counts how often.
"""

from __future__ import annotations

import functools
from contextvars import ContextVar
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord.webhook.async_ import AsyncWebhookAdapter

from cogs.perf.instrumentation import attach, detach
from utils.metrics.grounds import LIMITED
from utils.metrics.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from discord.ext import commands

    from utils.performance_metrics import PerformanceMetrics

_originals: list[tuple[type, str, Any]] = []
_put_off: ContextVar[list[int] | None] = ContextVar("ddc_perf_put_off", default=None)
"""Status codes of the answers that put the present request off."""


def _timed(metrics: PerformanceMetrics, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(original)
    async def request(self: object, route: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - passes on
        # `path` is the template; `url` would hold the interaction's token.
        with metrics.track("discord_api", metadata={"method": route.method, "route": route.path}) as span:
            put_off: list[int] = []
            token = _put_off.set(put_off)
            try:
                return await original(self, route, *args, **options)
            except discord.NotFound:
                span.set_outcome(Outcome.NOT_FOUND)
                raise
            except discord.Forbidden:
                span.set_outcome(Outcome.DENIED)
                raise
            finally:
                _put_off.reset(token)
                if put_off:
                    span.add(**{LIMITED: len(put_off)})

    return request


async def _answered(_session: aiohttp.ClientSession, _context: object, answer: aiohttp.TraceRequestEndParams) -> None:
    """Note an answer that puts its request off."""
    put_off = _put_off.get()
    if put_off is not None and answer.response.status == HTTPStatus.TOO_MANY_REQUESTS:
        put_off.append(answer.response.status)


def instrument(bot: commands.Bot, metrics: PerformanceMetrics) -> None:
    """Measure a bot and its requests to Discord. A second call changes nothing.

    Args:
        bot: The bot.
        metrics: Where the records go.

    The time of a request includes rate limits and the library's own retries: that is how long its caller waits.
    """
    attach(bot, metrics)
    if bot.http.http_trace is None:
        # It is read when the bot logs in; a trace of the bot's own is left alone.
        bot.http.http_trace = aiohttp.TraceConfig()
        bot.http.http_trace.on_request_end.append(_answered)
    if _originals:
        return
    for owner in (discord.http.HTTPClient, AsyncWebhookAdapter):
        original = owner.request
        _originals.append((owner, "request", original))
        setattr(owner, "request", _timed(metrics, original))  # noqa: B010 - mypy refuses to assign a method


def release(bot: commands.Bot) -> None:
    """Give discord.py its own methods back.

    Args:
        bot: The bot that :func:`instrument` was called with.
    """
    while _originals:
        owner, name, original = _originals.pop()
        setattr(owner, name, original)
    detach(bot)
