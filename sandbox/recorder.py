"""Everything that the bot asked, for tests that look at it afterwards."""

from collections import deque
from dataclasses import asdict, dataclass, field

from sandbox.jsontypes import Json

KEPT = 2000
"""Requests that are remembered; older ones are forgotten."""


@dataclass(slots=True)
class Recorded:
    """One request and its answer.

    Attributes:
        n: Its number, from 1.
        time: Seconds since the epoch on the machine's clock.
        method: HTTP method.
        path: Path below the API's base, as it was asked.
        route: The route's template, such as "/channels/{channel_id}/messages"; None for an unknown route.
        query: The query's parameters.
        body: The parsed JSON; None when there was none.
        files: Name, size and content type of each uploaded file.
        status: HTTP status; 0 while it is being answered and where the connection was cut before an answer.
        response: The answer's JSON; None when there was none.
    """

    n: int
    time: float
    method: str
    path: str
    route: str | None
    query: dict[str, str] = field(default_factory=dict)
    body: object = None
    files: list[Json] = field(default_factory=list)
    status: int = 0
    response: object = None

    def json(self) -> Json:
        """The record as the page's API shows it."""
        return asdict(self)


class Recorder:
    """The last requests of the bot."""

    def __init__(self) -> None:
        self._count = 0
        self._kept: deque[Recorded] = deque(maxlen=KEPT)

    def start(self, time: float, method: str, path: str, route: str | None, query: dict[str, str]) -> Recorded:
        """Note a request that has come in."""
        self._count += 1
        record = Recorded(self._count, time, method, path, route, query)
        self._kept.append(record)
        return record

    def since(self, number: int = 0) -> list[Recorded]:
        """The requests after number `number`."""
        return [record for record in self._kept if record.n > number]
