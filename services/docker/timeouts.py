"""How long the engine gets for what, and why just so long. Pure: no clock, no I/O.

The rules, each of which has a test:
1. What is set is kept to exactly as set, even where it is too short; that it is, is told.
2. For one container the first of these counts: an entry of `docker.timeouts` with exactly its name; the first entry, in
   the order of the file, with a pattern that fits its name; else, for looks and figures, the slow or the fast limit,
   and for actions the limit of all actions.
3. Slow are media servers, databases and web servers, known by a word in the container's name or in the last part of its
   image's name. Everything else is fast, game servers and what is unknown among it.
4. A stop, and the stop in a restart, may take the container's own stop timeout, after which the engine kills it, and a
   margin. Where no limit for actions is set, they get that much, at least 30 s, at most 600 s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .access.rule import matches

if TYPE_CHECKING:
    from collections.abc import Mapping

FAST = 45.0
SLOW = 60.0
ACTION = 30.0
LONGEST = 600.0
"""Discord takes an answer for 15 minutes; some of it may pass in the queue."""
MARGIN = 10.0
"""What the engine needs besides a container's own stop timeout: to kill it, let go of its network, answer."""

_MEDIA = (
    "plex jellyfin emby kodi navidrome airsonic subsonic immich photoprism audiobookshelf komga sonarr radarr lidarr"
)
_DATABASES = (
    "db database postgres postgresql postgis pgvector timescaledb mysql mariadb percona mongo mongodb redis valkey "
    "keydb influxdb elasticsearch opensearch cassandra scylla couchdb clickhouse cockroach mssql"
)
_WEB_SERVERS = "nginx apache httpd caddy traefik haproxy lighttpd tomcat wordpress nextcloud swag webserver"
_SLOW = frozenset(f"{_MEDIA} {_DATABASES} {_WEB_SERVERS}".split())
_WORD = re.compile(r"[a-z]+")


class Source(StrEnum):
    """Where a limit comes from."""

    NAME = "name"
    """An entry of `docker.timeouts` with the container's name."""
    PATTERN = "pattern"
    """An entry of `docker.timeouts` with a pattern."""
    SLOW = "slow"
    """`docker.slow_timeout_seconds`."""
    FAST = "fast"
    """`docker.fast_timeout_seconds`."""
    SET = "set"
    """`docker.timeout_seconds`, as set."""
    DEFAULT = "default"
    """The default of `docker.timeout_seconds`."""
    OWN = "own"
    """The container's own stop timeout and a margin, because nothing is set and the default would be too short."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take.

    Attributes:
        seconds: So long.
        source: Why.
        by: The name, the pattern or the word that decided; empty for none.
        needs: Seconds that it may rightly take: a container's own stop timeout and a margin. 0 when nobody can tell.
    """

    seconds: float
    source: Source
    by: str = ""
    needs: float = 0.0

    @property
    def too_short(self) -> bool:
        """Whether it may run out while all is going as it should."""
        return self.seconds < self.needs


class Timeouts:
    """The limits in force.

    Args:
        action: Seconds for a list and for an action on a container; None when nothing is set.
        fast: Seconds for a look at a container, and for its figures.
        slow: The same for kinds that are known to be slow.
        named: Seconds by container's name or pattern, for everything that is done with those; `*` stands for any
            signs, `?` for one.

    Raises:
        ValueError: A limit is not above 0.
    """

    def __init__(
        self,
        action: float | None = None,
        *,
        fast: float = FAST,
        slow: float = SLOW,
        named: Mapping[str, float] | None = None,
    ) -> None:
        self._action = action
        self._fast = fast
        self._slow = slow
        self._named = dict(named or {})
        if not all(seconds > 0 for seconds in (self.general, fast, slow, *self._named.values())):
            raise ValueError("a time limit must be above 0")

    def take(self, other: Timeouts) -> None:
        """Become as another: what begins from now on has its limits."""
        self._action, self._fast, self._slow, self._named = other._action, other._fast, other._slow, other._named

    @property
    def general(self) -> float:
        """Seconds for what concerns no single container."""
        return ACTION if self._action is None else self._action

    @property
    def longest_look(self) -> float:
        """The most seconds that anything but an action may get."""
        return max(self.general, self._fast, self._slow, *self._named.values())

    @property
    def longest_action(self) -> float:
        """The most seconds that an action may get."""
        return max(LONGEST if self._action is None else self._action, *self._named.values(), 0.0)

    def look(self, name: str, image: str = "") -> Limit:
        """Limit a look at a container, or its figures.

        Args:
            name: Its name.
            image: Its image; empty when that is not known.
        """
        if limit := self._of(name):
            return limit
        word = _slow_word(name, image)
        return Limit(self._slow, Source.SLOW, word) if word else Limit(self._fast, Source.FAST)

    def action(self, name: str, stop_timeout: float | None = None) -> Limit:
        """Limit an action.

        Args:
            name: The container's name.
            stop_timeout: Seconds that the container itself has to end before it is killed, infinity when it never is;
                None when the action stops nothing.
        """
        needs = 0.0 if stop_timeout is None else stop_timeout + MARGIN
        if limit := self._of(name, needs):
            return limit
        if self._action is not None:
            return Limit(self._action, Source.SET, needs=needs)
        if needs > ACTION:
            return Limit(min(needs, LONGEST), Source.OWN, needs=needs)
        return Limit(ACTION, Source.DEFAULT, needs=needs)

    def _of(self, name: str, needs: float = 0.0) -> Limit | None:
        if (seconds := self._named.get(name)) is not None:
            return Limit(seconds, Source.NAME, name, needs)
        for pattern, seconds in self._named.items():
            if matches(name, (pattern,)):
                return Limit(seconds, Source.PATTERN, pattern, needs)
        return None


def _slow_word(name: str, image: str) -> str:
    """Find the word that makes a container slow; empty for none. Digits part words: mysql8 is mysql."""
    path = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return next((word for word in _WORD.findall(f"{name} {path}".lower()) if word in _SLOW), "")
