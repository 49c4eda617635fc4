"""All that the bot ever asks of an engine, once."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from services.docker import ContainerNotFound, State

if TYPE_CHECKING:
    from services.docker.port import Engine
    from tests.contract.docker.real import Containers


async def make_talker(containers: Containers) -> str:
    """Make a container that says hello."""
    return await containers.make(
        config={"Cmd": ["sh", "-c", "trap 'exit 0' TERM; echo hello; while :; do sleep 1 & wait $!; done"]}
    )


async def ask_everything(engine: Engine, name: str) -> None:
    """Ask an engine for everything that the port has, about a container that `make_talker` made."""
    (listed,) = [one for one in await engine.containers() if one.name == name]
    info = await engine.inspect(name)
    assert (info.container.id, info.container.state) == (listed.id, State.RUNNING)
    assert (await engine.version())["ApiVersion"]
    async with aclosing(engine.stats(name)) as frames:
        first, second = await anext(frames), await anext(frames)
    assert first["read"] < second["read"], "it streams"
    assert (await engine.stats_once(name))["memory_stats"]
    assert b"hello" in b"".join([piece async for piece in engine.logs(name)])
    async with aclosing(engine.events()) as events:
        heard = asyncio.create_task(anext(events))
        while not heard.done():  # the stream begins when it begins: go on until it tells
            await engine.restart(name)
            await asyncio.wait([heard], timeout=0.2)
        assert heard.result()["Type"] == "container"
    assert await engine.stop(name) is True
    assert await engine.stop(name) is False
    assert await engine.start(name) is True
    assert (await engine.inspect(name)).container.state is State.RUNNING
    try:
        await engine.start("ddc-t-there-is-none")
    except ContainerNotFound:
        return
    raise AssertionError("what is not there was started")
