"""Who may talk to the sandbox: this machine's programs, and pages that the sandbox itself has served."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LOCAL = frozenset({"127.0.0.1", "localhost"})


def is_local(host: str) -> bool:
    """Whether a Host header names this machine's loopback, whatever the port."""
    try:
        return urlsplit(f"//{host}").hostname in LOCAL
    except ValueError:
        return False


def is_own(origin: str, host: str) -> bool:
    """Whether an Origin header is the sandbox's own page under the address that was asked for."""
    return urlsplit(origin).scheme == "http" and urlsplit(origin).netloc == host


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn away requests under a foreign name (DNS rebinding) and from foreign pages (cross-site requests)."""
    host = request.headers.get("Host", "")
    if not is_local(host):
        return web.Response(status=403, text="The sandbox answers only under 127.0.0.1 and localhost.")
    origin = request.headers.get("Origin")
    if origin is not None and not is_own(origin, host):
        return web.Response(status=403, text="The sandbox takes no requests from other pages.")
    return await handler(request)
