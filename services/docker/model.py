"""What the bot knows of containers: plain values, no engine, no clock.

Nothing here holds a container's environment, its labels (they carry passwords of proxies and the like; what `labels.py`
reads of them is all) or its command line; what is not in these classes can't be shown by mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .labels import ALONE, Membership

if TYPE_CHECKING:
    from datetime import datetime


class State(StrEnum):
    """What a container is doing, in the engine's own words."""

    RUNNING = "running"
    RESTARTING = "restarting"
    PAUSED = "paused"
    CREATED = "created"
    EXITED = "exited"
    REMOVING = "removing"
    DEAD = "dead"
    REMOVED = "removed"
    """Gone: it was made with `--rm`, or someone removed it meanwhile."""
    UNKNOWN = "unknown"
    """A word that this version doesn't know, or no look at it succeeded."""

    @property
    def is_up(self) -> bool:
        """Whether there is something to stop."""
        return self in (State.RUNNING, State.RESTARTING, State.PAUSED)


class Health(StrEnum):
    """What a container's own health check says."""

    NONE = "none"
    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


class Action(StrEnum):
    """What can be asked of the engine; the `action` of a `docker_operation` record."""

    LIST = "list"
    NAMES = "names"
    """A list fetched for autocomplete."""
    INFO = "info"
    START = "start"
    STOP = "stop"
    RESTART = "restart"
    STATS = "stats"
    """A container's figures begin to be followed; not each of the figures."""
    LOOK = "look"
    """A look of the bot itself at what became of an action that took too long."""
    LOGS = "logs"
    """The end of a log is read, or begins to be followed."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a container.

    Attributes:
        private: The port inside the container.
        protocol: tcp, udp or sctp.
        public: The host's port it is published on; None when it is only exposed.
        address: The host's address it is published on; empty for all addresses.
    """

    private: int
    protocol: str
    public: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """One row of the list.

    Attributes:
        id: The engine's full id.
        name: Without the slash that the API puts in front.
        image: As it was asked for (`nginx:1.27`), or the first twelve signs of its id when it has no name any more.
        state: What it is doing.
        status: The engine's words, such as "Up 3 minutes (healthy)"; empty when it gave none.
        health: NONE without a health check.
        created: With time zone; None when the engine doesn't say.
        ports: Sorted, each once.
        project: The compose project, or None.
        membership: Its part in that project, and the groups of the user's own that it is in.
    """

    id: str
    name: str
    image: str
    state: State
    status: str = ""
    health: Health = Health.NONE
    created: datetime | None = None
    ports: tuple[Port, ...] = ()
    project: str | None = None
    membership: Membership = ALONE


@dataclass(frozen=True, slots=True)
class ContainerInfo:
    """A close look at one container.

    Attributes:
        container: What the list knows, too; its `status` is empty.
        started: When it was last started; None when it never was.
        finished: When it last ended; None when it never did.
        exit_code: Of the last run; None while it runs or when it never ran.
        oom_killed: The kernel ended the last run for want of memory.
        restart_count: Restarts by the engine's restart policy, not those asked for.
        restart_policy: "no", "always", "unless-stopped", "on-failure" or "on-failure:5".
        memory_limit: Bytes of memory it was given; 0 without a limit; None when the engine doesn't say.
        stop_timeout: Seconds that it has to end by itself before the engine kills it; infinity when it never does.
        terminal: It has a terminal, so its log is not parted into standard output and error.
    """

    container: Container
    started: datetime | None = None
    finished: datetime | None = None
    exit_code: int | None = None
    oom_killed: bool = False
    restart_count: int = 0
    restart_policy: str = "no"
    memory_limit: int | None = None
    stop_timeout: float = 10.0
    terminal: bool = False

    @property
    def since(self) -> datetime | None:
        """When the present state began, as far as the engine tells."""
        match self.container.state:
            case State.RUNNING | State.PAUSED | State.RESTARTING:
                return self.started
            case State.EXITED | State.DEAD:
                return self.finished
            case State.CREATED:
                return self.container.created
            case _:
                return None


@dataclass(frozen=True, slots=True)
class ActionResult:
    """How a start, a stop or a restart ended that the engine carried out.

    Attributes:
        action: START, STOP or RESTART.
        name: The container's name.
        changed: False when there was nothing to do: it was running (or stopped) already.
        state: What a look after the action saw; REMOVED when the container is gone, UNKNOWN when the look failed.
        duration: Seconds of work, the wait in the queue left out.
        queue_wait: Seconds waited for a free place in the queue.
    """

    action: Action
    name: str
    changed: bool
    state: State
    duration: float
    queue_wait: float


@dataclass(frozen=True, slots=True)
class Later:
    """What became of an action that took too long.

    Attributes:
        action: START, STOP or RESTART.
        name: The container's name.
        finished: Whether it was done in the end.
        state: What the last look saw; REMOVED when the container is gone, UNKNOWN when no look succeeded.
        seconds: How long after the time limit that was known.
        problem: What went wrong, in words for a person; empty when nothing did.
    """

    action: Action
    name: str
    finished: bool
    state: State
    seconds: float
    problem: str = ""
