"""The way of one REST request: recorded, struck by faults, authorised, counted, parsed, handled, answered."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

from sandbox import errors
from sandbox.attachments import UPLOAD_LIMIT, Upload
from sandbox.faults import GATEWAY_KINDS, STATUS, of_kind
from sandbox.ratelimit import DEFAULT, Limit, refusal_headers

if TYPE_CHECKING:
    from sandbox.faults import Fault
    from sandbox.hub import Hub
    from sandbox.recorder import Recorded

PREFIX = "/api/v10"

_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_token")


@dataclass(slots=True)
class Call:
    """A request as a handler sees it.

    Attributes:
        hub: The sandbox.
        params: The route's parameters by the names of its template.
        query: The query's parameters.
        body: The parsed JSON; None when there was none.
        files: Uploaded files by their index n in files[n].
    """

    hub: Hub
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: object = None
    files: dict[int, Upload] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers when it is not plain 200 with JSON, or 204 for None."""

    status: int
    payload: object = None


Handler = Callable[[Call], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the API.

    Attributes:
        method: HTTP method.
        path: The template below the API's base, with the names that Discord's documentation has.
        handler: What answers it.
        limit: Its rate limit.
        token_in_path: Whether a token in the path stands for the bot token (interactions and their webhooks).
    """

    method: str
    path: str
    handler: Handler
    limit: Limit = DEFAULT
    token_in_path: bool = False


class Pipeline:
    """Serves routes.

    Args:
        hub: The sandbox.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def add_routes(self, app: web.Application, routes: list[Route]) -> None:
        """Register routes below `PREFIX`, and an answer to all that is not there."""
        for route in routes:
            app.router.add_route(route.method, PREFIX + route.path, self._endpoint(route))
        app.router.add_route("*", "/api{tail:(/.*)?}", self._endpoint(None))

    def _endpoint(self, route: Route | None) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def endpoint(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, route)

        return endpoint

    async def _serve(self, request: web.Request, route: Route | None) -> web.StreamResponse:
        path = request.path.removeprefix(PREFIX)
        template = route.path if route else None
        record = self._hub.recorder.start(self._hub.clock.time(), request.method, path, template, dict(request.query))
        self._hub.bus.touch()
        faults = self._hub.faults.take(request.method, path)
        for fault in faults:
            if fault.kind in GATEWAY_KINDS:
                self._hub.faults.strike(fault)
        slow = of_kind(faults, "slow")
        if slow is not None:
            await self._hub.clock.sleep(slow.seconds)
        if of_kind(faults, "drop"):
            return _hang_up(request)
        response = await self._answer(request, route, record, faults)
        record.status = response.status
        self._hub.bus.touch()
        late = of_kind(faults, "slow_answer")
        if late is not None:
            await self._hub.clock.sleep(late.seconds)
        if of_kind(faults, "cut"):
            return await _cut(request, response)
        return response

    async def _answer(
        self, request: web.Request, route: Route | None, record: Recorded, faults: list[Fault]
    ) -> web.Response:
        headers: dict[str, str] = {}
        try:
            broken = of_kind(faults, *STATUS)
            if broken is not None:
                return web.Response(status=int(broken.kind), text="upstream connect error", content_type="text/plain")
            if route is None:
                raise errors.not_found()
            if not route.token_in_path and request.headers.get("Authorization") != f"Bot {self._hub.token}":
                raise errors.unauthorized()
            full = of_kind(faults, "429")
            if full is not None:
                headers.update(refusal_headers(full.seconds, everywhere=full.everywhere))
                return _reply(429, _limited(full.seconds, everywhere=full.everywhere), headers, record)
            verdict = self._hub.limiter.take(
                f"{route.method} {route.path}",
                "+".join(request.match_info[name] for name in _MAJOR if name in request.match_info),
                route.limit,
                count_globally=not route.token_in_path,
            )
            headers.update(verdict.headers())
            if not verdict.allowed:
                return _reply(429, _limited(verdict.reset_after, everywhere=verdict.everywhere), headers, record)
            call = Call(self._hub, request.match_info, request.query)
            await _read_body(request, call, record)
            result = await route.handler(call)
        except errors.ApiError as error:
            return _reply(error.status, error.body(), headers, record)
        answer = result if isinstance(result, Answer) else Answer(204 if result is None else 200, result)
        return _reply(answer.status, answer.payload, headers, record)


async def _read_body(request: web.Request, call: Call, record: Recorded) -> None:
    if not request.body_exists:
        return
    if request.content_type.startswith("multipart/"):
        text = await _read_parts(request, call)
    else:
        raw = await request.read()
        if raw and request.content_type != "application/json":
            raise errors.ApiError(
                400, errors.INVALID_FORM_BODY, "Expected \"Content-Type\" header to be one of {'application/json'}."
            )
        text = raw.decode("utf-8", "replace")
    record.files = [
        {"name": each.filename, "size": len(each.data), "content_type": each.content_type}
        for each in call.files.values()
    ]
    if not text:
        return
    try:
        call.body = record.body = json.loads(text)
    except ValueError:
        raise errors.invalid_json() from None


async def _read_parts(request: web.Request, call: Call) -> str:
    payload = ""
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise errors.invalid_json()
        name = part.name or ""
        data = bytearray()
        while chunk := await part.read_chunk(1 << 16):
            data += chunk
            if len(data) > UPLOAD_LIMIT:
                raise errors.too_large()
        if name == "payload_json":
            payload = data.decode("utf-8", "replace")
        elif name.startswith("files[") and name[6:-1].isdecimal():
            kind = part.headers.get("Content-Type", "application/octet-stream")
            call.files[int(name[6:-1])] = Upload(part.filename or "unknown", bytes(data), kind)
    return payload


def _reply(status: int, payload: object, headers: dict[str, str], record: Recorded) -> web.Response:
    record.response = payload
    if payload is None:
        return web.Response(status=status, headers=headers)
    body = json.dumps(payload, separators=(",", ":")).encode()
    # discord.py compares the header with exactly this, so no charset may follow.
    return web.Response(status=status, body=body, headers={**headers, "Content-Type": "application/json"})


def _limited(retry_after: float, *, everywhere: bool) -> dict[str, object]:
    return {
        "message": "You are being rate limited.",
        "code": 0,
        "retry_after": round(retry_after, 3),
        "global": everywhere,
    }


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _cut(request: web.Request, response: web.Response) -> web.StreamResponse:
    body = response.body if isinstance(response.body, bytes) else b""
    torn = web.StreamResponse(status=response.status, headers=response.headers)
    torn.content_length = len(body) + 1
    await torn.prepare(request)
    await torn.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return torn
