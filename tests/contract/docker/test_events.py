"""What a real engine tells of its containers, and what is made of it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.docker.engine import AiodockerEngine
from services.docker.events.follow import Follower
from services.docker.events.model import Finding, Kind, Rules
from services.docker.events.parse import Event, Happening
from services.docker.events.watch import Watch
from tests.contract.docker.real import Containers, answers, until
from tests.contract.docker.servers import Relay
from tests.needs import needs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[3]
NO_NETWORK = {"NetworkMode": "none"}


class Ear:
    """Follows an engine and judges what it hears."""

    def __init__(self, address: str, quiet: float) -> None:
        self.engine = AiodockerEngine(address, environ={}, timeout=30.0)
        self.events: list[Event] = []
        self.findings: list[Finding] = []
        self.failures = 0
        self._watch = Watch(Rules())
        self.follower = Follower(self.engine, self._hear, quiet=quiet, pause=self._pause)

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        self.findings += self._watch.hear(event, asyncio.get_running_loop().time())

    def _pause(self, _failures: int) -> float:
        self.failures += 1
        return 0.1

    def is_well(self) -> bool:
        return self.follower.trouble is None

    def happened(self, name: str) -> list[Happening]:
        return [event.happening for event in self.events if event.name == name]

    def found(self, name: str) -> list[Kind]:
        return [finding.kind for finding in self.findings if finding.container.name == name]


@asynccontextmanager
async def listening(containers: Containers, address: str, quiet: float = 60.0) -> AsyncIterator[Ear]:
    ear = Ear(address, quiet)
    task = asyncio.create_task(ear.follower.run())
    try:

        async def hears() -> bool:
            """An engine begins to send events a moment after it was asked, so it is tried until one comes."""
            await containers.remove(await containers.make("created"))
            return bool(ear.events)

        await until(hears)
        yield ear
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await ear.engine.close()


async def test_a_container_that_fails_has_died_and_one_that_ends_well_or_is_stopped_has_not(
    containers: Containers, engine_socket: str
) -> None:
    async with listening(containers, f"unix://{engine_socket}") as ear:
        failing, fine, stopped = [
            await containers.make(state, config={"Cmd": ["sh", "-c", script], "HostConfig": NO_NETWORK})
            for state, script in (
                ("running", "exit 3"),
                ("running", "exit 0"),
                ("exited", "trap 'exit 9' TERM; while :; do sleep 0.05; done"),
            )
        ]
        for name in (failing, fine, stopped):
            await until(lambda name=name: Happening.DIE in ear.happened(name))  # type: ignore[misc] # bound at once
    assert [ear.found(name) for name in (failing, fine, stopped)] == [[Kind.DIED], [], []]
    (finding,) = [one for one in ear.findings if one.container.name == failing]
    assert finding.exit_code == 3


async def test_a_container_over_its_memory_limit_is_found_out_of_memory(
    containers: Containers, engine_socket: str
) -> None:
    async with listening(containers, f"unix://{engine_socket}") as ear:
        name = await containers.make(
            config={
                "Cmd": ["sh", "-c", "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done"],
                "HostConfig": {**NO_NETWORK, "Memory": 6 * 1024 * 1024},
            }
        )
        await until(lambda: Happening.DIE in ear.happened(name))
        # The engine's word, and not what we heard: an event that we lost is a defect of ours.
        if not (await containers.state(name))["OOMKilled"]:
            pytest.skip("this kernel gives containers no memory limit, or tells nothing of it")
        await until(lambda: Happening.OOM in ear.happened(name))
    assert set(ear.found(name)) == {Kind.OOM, Kind.DIED}


async def test_a_health_check_that_fails_and_then_succeeds_is_heard(containers: Containers, engine_socket: str) -> None:
    async with listening(containers, f"unix://{engine_socket}") as ear:
        name = await containers.make(
            config={
                "Cmd": ["sh", "-c", "sleep 1.5; echo > /well; while :; do sleep 0.1; done"],
                "Healthcheck": {
                    "Test": ["CMD-SHELL", "test -e /well"],
                    "Interval": 200_000_000,
                    "Timeout": 20_000_000_000,
                    "Retries": 1,
                },
                "HostConfig": NO_NETWORK,
            }
        )
        await until(lambda: Happening.HEALTHY in ear.happened(name))
    assert ear.found(name) == [Kind.UNHEALTHY]


async def test_a_container_that_docker_restarts_again_and_again_is_in_a_loop(
    containers: Containers, engine_socket: str
) -> None:
    async with listening(containers, f"unix://{engine_socket}") as ear:
        name = await containers.make(
            config={
                "Cmd": ["sh", "-c", "exit 5"],
                "HostConfig": {**NO_NETWORK, "RestartPolicy": {"Name": "always"}},
            }
        )
        await until(lambda: Kind.RESTART_LOOP in ear.found(name))
    assert ear.found(name)[:3] == [Kind.DIED] * 3


async def test_nothing_is_missed_or_doubled_while_the_line_to_the_engine_is_cut(
    containers: Containers, engine_socket: str
) -> None:
    async with Relay(engine_socket) as relay, listening(containers, relay.address) as ear:
        names = [await containers.make(config={"Cmd": ["sh", "-c", "exit 1"], "HostConfig": NO_NETWORK})]
        await until(lambda: Kind.DIED in ear.found(names[0]))
        await relay.down()
        await until(lambda: ear.failures > 1)
        names.append(await containers.make(config={"Cmd": ["sh", "-c", "exit 1"], "HostConfig": NO_NETWORK}))
        await asyncio.sleep(0.3)
        await relay.up()
        await until(lambda: Kind.DIED in ear.found(names[1]))
        names.append(await containers.make(config={"Cmd": ["sh", "-c", "exit 1"], "HostConfig": NO_NETWORK}))
        await until(lambda: Kind.DIED in ear.found(names[2]))
    assert [ear.found(name) for name in names] == [[Kind.DIED]] * 3
    assert len({event.key for event in ear.events}) == len(ear.events)


async def test_a_quiet_line_is_exchanged_without_a_gap(containers: Containers, engine_socket: str) -> None:
    async with listening(containers, f"unix://{engine_socket}", quiet=0.05) as ear:
        names = [
            await containers.make(config={"Cmd": ["sh", "-c", "exit 1"], "HostConfig": NO_NETWORK}) for _ in range(5)
        ]
        await until(lambda: all(Kind.DIED in ear.found(name) for name in names))
    assert [ear.happened(name) for name in names] == [[Happening.START, Happening.DIE]] * 5
    assert ear.failures == 0


class OwnEngine:
    """A Docker Engine of the test's own, in a network of its own so that it touches no other's bridge."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "docker.sock"
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        place = self._folder
        with (place / "dockerd.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("unshare", "--net", "dockerd", "--host", f"unix://{self.socket}", "--iptables=false"),
                *("--data-root", str(place / "data"), "--exec-root", str(place / "exec")),
                *("--pidfile", str(place / "pid"), "--storage-driver", "vfs"),
                stdout=log,
                stderr=log,
            )

        def is_up() -> bool:
            assert self._process is not None
            assert self._process.returncode is None, (place / "dockerd.log").read_text()[-2000:]
            return self.socket.exists() and answers(str(self.socket))

        await until(is_up)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A socket's path must be short, which pytest's own folders are not."""
    with tempfile.TemporaryDirectory(prefix="ddc-t-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
async def own_engine(engine_socket: str, short_folder: Path) -> AsyncIterator[OwnEngine]:
    del engine_socket  # where there is no engine at all, there is none to start either
    needs("dockerd", "unshare", root=True)
    engine = OwnEngine(short_folder)
    try:
        await engine.start()
        yield engine
    finally:
        await engine.stop()


async def test_an_engine_that_is_stopped_and_started_again_is_followed_on(own_engine: OwnEngine) -> None:
    socket = str(own_engine.socket)
    environment = {**os.environ, "DOCKER_HOST": f"unix://{socket}"}
    subprocess.run([ROOT / ".ci" / "engine", "image"], env=environment, check=True, capture_output=True, timeout=60)  # noqa: ASYNC221 - nothing else runs
    async with Containers(socket) as made, listening(made, f"unix://{socket}") as ear:
        config = {"Cmd": ["sh", "-c", "exit 1"], "HostConfig": NO_NETWORK}
        before = await made.make(config=config)
        running = await made.make(config={"HostConfig": NO_NETWORK})
        await until(lambda: Kind.DIED in ear.found(before))
        await own_engine.stop()
        await until(lambda: ear.failures > 1)
        assert not ear.is_well()
        await own_engine.start()
        after = await made.make(config=config)
        await until(lambda: Kind.DIED in ear.found(after))
        assert ear.is_well()
    assert ear.found(running) == [], "an engine that is shut down asks its containers to end"
    assert ear.found(before) == [Kind.DIED]
