"""The connection to the engine over aiodocker: timeouts, one address, and errors of ours.

What it works around in aiodocker 0.27, each with a contract test:
1. Without a `url` a current docker context wins over DOCKER_HOST: a url is always given.
2. Nothing times out: every call here does, and connecting has a limit of its own.
3. Its connector allows 100 connections and keeps them: ours has no limit, and a connection serves one request, so
   that none is left over from before an engine's restart (a request on such a one fails, though it may have been done).
4. The API version, asked for once, would stay for ever, and be the engine's newest, which may be unknown to us: it is
   agreed on here, see `EngineVersion`, and anew after a failure, and when the engine says that it no longer speaks it.
5. Its streams swallow errors and can't be ended cleanly: ours read the response itself, through the private
   `Docker._query`, which is why pyproject.toml holds aiodocker below 0.28.
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import aiodocker
import aiohttp

from . import address as addresses
from .errors import ContainerNotFound, DockerError, EngineError, EngineUnreachable, OperationTimeout, Why
from .reach import EngineVersion, behind_a_proxy, reason, tls_context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_ANY_VERSION = "auto"
_ACTIONS = frozenset({"start", "stop", "restart"})
_NO_CONNECTION = 900  # aiodocker's own status
_NO_END = aiohttp.ClientTimeout(total=None, sock_connect=5.0)
_OFF = frozenset({"", "0", "false", "no", "off"})
_PROXY_RULES = {
    "list": "GET /containers/json",
    "info": "GET /containers/*/json",
    "stats": "GET /containers/*/stats",
    "logs": "GET /containers/*/logs",
    "events": "GET /events",
    "version": "GET /version",
    **{action: f"POST /containers/*/{action}" for action in _ACTIONS},
}


class EngineClient:
    """The way to a Docker Engine (or Podman's imitation of one) at a unix socket or a tcp address.

    Nothing is opened, and no file is read, before the first call.

    Args:
        address: `unix:///path` or `tcp://host[:port]`; else DOCKER_HOST, else unix:///var/run/docker.sock.
        environ: Where DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH are looked up; the process's by default. With
            DOCKER_TLS_VERIFY set, a tcp address is spoken to over TLS, with ca.pem, cert.pem and key.pem of
            DOCKER_CERT_PATH (default ~/.docker), see `tls_context`.
        timeout: Seconds that one call may take. Give the service's own timeout, which governs when they are equal.
        action_timeout: The same for a start, a stop and a restart; `timeout` by default.
        connect_timeout: Seconds until a connection must stand.

    Raises:
        BadAddress: The address can't be used.
    """

    def __init__(
        self,
        address: str | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        action_timeout: float | None = None,
        connect_timeout: float = 5.0,
    ) -> None:
        environ = os.environ if environ is None else environ
        self._tls = environ.get("DOCKER_TLS_VERIFY", "").strip().lower() not in _OFF
        self._certificates = Path(environ.get("DOCKER_CERT_PATH") or "~/.docker")
        self._address = addresses.parse(addresses.find(address, environ), tls=self._tls)
        self._timeout = timeout
        self._action_timeout = timeout if action_timeout is None else action_timeout
        self._connect_timeout = connect_timeout
        self._client: aiodocker.Docker | None = None
        self._connector: aiohttp.BaseConnector | None = None
        self._opening = asyncio.Lock()
        self._known: EngineVersion | None = None

    @property
    def address(self) -> str:
        """Where the engine is, fit to be shown."""
        return self._address.text

    def limit(self, timeout: float, action_timeout: float) -> None:
        """Give calls from now on other limits, as the constructor takes them."""
        self._timeout, self._action_timeout = timeout, action_timeout

    @property
    def known(self) -> EngineVersion | None:
        """What the engine said of itself when a version was agreed on last; None before the first call."""
        return self._known

    async def close(self) -> None:
        """Let go of connections."""
        client, connector = self._client, self._connector
        self._client = self._connector = None
        if client is not None:
            await client.close()
        if connector is not None:
            await connector.close()

    async def _open(self) -> aiodocker.Docker:
        async with self._opening:
            if self._client is None:
                url, self._connector = await self._connect()
                limits = aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout)
                self._client = aiodocker.Docker(url=url, connector=self._connector, timeout=limits)
            return self._client

    async def _connect(self) -> tuple[str, aiohttp.BaseConnector]:
        """Make a connector, and the url that aiodocker puts in front of every path."""
        where = self._address
        if where.socket:
            return "unix://localhost", aiohttp.UnixConnector(where.socket, limit=0, force_close=True)
        host = f"[{where.host}]" if ":" in where.host else where.host
        if not self._tls:
            return f"http://{host}:{where.port}", aiohttp.TCPConnector(limit=0, force_close=True)
        try:
            context = await asyncio.to_thread(tls_context, self._certificates)
        except (OSError, RuntimeError) as error:  # ssl.SSLError is an OSError; the other one: nobody knows what ~ is
            raise EngineUnreachable(self.address, Why.TLS_FILES) from error
        return f"https://{host}:{where.port}", aiohttp.TCPConnector(limit=0, force_close=True, ssl=context)

    async def call(self, work: Callable[[aiodocker.Docker], Awaitable[T]], action: str, ref: str | None = None) -> T:
        """Do the work in time, and put what goes wrong into our words.

        Args:
            work: Does it with the client; done twice when the engine turns out to speak another version.
            action: What it is, for the error of a timeout.
            ref: The container's name or id; None for none.

        Raises:
            DockerError: As `Engine` says.
        """
        seconds = self._action_timeout if action in _ACTIONS else self._timeout
        with self._our_words(action, ref):
            try:
                async with asyncio.timeout(seconds):
                    return await self._tried(work)
            except aiohttp.ServerTimeoutError as error:  # no connection in time; it is a TimeoutError, too
                raise self._unreachable(Why.NO_ROUTE) from error
            except TimeoutError as error:
                raise OperationTimeout(seconds, action, ref) from error

    @asynccontextmanager
    async def stream(
        self, path: str, params: Mapping[str, str], action: str, ref: str | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Hold an answer that goes on: the call's time counts until it begins, then it may last.

        Whatever breaks it off inside the `async with` is put into our words, too.

        Args:
            path: Below the version, such as `events`.
            params: The query.
            action: What it is, for the error of a timeout.
            ref: The container's name or id; None for none.

        Raises:
            DockerError: As `Engine` says.
        """

        async def begin(client: aiodocker.Docker) -> aiohttp.ClientResponse:
            return await client._do_query(path, "GET", params=dict(params), timeout=_NO_END)  # noqa: SLF001

        response = await self.call(begin, action, ref)
        try:
            with self._our_words(action, ref):
                yield response
        finally:
            response.close()

    async def _tried(self, work: Callable[[aiodocker.Docker], Awaitable[T]]) -> T:
        client = await self._open()
        await self._agree(client)
        try:
            return await work(client)
        except aiodocker.DockerError as error:
            if error.status != HTTPStatus.BAD_REQUEST or "client version" not in error.message:
                raise
            # The engine was replaced by one that refuses the version agreed on; so it did nothing yet.
            client.api_version = _ANY_VERSION
        await self._agree(client)
        return await work(client)

    async def _agree(self, client: aiodocker.Docker) -> None:
        """Find out which engine it is, and which version of the API to speak, unless that is known."""
        if client.api_version != _ANY_VERSION:
            return
        with self._our_words("version", asked=False):
            raw = await client._query_json("version", versioned_api=False)  # noqa: SLF001 - `version()` asks for the version first
            known = EngineVersion.read(raw)
        client.api_version = "v{}.{}".format(*known.spoken)
        if known != self._known:
            self._known = known
            _LOG.log(logging.WARNING if known.caution else logging.INFO, "At %s there is %s.", self.address, known)

    @contextmanager
    def _our_words(self, action: str, ref: str | None = None, *, asked: bool = True) -> Iterator[None]:
        """Put what goes wrong inside into our words.

        Args:
            action: What is asked.
            ref: The container's name or id; None for none.
            asked: Whether anything can have been done; an engine that is only asked for its version does nothing.
        """
        try:
            yield
        except aiodocker.DockerError as error:
            raise self._said_no(error, action, ref, asked=asked) from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(reason(error), asked=asked) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._unreachable(Why.NOT_DOCKER) from error

    def _said_no(self, error: aiodocker.DockerError, action: str, ref: str | None, *, asked: bool) -> DockerError:
        message = str(error.message)
        why = reason(error.__context__) if error.status == _NO_CONNECTION else behind_a_proxy(error.status, message)
        if why is not None:
            return self._unreachable(why, asked=asked)
        if error.status == HTTPStatus.NOT_FOUND:
            if not asked:
                return self._unreachable(Why.NOT_DOCKER)
            if ref is not None and "no such container" in message.lower():
                return ContainerNotFound(ref)
        return EngineError(error.status, message, _PROXY_RULES.get(action, ""))

    def _unreachable(self, why: Why, *, asked: bool = True) -> EngineUnreachable:
        if self._client is not None:
            self._client.api_version = _ANY_VERSION  # it may be another engine when it comes back
        return EngineUnreachable(self.address, why if asked or why is not Why.CUT else Why.HUNG_UP)
