"""Where the engine is: the one place that reads and judges an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .errors import BadAddress

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "unix:///var/run/docker.sock"
_PLAIN_PORT = 2375
_TLS_PORT = 2376
_LONGEST_SOCKET = 107  # what the kernel's sockaddr_un holds


@dataclass(frozen=True, slots=True)
class Address:
    """An engine's address, judged good.

    Attributes:
        text: As it may be shown; it never holds a user name or a password.
        socket: The path of a unix socket; empty for tcp.
        host: The host name or address for tcp; empty for a unix socket.
        port: The TCP port; 0 for a unix socket.
    """

    text: str
    socket: str = ""
    host: str = ""
    port: int = 0


def find(argument: str | None, environ: Mapping[str, str]) -> str:
    """Choose the address: the argument, else DOCKER_HOST, else the local socket. Empty ones don't count.

    Args:
        argument: From the configuration.
        environ: The process's environment.
    """
    return (argument or "").strip() or environ.get("DOCKER_HOST", "").strip() or DEFAULT


def parse(text: str, *, tls: bool = False) -> Address:
    """Read an address.

    Args:
        text: `unix:///path/to/socket` or `tcp://host[:port]`.
        tls: Only decides the port of a tcp address that names none: 2376, else 2375.

    Raises:
        BadAddress: For anything else, `ssh://` and `npipe://` among it. The message repeats nothing that may be secret.
    """
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        raise BadAddress("it names no way in. Write unix:///var/run/docker.sock or tcp://host:2375")
    match scheme.lower():
        case "unix":
            if not rest.startswith("/"):
                raise BadAddress("a unix socket needs its whole path, as in unix:///var/run/docker.sock")
            if len(rest.encode()) > _LONGEST_SOCKET:
                raise BadAddress(f"a unix socket's path has at most {_LONGEST_SOCKET} bytes")
            return Address(text=f"unix://{rest}", socket=rest)
        case "tcp":
            return _tcp(rest, _TLS_PORT if tls else _PLAIN_PORT)
        case "ssh":
            raise BadAddress("ssh:// is not supported. Forward the socket (ssh -L) and give its unix:// path")
        case _:
            raise BadAddress("only unix:// and tcp:// addresses are supported")


def _tcp(rest: str, default_port: int) -> Address:
    try:
        parts = urlsplit(f"tcp://{rest}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress("the host or the port can't be read. Write tcp://host:2375") from error
    if "@" in parts.netloc:
        raise BadAddress("a tcp address takes no user name or password. TLS is set up with DOCKER_CERT_PATH")
    if not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadAddress("a tcp address is a host and a port only, as in tcp://host:2375")
    port = default_port if port is None else port
    shown = f"[{host}]" if ":" in host else host
    return Address(text=f"tcp://{shown}:{port}", host=host, port=port)
