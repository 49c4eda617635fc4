"""Faults on demand: what a test wants to go wrong, where and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.errors import Refused
from sandbox.gateway_socket import INVALID_SESSION, RECONNECT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.gateway import Gateway
    from sandbox.jsontypes import Json

STATUS = ("500", "502", "503", "504")
KINDS = {
    **dict.fromkeys(STATUS, "answer with that status, without doing anything"),
    "429": "answer that the bucket is full, for `seconds`; with `global` (in Python `everywhere`) for all routes",
    "slow": "wait `seconds` on the sandbox's clock before the request is looked at",
    "slow_answer": "do it, then wait `seconds` before the answer leaves",
    "drop": "close the connection without doing anything",
    "cut": "do it, then cut the connection in the middle of the answer",
    "drop_socket": "cut the gateway's connection, as a broken cable does",
    "reconnect": "tell the bot to reconnect to the gateway (op 7)",
    "invalid_session": "tell the bot that its gateway session is gone (op 9), so that it must identify anew",
}
GATEWAY_KINDS = ("drop_socket", "reconnect", "invalid_session")


@dataclass(slots=True)
class Fault:
    """One kind of trouble, waiting for the requests that it is meant for.

    Attributes:
        kind: One of `KINDS`.
        path: Regular expression that is searched in the request's path below the API's base; None for any.
        method: HTTP method; None for any.
        times: How many requests it still befalls.
        seconds: How long, for the kinds that wait.
        everywhere: Whether a 429 is the one over all routes.
    """

    kind: str
    path: re.Pattern[str] | None = None
    method: str | None = None
    times: int = 1
    seconds: float = 1.0
    everywhere: bool = False

    def matches(self, method: str, path: str) -> bool:
        """Whether it befalls this request."""
        right_method = self.method is None or self.method == method
        return self.times > 0 and right_method and (self.path is None or bool(self.path.search(path)))


class Faults:
    """The faults that wait for their moment.

    Args:
        gateway: Where the gateway's faults strike.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._waiting: list[Fault] = []

    def add(
        self,
        kind: str,
        *,
        path: str | None = None,
        method: str | None = None,
        times: int = 1,
        seconds: float = 1.0,
        everywhere: bool = False,
    ) -> None:
        """Order a fault. A fault of the gateway strikes at once, unless a path or method says when.

        Raises:
            Refused: No such kind, or a path that is no regular expression.
        """
        if kind not in KINDS:
            raise Refused(f"There is no fault {kind!r}; there are {', '.join(KINDS)}.")
        try:
            pattern = None if path is None else re.compile(path)
        except re.error as error:
            raise Refused(f"The path {path!r} is no regular expression: {error}.") from None
        fault = Fault(kind, pattern, method and method.upper(), times, seconds, everywhere)
        if kind in GATEWAY_KINDS and path is None and method is None:
            self.strike(fault)
        else:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        self._waiting.clear()

    def take(self, method: str, path: str) -> list[Fault]:
        """The faults that befall this request, each counted once; of those with a status or a cut only the first."""
        taken: list[Fault] = []
        for fault in list(self._waiting):
            if fault.matches(method, path) and not (_ends(fault) and any(map(_ends, taken))):
                fault.times -= 1
                taken.append(fault)
                if not fault.times:
                    self._waiting.remove(fault)
        return taken

    def strike(self, fault: Fault) -> None:
        """Let a fault of the gateway happen to every live socket."""
        for session in list(self._gateway.sessions.values()):
            connection = session.connection
            if fault.kind == "invalid_session":
                self._gateway.forget(session)
            if connection is None:
                continue
            if fault.kind == "drop_socket":
                connection.abort()
            elif fault.kind == "reconnect":
                connection.send({"op": RECONNECT, "d": None})
            else:
                connection.send({"op": INVALID_SESSION, "d": False})

    def json(self) -> list[Json]:
        """The faults that still wait."""
        return [
            {
                "kind": fault.kind,
                "path": fault.path and fault.path.pattern,
                "method": fault.method,
                "times": fault.times,
                "seconds": fault.seconds,
            }
            for fault in self._waiting
        ]


def _ends(fault: Fault) -> bool:
    return fault.kind in (*STATUS, "429", "drop", "cut")


def of_kind(faults: Iterable[Fault], *kinds: str) -> Fault | None:
    """The first of the faults that is of one of these kinds."""
    return next((fault for fault in faults if fault.kind in kinds), None)
