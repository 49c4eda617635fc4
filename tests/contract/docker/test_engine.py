"""What every engine on the port does: the real one over its socket, over tcp and over a relay, and the tests' fake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from services.docker import ContainerNotFound, InvalidName, State
from services.docker.engine import AiodockerEngine
from tests.contract.docker.fake_engine import FakeEngine
from tests.contract.docker.real import IMAGE, Containers, until
from tests.contract.docker.servers import Relay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from services.docker.port import Engine


@dataclass
class World:
    """An engine and a way to put containers into it, past the port."""

    engine: Engine
    make: Callable[[str], Awaitable[str]]
    make_vanishing: Callable[[], Awaitable[str]]
    remove: Callable[[str], Awaitable[None]]

    async def state(self, name: str) -> State:
        return (await self.engine.inspect(name)).container.state


@pytest.fixture(
    params=[
        "fake",
        pytest.param("unix", marks=pytest.mark.docker),
        pytest.param("tcp", marks=pytest.mark.docker),
    ]
)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield _fake_world()
        return
    path: str = request.getfixturevalue("engine_socket")
    async with Containers(path) as made, Relay(path) as relay:
        engine = AiodockerEngine(
            f"unix://{path}" if request.param == "unix" else relay.address, environ={}, timeout=90.0
        )
        yield World(
            engine,
            make=made.make,
            make_vanishing=lambda: made.make(config={"HostConfig": {"AutoRemove": True}}),
            remove=made.remove,
        )
        await engine.close()


def _fake_world() -> World:
    engine = FakeEngine()
    count = iter(range(1000))

    async def make(state: str = "running") -> str:
        return engine.add(f"fake-{next(count)}", State(state)).name

    async def make_vanishing() -> str:
        return engine.add(f"fake-{next(count)}", remove_on_stop=True).name

    async def remove(name: str) -> None:
        engine.remove(name)

    return World(engine, make, make_vanishing, remove)


async def test_the_list_holds_running_exited_and_created_containers(world: World) -> None:
    made = {await world.make(state): State(state) for state in ("running", "exited", "created")}
    listed = {one.name: one.state for one in await world.engine.containers()}
    assert {name: listed.get(name) for name in made} == made


async def test_a_container_looks_the_same_in_the_list_and_in_a_close_look(world: World) -> None:
    name = await world.make("running")
    (listed,) = [one for one in await world.engine.containers() if one.name == name]
    info = await world.engine.inspect(name)
    looked = info.container
    assert (listed.id, listed.name, listed.image, listed.state) == (looked.id, looked.name, looked.image, looked.state)
    assert info.since == info.started
    assert info.since is not None
    assert info.since.tzinfo is not None


async def test_a_container_is_found_by_its_id_and_by_the_beginning_of_it(world: World) -> None:
    name = await world.make("created")
    identity = (await world.engine.inspect(name)).container.id
    assert (await world.engine.inspect(identity)).container.name == name
    assert (await world.engine.inspect(identity[:12])).container.name == name


@pytest.mark.parametrize("before", ["created", "exited"])
async def test_a_start_starts_and_says_when_there_was_nothing_to_do(world: World, before: str) -> None:
    name = await world.make(before)
    assert await world.engine.start(name) is True
    assert await world.state(name) is State.RUNNING
    assert await world.engine.start(name) is False


async def test_a_stop_stops_and_says_when_there_was_nothing_to_do(world: World) -> None:
    name = await world.make("running")
    assert await world.engine.stop(name) is True
    assert await world.state(name) is State.EXITED
    assert await world.engine.stop(name) is False


@pytest.mark.parametrize("before", ["running", "exited"])
async def test_a_restart_leaves_it_running_since_a_later_moment(world: World, before: str) -> None:
    name = await world.make(before)
    first = (await world.engine.inspect(name)).started
    await world.engine.restart(name)
    after = await world.engine.inspect(name)
    assert after.container.state is State.RUNNING
    assert first is not None
    assert after.started is not None
    assert after.started > first


async def test_what_is_not_there_is_not_found_whatever_is_asked(world: World) -> None:
    engine = world.engine
    for ask in (engine.inspect, engine.start, engine.stop, engine.restart):
        with pytest.raises(ContainerNotFound) as caught:
            await ask("ddc-t-there-is-none")
        assert caught.value.name == "ddc-t-there-is-none"


async def test_what_was_removed_is_not_found_and_not_listed(world: World) -> None:
    name = await world.make("exited")
    await world.remove(name)
    with pytest.raises(ContainerNotFound):
        await world.engine.start(name)
    assert name not in {one.name for one in await world.engine.containers()}


async def test_a_container_made_to_vanish_goes_with_its_stop(world: World) -> None:
    name = await world.make_vanishing()
    assert await world.engine.stop(name) is True

    async def is_gone() -> bool:
        try:
            await world.engine.inspect(name)
        except ContainerNotFound:
            return True
        return False

    await until(is_gone)  # a real engine removes it a moment after its answer


@pytest.mark.parametrize("name", ["", "../version", "a/b", "a?x=1", "a b", "a%2fb", "ä"])
async def test_what_cannot_be_a_name_goes_nowhere(world: World, name: str) -> None:
    engine = world.engine
    for ask in (engine.inspect, engine.start, engine.stop, engine.restart):
        with pytest.raises(InvalidName):
            await ask(name)


async def test_an_engine_may_be_closed_twice(world: World) -> None:
    await world.engine.containers()
    await world.engine.close()
    await world.engine.close()


@pytest.mark.docker
async def test_no_environment_no_label_and_no_command_line_is_taken_over(
    containers: Containers, engine_socket: str
) -> None:
    name = await containers.make(
        config={
            "Env": ["PASSWORD=hunter2"],
            "Labels": {"auth": "hunter2", "com.docker.compose.project": "site"},
            "Cmd": ["sh", "-c", "sleep 100 # hunter2"],
        }
    )
    engine = AiodockerEngine(f"unix://{engine_socket}", timeout=90.0)
    info = await engine.inspect(name)
    (listed,) = [one for one in await engine.containers() if one.name == name]
    await engine.close()
    assert "hunter2" not in repr(info) + repr(listed)
    assert (info.container.project, listed.project) == ("site", "site")
    assert (info.container.image, listed.image) == (IMAGE, IMAGE)


@pytest.mark.docker
async def test_ports_health_restart_policy_and_stop_timeout_of_a_real_container_are_read(
    containers: Containers, engine_socket: str
) -> None:
    name = await containers.make(
        config={
            "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
            "StopTimeout": 7,
            "Healthcheck": {"Test": ["CMD-SHELL", "exit 0"], "Interval": 200_000_000, "Timeout": 5_000_000_000},
            "HostConfig": {
                "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "0"}]},
                "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
            },
        }
    )
    engine = AiodockerEngine(f"unix://{engine_socket}", timeout=90.0)
    info = await engine.inspect(name)
    (listed,) = [one for one in await engine.containers() if one.name == name]
    await engine.close()
    udp, tcp = info.container.ports
    assert (udp.private, udp.protocol, udp.public) == (53, "udp", None)
    assert (tcp.private, tcp.protocol, tcp.address) == (80, "tcp", "127.0.0.1")
    assert tcp.public
    assert listed.ports == info.container.ports
    assert {info.container.health, listed.health} <= {"starting", "healthy"}
    assert info.restart_policy == "on-failure:3"
    assert info.stop_timeout == 7.0


@pytest.mark.docker
async def test_the_exit_code_of_what_ended_is_read(containers: Containers, engine_socket: str) -> None:
    name = await containers.make(config={"Cmd": ["sh", "-c", "exit 3"]})
    engine = AiodockerEngine(f"unix://{engine_socket}", timeout=90.0)

    async def has_ended() -> bool:
        return not (await engine.inspect(name)).container.state.is_up

    await until(has_ended)
    info = await engine.inspect(name)
    await engine.close()
    assert (info.exit_code, info.since) == (3, info.finished)
