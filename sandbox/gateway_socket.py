"""One WebSocket of the bot: hello, identify or resume, heartbeats, and the close codes that Discord uses."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from sandbox.entities import GUILD_MEMBERS, PRIVILEGED, member_json

if TYPE_CHECKING:
    from sandbox.gateway import Gateway, Session
    from sandbox.jsontypes import Json

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK, SOUNDBOARD = 8, 9, 10, 11, 31

ACK_AFTER = 0.05
"""Seconds from a heartbeat to its acknowledgement."""

UNKNOWN_OPCODE = 4001
DECODE_ERROR = 4002
NOT_AUTHENTICATED = 4003
AUTHENTICATION_FAILED = 4004
ALREADY_AUTHENTICATED = 4005
INVALID_SEQ = 4007
RATE_LIMITED = 4008
SESSION_TIMED_OUT = 4009
INVALID_API_VERSION = 4012
INVALID_INTENTS = 4013
DISALLOWED_INTENTS = 4014

PAYLOAD_BYTES = 4096
SENDS = 120
SENDS_SECONDS = 60.0
KNOWN_INTENTS = (1 << 26) - 1
ENDED_BY_BOT = (1000, 1001)


class _Closed(Exception):  # noqa: N818 - a way out of the reading loop, no error
    """The sandbox closes the socket with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """A socket and the one writer that sends on it in order.

    Args:
        gateway: The sessions.
        socket: The prepared WebSocket.
        transport: The TCP connection below it.
        compress: Whether the bot asked for one zlib stream over all payloads.
    """

    def __init__(
        self,
        gateway: Gateway,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        compress: bool,
    ) -> None:
        self._gateway = gateway
        self._socket = socket
        self._transport = transport
        self._deflate = zlib.compressobj() if compress else None
        self._outbox: asyncio.Queue[Json | None] = asyncio.Queue()
        self._session: Session | None = None
        self._sends: deque[float] = deque(maxlen=SENDS)

    def send(self, payload: Json) -> None:
        """Queue a payload; it goes out in order, or not at all once the socket has gone."""
        self._outbox.put_nowait(payload)

    def abort(self) -> None:
        """Drop the TCP connection with no close frame, as a cut cable does."""
        if self._transport is not None:
            self._transport.abort()

    async def close(self, code: int, reason: str = "") -> None:
        """Close the socket from this side."""
        with suppress(ConnectionError):
            await self._socket.close(code=code, message=reason.encode())

    async def run(self) -> None:
        """Serve the socket until either side has closed it."""
        interval = self._gateway.heartbeat_interval
        self.send({"op": HELLO, "d": {"heartbeat_interval": int(interval * 1000), "_trace": ["sandbox"]}})
        writer = asyncio.create_task(self._write(), name="sandbox-gateway-writer")
        ended = False
        try:
            ended = await self._read() in ENDED_BY_BOT
        except _Closed as closed:
            await self._flush(writer)
            await self.close(closed.code, closed.reason)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer
            if self._session is not None:
                self._gateway.detach(self._session, self, ended=ended)

    async def _flush(self, writer: asyncio.Task[None]) -> None:
        self._outbox.put_nowait(None)
        with suppress(ConnectionError):
            await writer

    async def _write(self) -> None:
        while (payload := await self._outbox.get()) is not None:
            text = json.dumps(payload, separators=(",", ":"))
            with suppress(ConnectionError):
                if self._deflate is None:
                    await self._socket.send_str(text)
                else:
                    packed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self._socket.send_bytes(packed)

    async def _read(self) -> int | None:
        """Handle what comes in; the code with which the bot closed, or None when the connection just went."""
        # Discord gives a bot a little more than one interval, then takes the connection for dead.
        patience = self._gateway.heartbeat_interval * 1.5
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        while True:
            try:
                message = await self._socket.receive(timeout=max(0.001, deadline - loop.time()))
            except TimeoutError:
                raise _Closed(SESSION_TIMED_OUT, "Session timed out.") from None
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return message.data if message.type is WSMsgType.CLOSE else None
            payload = _decode(message.data)
            if payload["op"] == HEARTBEAT:
                deadline = loop.time() + patience
            self._limit(loop.time())
            self._handle(payload["op"], payload.get("d"))

    def _limit(self, now: float) -> None:
        self._sends.append(now)
        if len(self._sends) == SENDS and now - self._sends[0] < SENDS_SECONDS:
            raise _Closed(RATE_LIMITED, "Rate limited.")

    def _handle(self, op: int, data: object) -> None:
        if op == HEARTBEAT:
            # As far away as Discord is: discord.py notes a heartbeat's time only after it was sent, and takes an
            # answer that is there before for one to the heartbeat before it, a connection 41 s behind.
            asyncio.get_running_loop().call_later(ACK_AFTER, self.send, {"op": HEARTBEAT_ACK, "d": None})
        elif op in (IDENTIFY, RESUME):
            if self._session is not None:
                raise _Closed(ALREADY_AUTHENTICATED, "Already authenticated.")
            if not isinstance(data, dict):
                raise _Closed(DECODE_ERROR, "Error while decoding payload.")
            self._identify(data) if op == IDENTIFY else self._resume(data)
        elif self._session is None:
            raise _Closed(NOT_AUTHENTICATED, "Not authenticated.")
        elif op == REQUEST_MEMBERS and isinstance(data, dict):
            self._members(self._session, data)
        elif op not in (PRESENCE, VOICE_STATE, SOUNDBOARD):
            raise _Closed(UNKNOWN_OPCODE, "Unknown opcode.")

    def _identify(self, data: Json) -> None:
        if str(data.get("token", "")).removeprefix("Bot ") != self._gateway.token:
            raise _Closed(AUTHENTICATION_FAILED, "Authentication failed.")
        intents = data.get("intents")
        if not isinstance(intents, int) or isinstance(intents, bool) or not 0 <= intents <= KNOWN_INTENTS:
            raise _Closed(INVALID_INTENTS, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self._gateway.granted_intents:
            raise _Closed(DISALLOWED_INTENTS, "Disallowed intent(s).")
        if not isinstance(data.get("properties"), dict):
            raise _Closed(DECODE_ERROR, "Error while decoding payload.")
        self._session = self._gateway.open(intents, self)

    def _resume(self, data: Json) -> None:
        if str(data.get("token", "")).removeprefix("Bot ") != self._gateway.token:
            raise _Closed(AUTHENTICATION_FAILED, "Authentication failed.")
        session = self._gateway.sessions.get(str(data.get("session_id")))
        seq = data.get("seq")
        if session is None or not isinstance(seq, int):
            self.send({"op": INVALID_SESSION, "d": False})
            return
        missed = session.missed(seq)
        if missed is None:
            raise _Closed(INVALID_SEQ, "Invalid seq.")
        old = session.connection
        if old is not None:
            old.abort()
        self._session = session
        self._gateway.attach(session, self)
        for payload in missed:
            self.send(payload)
        session.dispatch("RESUMED", {"_trace": ["sandbox"]})

    def _members(self, session: Session, data: Json) -> None:
        world = self._gateway.world
        query = str(data.get("query", "") or "")
        wanted = data.get("user_ids")
        if wanted is None and not query and not session.intents & GUILD_MEMBERS:
            raise _Closed(DISALLOWED_INTENTS, "Disallowed intent(s).")
        named = (
            {str(user) for user in (wanted if isinstance(wanted, list) else [wanted])} if wanted is not None else None
        )
        found = [
            user
            for user in world.users.values()
            if (user.id in named if named is not None else user.username.startswith(query.casefold()))
        ]
        limit = int(data.get("limit") or 0) or len(found)
        chunk: Json = {
            "guild_id": world.guild_id,
            "members": [member_json(user) for user in found[:limit]],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(named - set(world.users)) if named is not None else [],
        }
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)


def _decode(data: str | bytes) -> Json:
    if len(data) > PAYLOAD_BYTES:
        raise _Closed(DECODE_ERROR, "Error while decoding payload.")
    try:
        payload = json.loads(data)
    except ValueError:
        raise _Closed(DECODE_ERROR, "Error while decoding payload.") from None
    if not isinstance(payload, dict) or not isinstance(payload.get("op"), int):
        raise _Closed(DECODE_ERROR, "Error while decoding payload.")
    return payload


async def serve_gateway(gateway: Gateway, request: web.Request) -> web.WebSocketResponse:
    """Answer a request for the gateway: `?v=10&encoding=json`, with `compress=zlib-stream` if the bot likes."""
    socket = web.WebSocketResponse(max_msg_size=1 << 20, compress=False, autoping=True)
    await socket.prepare(request)
    # Another compression than zlib is answered with plain text frames, which every client also takes.
    compress = request.query.get("compress") == "zlib-stream"
    connection = Connection(gateway, socket, request.transport, compress=compress)
    if request.query.get("v", "10") != "10" or request.query.get("encoding", "json") != "json":
        await connection.close(INVALID_API_VERSION, "Invalid API version.")
    else:
        await connection.run()
    return socket
