"""The sandbox as a server on the loopback, and its Python face for tests."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from typing import TYPE_CHECKING, Self

from aiohttp import web

from sandbox.client.hands import Hands
from sandbox.gateway_socket import serve_gateway
from sandbox.guard import guard
from sandbox.hub import Hub
from sandbox.page_api import PageApi
from sandbox.permissions import ROLE, Overwrite
from sandbox.pipeline import PREFIX, Pipeline
from sandbox.rest import routes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sandbox.clock import Clock
    from sandbox.interactions import Interaction
    from sandbox.jsontypes import Json
    from sandbox.recorder import Recorded

HOST = "127.0.0.1"
TOKEN = "sandbox-bot-token"  # noqa: S105 - it opens nothing but this sandbox
LARGEST_BODY = 128 * 1024 * 1024
PAGE = Path(__file__).parent / "page"
_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "text/csv", "application/json")


class PortInUseError(OSError):
    """Another program listens on the wanted port."""


class Sandbox:
    """A loopback Discord. `async with Sandbox() as sandbox:` starts it and stops it at the end.

    Args:
        port: Where to listen on 127.0.0.1; 0 takes a free one.
        token: The bot token that is accepted.
        clock: What decides on late answers and expired tokens; the machine's time when left out.
        granted_intents: Privileged intents that the application was granted, as bits of the gateway's intents.
        ack_seconds: How long the bot has for the first answer to an interaction.
        heartbeat_interval: Seconds between two heartbeats on the gateway.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        token: str = TOKEN,
        clock: Clock | None = None,
        granted_intents: int = 0,
        ack_seconds: float = 3.0,
        heartbeat_interval: float = 41.25,
    ) -> None:
        self.token = token
        self.hub = Hub(
            token=token,
            clock=clock,
            granted_intents=granted_intents,
            ack_seconds=ack_seconds,
            heartbeat_interval=heartbeat_interval,
        )
        self.hands = Hands(self.hub)
        self._page_api = PageApi(self.hub, self.hands)
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The page's address, such as http://127.0.0.1:8765."""
        return f"http://{HOST}:{self._port}"

    @property
    def api_base(self) -> str:
        """What the bot takes for https://discord.com/api/v10."""
        return self.url + PREFIX

    @property
    def gateway_url(self) -> str:
        """What the bot takes for wss://gateway.discord.gg."""
        return self.hub.gateway.url

    @property
    def guild_id(self) -> str:
        """Id of the guild."""
        return self.hub.world.guild_id

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen.

        Raises:
            PortInUseError: Somebody else listens on the port.
        """
        app = web.Application(middlewares=[guard], client_max_size=LARGEST_BODY)
        Pipeline(self.hub).add_routes(app, routes())
        self._page_api.add_routes(app)
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/attachments/{channel_id}/{attachment_id}/{filename}", self._attachment)
        app.router.add_get("/", self._index)
        app.router.add_get("/page/{path:.+}", self._page_file)
        app.on_shutdown.append(self._shut_down)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            if error.errno == errno.EADDRINUSE:
                raise PortInUseError(errno.EADDRINUSE, f"port {self._port} on {HOST} is in use") from error
            raise
        if not self._port:
            self._port = int(self._runner.addresses[0][1])
        self.hub.locate(self.url)

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        await self.hub.interactions.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def run_command(
        self,
        user: str,
        channel: str,
        command: str,
        options: Mapping[str, object] | None = None,
        *,
        target: str | None = None,
    ) -> Interaction:
        """Run a slash or context menu command as a person; see `Hands.run_command`."""
        return self.hands.run_command(user, channel, command, options, target=target)

    async def autocomplete(
        self, user: str, channel: str, command: str, options: Mapping[str, object], focused: str
    ) -> list[Json]:
        """The choices that a person is offered while typing; empty when the bot did not answer in time."""
        record = await self.hands.autocomplete(user, channel, command, options, focused)
        return record.choices or []

    def use_component(
        self, user: str, channel: str, message: str, custom_id: str, values: Sequence[str] | None = None
    ) -> Interaction:
        """Press a button or pick in a select as a person; see `Hands.use_component`."""
        return self.hands.use_component(user, channel, message, custom_id, values)

    def submit_modal(self, user: str, interaction: str, values: Mapping[str, object]) -> Interaction:
        """Send an open modal as a person; see `Hands.submit_modal`."""
        return self.hands.submit_modal(user, interaction, values)

    def write(self, user: str, channel: str, content: str) -> Json:
        """Write a plain message as a person; the message object."""
        return self.hub.chat.json(self.hands.write(user, channel, content))

    def state(self, user: str) -> Json:
        """All that the page shows to a user: what GET /sandbox/state answers."""
        return self._page_api.state(self.hub.world.find_user(user))

    def messages(self, user: str, channel: str) -> list[Json]:
        """The messages that a user sees in a channel, oldest first."""
        state = self.state(user)
        who = self.hub.world.find_user(user)
        return list(state["messages"][self.hub.world.find_channel(channel, who).id])

    async def until(self, wanted: Callable[[], object], timeout: float = 10.0) -> None:  # noqa: ASYNC109 - a test's patience
        """Return once `wanted()` is true; asked anew whenever anything happened in the sandbox.

        Raises:
            TimeoutError: It was not met within `timeout` real seconds.
        """
        await self.hub.bus.until(wanted, timeout)

    async def until_online(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - a test's patience
        """Return once the bot is on the gateway."""
        await self.until(lambda: self.hub.gateway.online, timeout)

    def set_permissions(self, channel: str, role: str, *, allow: int = 0, deny: int = 0) -> None:
        """Change what a channel gives to or takes from a role, as bits; "@everyone" is a role too."""
        world = self.hub.world
        owner = world.users[world.owner_id]
        overwrite = Overwrite(world.find_role(role).id, ROLE, allow, deny)
        self.hub.set_overwrite(world.find_channel(channel, owner), overwrite)

    def set_roles(self, user: str, roles: Sequence[str]) -> None:
        """Give a person exactly these roles; the bot hears of it with the next interaction."""
        world = self.hub.world
        world.find_user(user).role_ids = [world.find_role(role).id for role in roles]

    def fault(
        self,
        kind: str,
        *,
        path: str | None = None,
        method: str | None = None,
        times: int = 1,
        seconds: float = 1.0,
        everywhere: bool = False,
    ) -> None:
        """Order a fault; see `sandbox.faults.KINDS`."""
        self.hub.faults.add(kind, path=path, method=method, times=times, seconds=seconds, everywhere=everywhere)

    def requests(self, since: int = 0) -> list[Recorded]:
        """The bot's requests after number `since`."""
        return self.hub.recorder.since(since)

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        return await serve_gateway(self.hub.gateway, request)

    async def _attachment(self, request: web.Request) -> web.Response:
        attachment = self.hub.chat.file(request.match_info["attachment_id"])
        if attachment is None or attachment.filename != request.match_info["filename"]:
            raise web.HTTPNotFound
        inline = attachment.content_type.partition(";")[0] in _INLINE
        headers = {
            "Content-Type": attachment.content_type,
            # What a bot uploads must not run as a page of the sandbox.
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": f'{"inline" if inline else "attachment"}; filename="{attachment.filename}"',
        }
        return web.Response(body=attachment.data, headers=headers)

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(_file, PAGE / "index.html")

    async def _page_file(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(_file, PAGE / request.match_info["path"])

    async def _shut_down(self, _: web.Application) -> None:
        self.hub.bus.close()
        for session in list(self.hub.gateway.sessions.values()):
            if session.connection is not None:
                await session.connection.close(1001, "The sandbox stops.")


def _file(path: Path) -> web.StreamResponse:
    resolved = path.resolve()
    if not resolved.is_relative_to(PAGE.resolve()) or not resolved.is_file():
        raise web.HTTPNotFound(text="There is no such file.")
    return web.FileResponse(resolved, headers={"Cache-Control": "no-store"})
