"""The engine over aiodocker: a thin adapter that gives it timeouts, one address, and errors of ours.

What it works around in aiodocker 0.27, each with a contract test:
1. Without a `url` a current docker context wins over DOCKER_HOST: a url is always given.
2. Nothing times out: every call here does, and connecting has a limit of its own.
3. Its connector allows 100 connections and keeps them: ours has no limit, and a connection serves one request, so
   that none is left over from before an engine's restart (a request on such a one fails, though it may have been done).
4. The API version, asked for once, would stay for ever: it is asked for anew after a failure, and when the engine says
   that it no longer speaks it. It is never pinned: new engines refuse old versions.
5. `start` and `stop` don't tell "done" (204) from "nothing to do" (304): for these, the response is looked at through
   the private `Docker._query`, which is why pyproject.toml holds aiodocker below 0.28.
"""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import aiodocker
import aiohttp

from . import address as addresses
from .errors import ContainerNotFound, DockerError, EngineError, EngineUnreachable, OperationTimeout, Why
from .parse import check_name, container_from_list, info_from_inspect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from .model import Container, ContainerInfo

T = TypeVar("T")

_ANY_VERSION = "auto"
_NO_CONNECTION = 900  # aiodocker's own status
_OFF = frozenset({"", "0", "false", "no", "off"})
_LIST_FIELDS = ("Id", "Names", "Image", "State", "Status", "Created", "Ports", "Labels")
_WHY_ERRNO: dict[int, Why] = {
    errno.ENOENT: Why.NO_SOCKET,
    errno.ENOTDIR: Why.NO_SOCKET,
    errno.EACCES: Why.PERMISSION,
    errno.EPERM: Why.PERMISSION,
    errno.ECONNREFUSED: Why.REFUSED,
    errno.ENOTSOCK: Why.REFUSED,
    errno.EPROTOTYPE: Why.REFUSED,
    errno.EHOSTUNREACH: Why.NO_ROUTE,
    errno.ENETUNREACH: Why.NO_ROUTE,
    errno.ETIMEDOUT: Why.NO_ROUTE,
}


class AiodockerEngine:
    """A Docker Engine (or Podman's imitation of one) at a unix socket or a tcp address.

    Nothing is opened, and no file is read, before the first call.

    Args:
        address: `unix:///path` or `tcp://host[:port]`; else DOCKER_HOST, else unix:///var/run/docker.sock.
        environ: Where DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH are looked up; the process's by default. With
            DOCKER_TLS_VERIFY set, a tcp address is spoken to over TLS, with ca.pem, cert.pem and key.pem of
            DOCKER_CERT_PATH (default ~/.docker).
        timeout: Seconds that one call may take. Give the service's own timeout, which governs when they are equal.
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
        connect_timeout: float = 5.0,
    ) -> None:
        environ = os.environ if environ is None else environ
        self._tls = environ.get("DOCKER_TLS_VERIFY", "").strip().lower() not in _OFF
        self._certificates = Path(environ.get("DOCKER_CERT_PATH") or "~/.docker")
        self._address = addresses.parse(addresses.find(address, environ), tls=self._tls)
        self._timeout = timeout
        self._connect_timeout = connect_timeout
        self._client: aiodocker.Docker | None = None
        self._connector: aiohttp.BaseConnector | None = None
        self._opening = asyncio.Lock()

    @property
    def address(self) -> str:
        """Where the engine is, fit to be shown."""
        return self._address.text

    async def containers(self) -> tuple[Container, ...]:
        """Every container, stopped ones too. Raises as `Engine` says, as do all methods here."""

        async def work(client: aiodocker.Docker) -> tuple[Container, ...]:
            rows = await client.containers.list(all=True)
            return tuple(container_from_list({key: row[key] for key in _LIST_FIELDS if key in row}) for row in rows)

        return await self._call(work, "list")

    async def inspect(self, ref: str) -> ContainerInfo:
        """One container, closely."""
        name = check_name(ref)
        return await self._call(
            lambda client: _inspect(client, name),
            "info",
            name,
        )

    async def start(self, ref: str) -> bool:
        """Start a container; False when it was running already."""
        name = check_name(ref)
        return await self._call(lambda client: _post(client, name, "start"), "start", name)

    async def stop(self, ref: str) -> bool:
        """Stop a container; False when it was stopped already."""
        name = check_name(ref)
        return await self._call(lambda client: _post(client, name, "stop"), "stop", name)

    async def restart(self, ref: str) -> None:
        """Stop a container when it runs, then start it."""
        name = check_name(ref)
        await self._call(lambda client: _post(client, name, "restart"), "restart", name)

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
            context = await asyncio.to_thread(_tls_context, self._certificates)
        except OSError as error:  # ssl.SSLError is one, too
            raise EngineUnreachable(self.address, Why.TLS) from error
        return f"https://{host}:{where.port}", aiohttp.TCPConnector(limit=0, force_close=True, ssl=context)

    async def _call(self, work: Callable[[aiodocker.Docker], Awaitable[T]], action: str, ref: str | None = None) -> T:
        """Do the work in time, and put what goes wrong into our words."""
        try:
            async with asyncio.timeout(self._timeout):
                client = await self._open()
                try:
                    return await work(client)
                except aiodocker.DockerError as error:
                    if error.status != HTTPStatus.BAD_REQUEST or "client version" not in error.message:
                        raise
                    # The engine was replaced by one that refuses the version agreed on; so it did nothing yet.
                    client.api_version = _ANY_VERSION
                    return await work(client)
        except aiohttp.ServerTimeoutError as error:  # no connection in time; it is a TimeoutError, too
            raise self._unreachable(Why.NO_ROUTE) from error
        except TimeoutError as error:
            raise OperationTimeout(self._timeout, action, ref) from error
        except aiodocker.DockerError as error:
            raise self._said_no(error, ref) from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(_why(error)) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._unreachable(Why.NOT_DOCKER) from error

    def _said_no(self, error: aiodocker.DockerError, ref: str | None) -> DockerError:
        if error.status == _NO_CONNECTION:
            return self._unreachable(_why(error.__context__))
        message = str(error.message)
        if ref is not None and error.status == HTTPStatus.NOT_FOUND and "no such container" in message.lower():
            return ContainerNotFound(ref)
        return EngineError(error.status, message)

    def _unreachable(self, why: Why) -> EngineUnreachable:
        if self._client is not None:
            self._client.api_version = _ANY_VERSION  # it may be another engine when it comes back
        return EngineUnreachable(self.address, why)


async def _inspect(client: aiodocker.Docker, name: str) -> ContainerInfo:
    return info_from_inspect(await client.containers.container(name).show())


async def _post(client: aiodocker.Docker, name: str, verb: str) -> bool:
    query = client._query(f"containers/{name}/{verb}", "POST")  # noqa: SLF001 - see the module's docstring, 5
    async with query as response:
        response.release()
        return response.status != HTTPStatus.NOT_MODIFIED


def _why(error: BaseException | None) -> Why:
    """Find out from an exception of aiohttp or the system why there was no answer."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return Why.UNKNOWN_HOST
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return Why.TLS
        case aiohttp.ClientResponseError():
            return Why.NOT_DOCKER
        case OSError(errno=int(number)):
            return _WHY_ERRNO.get(number, Why.CUT)
        case _:
            return Why.CUT


def _tls_context(certificates: Path) -> ssl.SSLContext:
    folder = certificates.expanduser()
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
