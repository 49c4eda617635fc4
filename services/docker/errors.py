# ruff: noqa: N818 - a container not found, a busy queue, a timeout: each says what happened; "Error" would add nothing
"""Everything that can go wrong with Docker, each with its outcome for the metrics and words for a person.

Messages are built from fields, so that callers test fields and never parse text. `user_message` holds no secret: what
an engine said passes through the redactor on its way in. Whatever comes from outside stands between back ticks, with
its own taken out, so that it shows as it is in a chat and is quoted on a console.
"""

from __future__ import annotations

import math
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from utils.metrics.outcome import Outcome

from .redact import redact

if TYPE_CHECKING:
    import asyncio

    from .model import Later


class DockerError(Exception):
    """The root: whatever `services.docker` raises on purpose.

    Attributes:
        outcome: How a record of the failed operation is marked.
        user_message: What was wrong and what to do, on one line.
    """

    outcome: ClassVar[Outcome] = Outcome.ERROR

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


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
        super().__init__(f"Docker can't be reached at {_quote(address, 120)}: {_WHY[why]}.")
        self.address = address
        self.why = why


class OperationTimeout(DockerError):
    """The engine took too long.

    Args:
        seconds: The time it was given.
        action: What was asked, such as "restart"; empty when unknown.
        container: The container's name; None for a list.
        needs: Seconds that it may rightly take, see `Limit`; told when it was given less.
        later: Becomes what was seen of it later on; None when nobody looks again.
    """

    outcome = Outcome.TIMEOUT

    def __init__(
        self,
        seconds: float,
        action: str = "",
        container: str | None = None,
        *,
        needs: float = 0.0,
        later: asyncio.Future[Later] | None = None,
    ) -> None:
        what = f"{action or 'The call'} of {_quote(container)}" if container else (action or "The call")
        ending = "Try again in a moment."
        if action in _LASTING:
            ending = f"Docker may still finish it{': look again in a moment' if later is None else ''}."
        if seconds < needs:
            rightly = "any time, as it is never killed" if math.isinf(needs) else f"{needs:g} s"
            ending += f" It may rightly take {rightly}, so it was given too little."
        super().__init__(f"{what[:1].upper()}{what[1:]} took longer than {seconds:g} s. {ending}")
        self.seconds = seconds
        self.action = action
        self.container = container
        self.needs = needs
        self.later = later


_LASTING = frozenset({"start", "stop", "restart"})


class ContainerNotFound(DockerError):
    """No container has that name.

    Args:
        name: What was asked for.
        suggestions: Names close to it; only ever of containers that the caller may see.
    """

    outcome = Outcome.NOT_FOUND

    def __init__(self, name: str, suggestions: tuple[str, ...] = ()) -> None:
        hint = (
            f" Did you mean {_either(suggestions)}?"
            if suggestions
            else " The list of containers shows which there are."
        )
        super().__init__(f"There is no container called {_quote(name)}.{hint}")
        self.name = name
        self.suggestions = suggestions


class Unseen(ContainerNotFound):
    """There is one of that name, but not for who asked: to them it is just as if there were none.

    Only records tell it from `ContainerNotFound`; whoever hands it on to a person raises one of those instead.

    Args:
        name: What was asked for.
        container: The container's name, for records alone; empty when it isn't known.
    """

    outcome = Outcome.DENIED

    def __init__(self, name: str, container: str = "") -> None:
        super().__init__(name)
        self.container = container


class InvalidName(DockerError):
    """The text can't be a container's name, so nothing was asked of the engine.

    Args:
        name: What was given; at most its first 40 characters are repeated in the message.
    """

    outcome = Outcome.BAD_INPUT

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{_quote(name, 40)} can't be a container's name: those begin with a letter or a digit, go on with "
            "letters, digits, dots, dashes and underscores, and have at most 255 signs."
        )
        self.name = name


class Forbidden(DockerError):
    """The container may be seen by who asked, but this may not be done with it.

    Args:
        action: What was asked, such as "restart".
        container: The container's name.
    """

    outcome = Outcome.DENIED

    def __init__(self, action: str, container: str) -> None:
        super().__init__(f"You have no right to {action} {_quote(container)} here. Ask an admin.")
        self.action = action
        self.container = container


class GroupNotFound(DockerError):
    """No group has that name.

    Args:
        name: What was asked for.
        suggestions: Names close to it; only ever of groups that the caller sees something of.
    """

    outcome = Outcome.NOT_FOUND

    def __init__(self, name: str, suggestions: tuple[str, ...] = ()) -> None:
        hint = f"Did you mean {_either(suggestions)}?" if suggestions else "The list of groups shows which there are."
        super().__init__(f"There is no group called {_quote(name)}. {hint}")
        self.name = name
        self.suggestions = suggestions


class GroupBusy(DockerError):
    """Something is being done to the group, or to another one that shares a container with it.

    Args:
        action: What is being done, such as "restart".
        group: To which group.
    """

    def __init__(self, action: str, group: str) -> None:
        super().__init__(f"A {action} of {_quote(group)} is under way. Wait for its end, then try again.")
        self.action = action
        self.group = group


class Protected(DockerError):
    """This container is never stopped from here, whoever asks.

    Args:
        container: The container's name.
    """

    outcome = Outcome.DENIED

    def __init__(self, container: str) -> None:
        super().__init__(
            f"{_quote(container)} is protected: nobody can stop it from here. It is the bot's own container, or named "
            "by `docker.protected` in the settings."
        )
        self.container = container


class TooSoon(DockerError):
    """The same person did the same with the same container a moment ago.

    Args:
        action: What was asked, such as "restart".
        container: The container's name.
        seconds: How long they have to wait yet.
    """

    outcome = Outcome.DENIED

    def __init__(self, action: str, container: str, seconds: float) -> None:
        wait = max(1, math.ceil(seconds))
        super().__init__(f"You asked for a {action} of {_quote(container)} a moment ago. Try again in {wait} s.")
        self.action = action
        self.container = container
        self.seconds = seconds


class AdminsOnly(DockerError):
    """Something that no rule can open to others.

    Args:
        what: What was asked for, as in "Only admins can see the audit".
    """

    outcome = Outcome.DENIED

    def __init__(self, what: str) -> None:
        super().__init__(f"Only admins can {what}.")
        self.what = what


class AuditUnreadable(DockerError):
    """The audit's file is there, but can't be read.

    Args:
        reason: What the system said, such as "permission denied".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The audit can't be read ({reason}). Make sure that the bot may read and write its folder.")
        self.reason = reason


class EngineError(DockerError):
    """The engine answered, and said no.

    Args:
        status: The HTTP status.
        message: The engine's words; they are redacted here.
        request: What was asked, such as "POST /containers/*/restart"; empty when unknown.
    """

    def __init__(self, status: int, message: str, request: str = "") -> None:
        said = redact(message) or "no reason given"
        quoted = _quote(said, 300)
        if status == HTTPStatus.FORBIDDEN:
            cure = f"Let the socket proxy allow {_quote(request)}" if request else "Look at the socket proxy"
            text = f"Docker refused this (403): {quoted}. {cure}, or ask who set up an authorization plugin."
        else:
            text = f"Docker could not do this ({status}): {quoted}"
        super().__init__(text)
        self.status = status
        self.message = said
        self.request = request


class Busy(DockerError):
    """So many operations are waiting that one more is refused.

    Args:
        waiting: How many wait.
        container: Its name, when they wait for this one container; None when they wait for a place in the queue.
    """

    def __init__(self, waiting: int, container: str | None = None) -> None:
        what = f"actions wait for {_quote(container)}" if container else "Docker operations wait"
        super().__init__(f"Too much is going on: {waiting} {what} already. Try again in a minute.")
        self.waiting = waiting
        self.container = container


class Stopping(DockerError):
    """The bot is on its way down and takes no more operations; this one was not begun."""

    outcome = Outcome.CANCELLED

    def __init__(self) -> None:
        super().__init__("The bot is being stopped, so this was not begun. Try again when it is back.")


class Interrupted(DockerError):
    """The bot was stopped before the engine answered.

    Args:
        action: What was being done.
        container: To which container, None for none.
    """

    outcome = Outcome.CANCELLED

    def __init__(self, action: str, container: str | None) -> None:
        of = f" of {_quote(container)}" if container else ""
        super().__init__(
            f"The bot was stopped before Docker had answered to the {action}{of}. Docker may still finish it: look "
            "again when the bot is back."
        )
        self.action = action
        self.container = container


def _quote(text: str, width: int = 64) -> str:
    shown = " ".join(text.replace("`", "").split())
    return f"`{shown if len(shown) <= width else shown[: width - 1] + '…'}`" if shown else "(nothing)"


def _either(names: tuple[str, ...]) -> str:
    *some, last = map(_quote, names)
    return f"{', '.join(some)} or {last}" if some else last
