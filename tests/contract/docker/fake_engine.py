"""An engine in memory, for tests of what stands on the port. The contract suite holds it to what real ones do."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from services.docker import (
    Container,
    ContainerInfo,
    ContainerNotFound,
    DockerError,
    EngineVersion,
    Health,
    Membership,
    State,
)
from services.docker.labels import ALONE
from services.docker.parse import check_name

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

_BIRTH = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class FakeEngine:
    """Holds containers, does what it is told, and can be slow, broken or away.

    Attributes:
        broken: Raised by every call while it is set.
        failing: Raised by actions on the container of that name.
        open: While it is cleared, calls wait.
        held: Calls such as "stop web" that wait for what is set there; an error there is raised.
        versions: What it says of itself.
        frames: Figures by container's name.
        written: Logs by container's name, in pieces.
        happens: Events to send; an error among them is raised.
        calls: What was asked, such as "stop web" (by name) and "list".
    """

    address: str = "unix:///fake.sock"
    known: EngineVersion | None = None
    broken: DockerError | None = None
    failing: dict[str, DockerError] = field(default_factory=dict)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    held: dict[str, asyncio.Future[Exception | None]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    removed_on_stop: set[str] = field(default_factory=set)
    closed: bool = False
    versions: dict[str, Any] = field(default_factory=lambda: {"Version": "20.10", "ApiVersion": "1.41"})
    frames: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    written: dict[str, list[bytes]] = field(default_factory=dict)
    happens: asyncio.Queue[Mapping[str, Any] | DockerError] = field(default_factory=asyncio.Queue)
    _infos: dict[str, ContainerInfo] = field(default_factory=dict)
    _minutes: int = 0

    def __post_init__(self) -> None:
        self.open.set()

    def add(
        self,
        name: str,
        state: State = State.RUNNING,
        *,
        remove_on_stop: bool = False,
        project: str | None = None,
        membership: Membership = ALONE,
        image: str = "image:1",
        stop_timeout: float = 10.0,
    ) -> Container:
        identity = hashlib.sha256(name.encode()).hexdigest()
        started = None if state is State.CREATED else self._now()
        container = Container(identity, name, image, state, created=_BIRTH, project=project, membership=membership)
        self._infos[identity] = ContainerInfo(container, started=started, stop_timeout=stop_timeout)
        if remove_on_stop:
            self.removed_on_stop.add(identity)
        return container

    def hold(self, call: str) -> asyncio.Future[Exception | None]:
        """Let a call such as "stop web" wait from now on, until what comes back is set."""
        self.held[call] = asyncio.get_running_loop().create_future()
        return self.held[call]

    def remove(self, name: str) -> None:
        del self._infos[self._find(name).container.id]

    def change(
        self,
        name: str,
        *,
        state: State | None = None,
        health: Health | None = None,
        exit_code: int | None = None,
        restarted: bool = False,
    ) -> None:
        """Let a container's state or health be another one from now on."""
        info = self._find(name)
        now = info.container
        container = replace(now, state=state or now.state, health=health or now.health)
        started = self._now() if restarted else info.started
        self._infos[now.id] = replace(info, container=container, exit_code=exit_code, started=started)

    def seen(self, name: str) -> ContainerInfo:
        return self._find(name)

    def state(self, name: str) -> State:
        return self._find(name).container.state

    async def containers(self) -> tuple[Container, ...]:
        await self._answer("list")
        return tuple(info.container for info in self._infos.values())

    async def inspect(self, ref: str) -> ContainerInfo:
        check_name(ref)
        await self._answer("inspect", ref)
        return self._find(ref)

    async def start(self, ref: str) -> bool:
        check_name(ref)
        await self._answer("start", ref)
        return self._turn(self._find(ref), State.RUNNING)

    async def stop(self, ref: str) -> bool:
        check_name(ref)
        await self._answer("stop", ref)
        info = self._find(ref)
        changed = info.container.state.is_up and self._turn(info, State.EXITED)
        if info.container.id in self.removed_on_stop:
            del self._infos[info.container.id]
        return changed

    async def restart(self, ref: str) -> None:
        check_name(ref)
        await self._answer("restart", ref)
        self._turn(self._find(ref), State.EXITED)
        self._turn(self._find(ref), State.RUNNING)

    async def version(self) -> dict[str, Any]:
        await self._answer("version")
        return dict(self.versions)

    async def stats(self, ref: str) -> AsyncGenerator[Mapping[str, Any], None]:
        check_name(ref)
        await self._answer("stats", ref)
        for frame in self.frames.get(self._find(ref).container.name, ()):
            yield frame

    async def stats_once(self, ref: str) -> Mapping[str, Any]:
        check_name(ref)
        await self._answer("stats_once", ref)
        return self.frames[self._find(ref).container.name][-1]

    async def logs(
        self, ref: str, *, tail: int | None = None, since: float | None = None, follow: bool = False
    ) -> AsyncGenerator[bytes, None]:
        del tail, since, follow
        check_name(ref)
        await self._answer("logs", ref)
        for piece in self.written.get(self._find(ref).container.name, ()):
            yield piece

    async def events(self, since: float | None = None) -> AsyncGenerator[Mapping[str, Any], None]:
        del since
        await self._answer("events")
        while True:
            happened = await self.happens.get()
            if isinstance(happened, DockerError):
                raise happened
            yield happened

    async def close(self) -> None:
        self.closed = True

    async def _answer(self, verb: str, ref: str = "") -> None:
        names = {info.container.id: info.container.name for info in self._infos.values()}
        call = f"{verb} {names.get(ref, ref)}".strip()
        self.calls.append(call)
        await asyncio.sleep(0)
        await self.open.wait()
        if call in self.held and (error := await asyncio.shield(self.held[call])) is not None:
            raise error
        if self.broken is not None:
            raise self.broken
        if verb in ("start", "stop", "restart") and names.get(ref, ref) in self.failing:
            raise self.failing[names.get(ref, ref)]

    def _find(self, ref: str) -> ContainerInfo:
        for info in self._infos.values():
            if ref in (info.container.name, info.container.id):
                return info
        for info in self._infos.values():
            if info.container.id.startswith(ref):
                return info
        raise ContainerNotFound(ref)

    def _turn(self, info: ContainerInfo, state: State) -> bool:
        if info.container.state is state:
            return False
        started, finished = (self._now(), info.finished) if state.is_up else (info.started, self._now())
        container = replace(info.container, state=state)
        self._infos[container.id] = replace(info, container=container, started=started, finished=finished)
        return True

    def _now(self) -> datetime:
        self._minutes += 1
        return _BIRTH + timedelta(minutes=self._minutes)
