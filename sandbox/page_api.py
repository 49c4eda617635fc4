"""The HTTP face of the sandbox for the chat page and for people with curl: everything under /sandbox.

Bodies and answers are JSON. What Discord's client would refuse is answered 4xx with {"error": "why"}.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from sandbox.entities import can_send, display_user
from sandbox.errors import Refused
from sandbox.faults import KINDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.client.hands import Hands
    from sandbox.hub import Hub
    from sandbox.jsontypes import Json
    from sandbox.world import User

SHOWN = 100
"""Messages of each channel that the page gets."""


class PageApi:
    """The routes under /sandbox.

    Args:
        hub: The sandbox.
        hands: What people can do.
    """

    def __init__(self, hub: Hub, hands: Hands) -> None:
        self._hub = hub
        self._hands = hands

    def add_routes(self, app: web.Application) -> None:
        """Register the routes."""
        posts = {
            "command": self._command,
            "autocomplete": self._autocomplete,
            "component": self._component,
            "modal": self._modal,
            "message": self._message,
            "faults": self._add_fault,
        }
        for name, handler in posts.items():
            app.router.add_post(f"/sandbox/{name}", _endpoint(handler))
        app.router.add_get("/sandbox/state", self._state)
        app.router.add_get("/sandbox/events", self._events)
        app.router.add_get("/sandbox/requests", self._requests)
        app.router.add_get("/sandbox/interactions", self._interactions)
        app.router.add_get("/sandbox/faults", self._list_faults)
        app.router.add_delete("/sandbox/faults", self._clear_faults)

    def state(self, user: User) -> Json:
        """All that the page shows to a user."""
        hub, world = self._hub, self._hub.world
        seen = [channel for channel in world.channels.values() if world.can_see(user, channel)]
        bot = world.users[world.bot_id]
        return {
            "guild": {"id": world.guild_id, "name": world.name},
            "channels": [
                {
                    "id": channel.id,
                    "name": channel.name,
                    "topic": channel.topic,
                    "type": channel.type,
                    "can_send": can_send(world, user, channel),
                }
                for channel in seen
            ],
            "roles": [
                {"id": role.id, "name": role.name, "colour": f"#{role.colour:06X}"} for role in world.roles.values()
            ],
            "users": [display_user(world, each) for each in world.people],
            "me": display_user(world, user),
            "bot": {"id": bot.id, "name": bot.name, "online": hub.gateway.online},
            "commands": hub.commands.visible_to(user),
            "messages": {
                channel.id: [hub.chat.json(message) for message in hub.chat.history(channel, user.id)[-SHOWN:]]
                for channel in seen
            },
        }

    def _user(self, request: web.Request) -> User:
        world = self._hub.world
        return world.find_user(request.query.get("user") or world.people[0].id)

    async def _state(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(self.state(self._user(request)))
        except Refused as refused:
            return _refusal(refused)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        try:
            user = self._user(request)
        except Refused as refused:
            return _refusal(refused)
        socket = web.WebSocketResponse(heartbeat=30.0)
        with self._hub.bus.watch(user.id) as queue:
            await socket.prepare(request)
            sender = _Sender(socket, queue)
            try:
                async for message in socket:
                    if message.type is WSMsgType.ERROR:
                        break
            finally:
                await sender.stop()
        return socket

    async def _requests(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        number = int(since) if since.isdecimal() else 0
        return web.json_response([record.json() for record in self._hub.recorder.since(number)])

    async def _interactions(self, _: web.Request) -> web.Response:
        records = self._hub.interactions.records
        return web.json_response({identity: record.json() for identity, record in records.items()})

    async def _list_faults(self, _: web.Request) -> web.Response:
        return web.json_response({"waiting": self._hub.faults.json(), "kinds": KINDS})

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._hub.faults.clear()
        return web.json_response({"waiting": []})

    async def _command(self, body: Json) -> Json:
        record = self._hands.run_command(
            _text(body, "user"),
            _text(body, "channel"),
            _text(body, "command"),
            _object(body, "options"),
            target=_optional(body, "target"),
            nonce=_optional(body, "nonce"),
        )
        return {"id": record.id}

    async def _autocomplete(self, body: Json) -> Json:
        record = await self._hands.autocomplete(
            _text(body, "user"),
            _text(body, "channel"),
            _text(body, "command"),
            _object(body, "options"),
            _text(body, "focused"),
        )
        answer: Json = {"id": record.id, "choices": record.choices or []}
        return answer if record.choices is not None else {**answer, "error": record.reason or "Loading options failed"}

    async def _component(self, body: Json) -> Json:
        values = body.get("values")
        record = self._hands.use_component(
            _text(body, "user"),
            _text(body, "channel"),
            _text(body, "message"),
            _text(body, "custom_id"),
            None if values is None else [str(value) for value in values],
            nonce=_optional(body, "nonce"),
        )
        return {"id": record.id}

    async def _modal(self, body: Json) -> Json:
        record = self._hands.submit_modal(
            _text(body, "user"), _text(body, "interaction"), _object(body, "values"), nonce=_optional(body, "nonce")
        )
        return {"id": record.id}

    async def _message(self, body: Json) -> Json:
        return {"id": self._hands.write(_text(body, "user"), _text(body, "channel"), _text(body, "content")).id}

    async def _add_fault(self, body: Json) -> Json:
        self._hub.faults.add(
            _text(body, "kind"),
            path=body.get("path"),
            method=body.get("method"),
            times=int(body.get("times", 1)),
            seconds=float(body.get("seconds", 1.0)),
            everywhere=bool(body.get("global", False)),
        )
        return {"waiting": self._hub.faults.json()}


class _Sender:
    """Passes a watcher's events on to its socket."""

    def __init__(self, socket: web.WebSocketResponse, queue: asyncio.Queue[Json | None]) -> None:
        self._socket = socket
        self._queue = queue
        self._task = asyncio.create_task(self._run(), name="sandbox-page-events")

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while (event := await self._queue.get()) is not None:
            await self._socket.send_json(event)
        await self._socket.close()


def _endpoint(handler: Callable[[Json], Awaitable[Json]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def endpoint(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(_body(await request.text())))
        except Refused as refused:
            return _refusal(refused)
        except (TypeError, ValueError) as error:
            return _refusal(Refused(f"The body is not as it should be: {error}"))

    return endpoint


def _body(text: str) -> Json:
    body = json.loads(text or "{}")
    if not isinstance(body, dict):
        raise Refused("The body must be a JSON object.")
    return body


def _refusal(refused: Refused) -> web.Response:
    return web.json_response({"error": refused.reason}, status=refused.status)


def _text(body: Json, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise Refused(f"{key!r} is missing.")
    return value


def _object(body: Json, key: str) -> Json:
    value = body.get(key) or {}
    if not isinstance(value, dict):
        raise Refused(f"{key!r} must be an object.")
    return value


def _optional(body: Json, key: str) -> str | None:
    value = body.get(key)
    return None if value is None else str(value)
