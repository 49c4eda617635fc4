"""Servers at the other end of a socket: one that relays to the real engine, one that answers as a test tells it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]

VERSION = {"ApiVersion": "1.41"}


class Server:
    """A listening socket that can go away and come back. Leaving the block ends every connection.

    Args:
        path: A unix socket; None for a free tcp port of 127.0.0.1.
        tls: Speak TLS on the tcp port.
    """

    def __init__(self, path: Path | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._path = path
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def address(self) -> str:
        """As the adapter takes it."""
        return f"unix://{self._path}" if self._path else f"tcp://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.down()

    async def up(self) -> None:
        """Listen."""
        if self._path:
            self._server = await asyncio.start_unix_server(self._connected, self._path)
        else:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, ssl=self._tls)
            self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Stop to listen, and end every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._path:
            self._path.unlink(missing_ok=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self.serve(reader, writer)
        finally:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do what this server does with one connection."""
        raise NotImplementedError


class Relay(Server):
    """Passes everything on to another unix socket."""

    def __init__(self, target: str, path: Path | None = None, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(path, tls)
        self._target = target

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._between(reader, writer, *await asyncio.open_unix_connection(self._target))

    async def _between(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        there = asyncio.create_task(_pump(reader, far_writer))
        try:
            await _pump(far_reader, writer)
        finally:
            far_writer.transport.abort()
            there.cancel()
            await asyncio.wait([there])


class Versioned(Relay):
    """A real engine that says of itself what the test wants, and refuses other versions of the API as it then would.

    Args:
        target: The real engine's socket.
        version: What it says: `ApiVersion`, `MinAPIVersion` and more.
        path: As for `Server`.
    """

    def __init__(self, target: str, version: Mapping[str, object], path: Path | None = None) -> None:
        super().__init__(target, path)
        self.version = version
        self.requests: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, path, rest = head.split(b" ", 2)
        self.requests.append(f"{method.decode()} {path.decode()}")
        _, asked, below = path.decode().split("/", 2) if path != b"/version" else ("", "", "version")
        oldest, newest = str(self.version["MinAPIVersion"]), str(self.version["ApiVersion"])
        if asked and not _number(oldest) <= _number(asked[1:]) <= _number(newest):
            words = "old. Minimum" if _number(asked[1:]) < _number(oldest) else "new. Maximum"
            message = f"client version {asked[1:]} is too {words} supported API version is {oldest}"
            await reply(writer, json.dumps({"message": message}), 400)
        elif below == "version":
            await reply(writer, json.dumps(self.version))
        else:
            # What the real one does not speak yet, it is asked for in its own newest version.
            spoken = asked if _number(asked[1:]) <= _number(VERSION["ApiVersion"]) else f"v{VERSION['ApiVersion']}"
            there, far_writer = await asyncio.open_unix_connection(self._target)
            far_writer.write(b" ".join((method, f"/{spoken}/{below}".encode(), rest)))
            await self._between(reader, writer, there, far_writer)


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


class Script(Server):
    """Answers `/version` as an engine, unless `version` is empty, and every other request as the test tells it.

    Args:
        path: The unix socket.
        answer: Gets "GET /v1.41/containers/json" and the like, without the query, and writes what it wants.
    """

    def __init__(self, path: Path, answer: Answer) -> None:
        super().__init__(path)
        self._answer = answer
        self.requests: list[str] = []
        self.version: Mapping[str, object] = VERSION

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        request = head.split("\r\n", 1)[0].rsplit(" ", 1)[0].partition("?")[0]
        self.requests.append(request)
        if request == "GET /version" and self.version:
            await reply(writer, json.dumps(self.version))
        else:
            await self._answer(request, writer)


async def reply(
    writer: asyncio.StreamWriter, body: str, status: int = 200, content_type: str = "application/json"
) -> None:
    """Answer as HTTP."""
    payload = body.encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(payload)}\r\n\r\n"
    writer.write(head.encode() + payload)
    await writer.drain()


async def hang(_request: str, _writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter, body: bytes, *, pause: float = 0.0) -> None:
    """Answer as HTTP, a byte at a time."""
    head = f"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    for byte in head + body:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(pause)
