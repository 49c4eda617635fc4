# ruff: noqa: N818 - a container not found, a busy queue, a timeout: each says what happened; "Error" would add nothing
"""The engine can't be asked, or says no."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus

from services.docker.redact import redact
from utils.metrics.outcome import Outcome

from .base import DockerError, quote


class BadAddress(DockerError):
    """The engine's address can't be used.

    Args:
        problem: What is wrong with it.
    """

    outcome = Outcome.BAD_INPUT

    def __init__(self, problem: str) -> None:
        super().__init__(f"The Docker address is wrong: {problem}.")
        self.problem = problem


class Why(StrEnum):
    """Why no answer came from an engine."""

    NO_SOCKET = "no_socket"
    PERMISSION = "permission"
    REFUSED = "refused"
    TLS = "tls"
    TLS_FILES = "tls_files"
    TLS_AUTHORITY = "tls_authority"
    TLS_EXPIRED = "tls_expired"
    TLS_NAME = "tls_name"
    TLS_REFUSED = "tls_refused"
    TLS_PLAIN = "tls_plain"
    """The bot spoke TLS, the other side does not."""
    TLS_WANTED = "tls_wanted"
    """The other side speaks TLS, the bot did not."""
    UNKNOWN_HOST = "unknown_host"
    NO_ROUTE = "no_route"
    CUT = "cut"
    HUNG_UP = "hung_up"
    """The connection was broken off before anything was asked."""
    BEHIND = "behind"
    NOT_DOCKER = "not_docker"


_WHY: dict[Why, str] = {
    Why.NO_SOCKET: "there is no such socket. Install and start Docker; a bot in a container needs the socket mounted",
    Why.PERMISSION: "permission denied. Add the bot's user to the group `docker` or use the socket proxy",
    Why.REFUSED: "nobody listens there. Start the Docker Engine, then try again",
    Why.TLS: "no secure connection. Check DOCKER_TLS_VERIFY, and the certificates in DOCKER_CERT_PATH",
    Why.TLS_FILES: (
        "the files for TLS can't be used. The folder DOCKER_CERT_PATH needs ca.pem, and cert.pem with its own key.pem, "
        "all readable for the bot"
    ),
    Why.TLS_AUTHORITY: (
        "its certificate is not from the authority in ca.pem. Put that engine's ca.pem into DOCKER_CERT_PATH"
    ),
    Why.TLS_EXPIRED: "its certificate has expired, or is not valid yet. Renew it there, and check the clocks of both",
    Why.TLS_NAME: (
        "its certificate is for another name. Use the name in it, or make one that has this name as a subjectAltName"
    ),
    Why.TLS_REFUSED: (
        "it refuses the bot's certificate, or misses it. DOCKER_CERT_PATH needs a valid cert.pem and key.pem from the "
        "engine's authority"
    ),
    Why.TLS_PLAIN: "it speaks no TLS. Give the port where it does (2376), or unset DOCKER_TLS_VERIFY",
    Why.TLS_WANTED: (
        "it wants TLS. Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem"
    ),
    Why.UNKNOWN_HOST: "the host name is unknown. Check the address",
    Why.NO_ROUTE: "the host does not answer. Check the address, the network and the firewall",
    Why.CUT: "it broke the connection off, so what was asked may or may not be done. Look before you try again",
    Why.HUNG_UP: (
        "it hangs up before anything is asked. It may be starting, or want TLS or another certificate. Check the "
        "address, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH"
    ),
    Why.BEHIND: "a proxy answers, but not the engine behind it. Start the Docker Engine, then try again",
    Why.NOT_DOCKER: "what answers there does not speak Docker's language. Check the address",
}


class EngineUnreachable(DockerError):
    """No whole answer came from the engine.

    Args:
        address: Which address was tried.
        why: Why it failed.
    """

    def __init__(self, address: str, why: Why) -> None:
        super().__init__(f"Docker can't be reached at {quote(address, 120)}: {_WHY[why]}.")
        self.address = address
        self.why = why


class EngineError(DockerError):
    """The engine answered, and said no.

    Args:
        status: The HTTP status.
        message: The engine's words; they are redacted here.
        request: What was asked, such as "POST /containers/*/restart"; empty when unknown.
    """

    def __init__(self, status: int, message: str, request: str = "") -> None:
        said = redact(message) or "no reason given"
        quoted = quote(said, 300)
        if status == HTTPStatus.FORBIDDEN:
            cure = f"Let the socket proxy allow {quote(request)}" if request else "Look at the socket proxy"
            text = f"Docker refused this (403): {quoted}. {cure}, or ask who set up an authorization plugin."
        else:
            text = f"Docker could not do this ({status}): {quoted}"
        super().__init__(text)
        self.status = status
        self.message = said
        self.request = request
