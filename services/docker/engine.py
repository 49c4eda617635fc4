"""The engine over aiodocker: what is asked, and how the answers become our values. `client.py` has the connection."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .client import EngineClient
from .labels import GROUP_LABEL
from .parse import check_name, container_from_list, info_from_inspect

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    import aiodocker

    from .model import Container, ContainerInfo

_LIST_FIELDS = ("Id", "Names", "Image", "State", "Status", "Created", "Ports", "Labels")


class AiodockerEngine(EngineClient):
    """A Docker Engine, or Podman's imitation of one; made as an `EngineClient` is.

    Attributes:
        group_label: Which label names the user's own groups.
    """

    group_label: str = GROUP_LABEL

    async def containers(self) -> tuple[Container, ...]:
        """Every container, stopped ones too. Raises as `Engine` says, as do all methods here."""

        async def work(client: aiodocker.Docker) -> tuple[Container, ...]:
            query = client._query("containers/json", params={"all": "true"})  # noqa: SLF001 - `list` reads on the loop
            async with query as response:
                body = await response.read()
            return await asyncio.to_thread(_rows, body, self.group_label)

        return await self.call(work, "list")

    async def inspect(self, ref: str) -> ContainerInfo:
        """One container, closely."""
        name = check_name(ref)
        return await self.call(
            lambda client: _inspect(client, name, self.group_label),
            "info",
            name,
        )

    async def start(self, ref: str) -> bool:
        """Start a container; False when it was running already."""
        name = check_name(ref)
        return await self.call(lambda client: _post(client, name, "start"), "start", name)

    async def stop(self, ref: str) -> bool:
        """Stop a container; False when it was stopped already."""
        name = check_name(ref)
        return await self.call(lambda client: _post(client, name, "stop"), "stop", name)

    async def restart(self, ref: str) -> None:
        """Stop a container when it runs, then start it."""
        name = check_name(ref)
        await self.call(lambda client: _post(client, name, "restart"), "restart", name)

    async def version(self) -> Mapping[str, Any]:
        """What the engine says of itself."""
        return await self.call(lambda client: client.version(), "version")

    async def stats(self, ref: str) -> AsyncGenerator[Mapping[str, Any], None]:
        """One frame of figures about every second, until the container is gone or the caller has enough."""
        name = check_name(ref)
        async with self.stream(f"containers/{name}/stats", {"stream": "true"}, "stats", name) as response:
            async for line in response.content:
                yield json.loads(line)

    async def stats_once(self, ref: str) -> Mapping[str, Any]:
        """One frame, without the wait for a second one."""
        name = check_name(ref)
        query = {"stream": "false", "one-shot": "true"}
        async with self.stream(f"containers/{name}/stats", query, "stats", name) as response:
            return json.loads(await response.read())  # type: ignore[no-any-return]

    async def logs(
        self, ref: str, *, tail: int | None = None, since: float | None = None, follow: bool = False
    ) -> AsyncGenerator[bytes, None]:
        """The container's log as the engine sends it, in pieces that end anywhere."""
        name = check_name(ref)
        query = {"stdout": "true", "stderr": "true", "timestamps": "true", "follow": str(follow).lower()}
        query["tail"] = "all" if tail is None else str(tail)
        if since is not None:
            query["since"] = f"{since:.9f}"
        async with self.stream(f"containers/{name}/logs", query, "logs", name) as response:
            async for piece in response.content.iter_any():
                yield piece

    async def events(self, since: float | None = None) -> AsyncGenerator[Mapping[str, Any], None]:
        """What happens to containers, from `since` on, until the engine or the caller ends it."""
        query = {"filters": json.dumps({"type": ["container"]})}
        if since is not None:
            query["since"] = f"{since:.9f}"
        async with self.stream("events", query, "events") as response:
            async for line in response.content:
                yield json.loads(line)


def _rows(body: bytes, group_label: str) -> tuple[Container, ...]:
    """Read the list, which of a thousand containers takes so long that it must not be on the event loop."""
    rows = json.loads(body)
    fields = ({key: row[key] for key in _LIST_FIELDS if key in row} for row in rows)
    return tuple(container_from_list(row, group_label) for row in fields)


async def _inspect(client: aiodocker.Docker, name: str, group_label: str) -> ContainerInfo:
    return info_from_inspect(await client.containers.container(name).show(), group_label)


async def _post(client: aiodocker.Docker, name: str, verb: str) -> bool:
    query = client._query(f"containers/{name}/{verb}", "POST")  # noqa: SLF001 - tells 204 from 304, which `start` and `stop` don't
    async with query as response:
        response.release()
        return response.status != HTTPStatus.NOT_MODIFIED
