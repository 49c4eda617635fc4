"""Whether Docker can be used: its address, its version, and every call that the bot makes."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from http import HTTPStatus
from typing import TYPE_CHECKING

from cogs.perf.doctor import Finding
from services.docker import ContainerNotFound, DockerError, EngineError
from services.docker.engine import AiodockerEngine
from utils.metrics.words import plural

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence

NOBODY = "ddc-perf-doctor-asks-for-nobody"
"""A container of this name is asked for: that there is none shows that the call came through, and nothing is done."""
_PATIENCE = 5.0


async def docker_findings(address: str | None, environ: Mapping[str, str]) -> Sequence[Finding]:
    """Ask an engine for its version and its containers, then try the other calls on a container that is not there.

    Args:
        address: As the settings have it; None for DOCKER_HOST, else the local socket.
        environ: The environment.
    """
    try:
        engine = AiodockerEngine(address, environ=environ, timeout=_PATIENCE)
    except DockerError as error:
        return [Finding.fail("Docker", error.user_message, "Mend `docker.host` or DOCKER_HOST.")]
    try:
        return await _asked(engine)
    finally:
        await engine.close()


async def _asked(engine: AiodockerEngine) -> Sequence[Finding]:
    try:
        containers = await engine.containers()
    except DockerError as error:
        # The message has its cure already, as a second sentence.
        return [Finding.fail("Docker", error.user_message, _cure(error))]
    version = engine.known
    told = f"{version} at {engine.address}, {plural(len(containers), 'container')}."
    caution = bool(version and version.caution)
    found = Finding.warn("Docker", told, _UNTESTED) if caution else Finding.ok("Docker", told)
    return [found, await _calls(engine)]


_UNTESTED = "Most likely all works; see docs/docker.md for what was tested."


def _cure(error: DockerError) -> str:
    if isinstance(error, EngineError):
        return "See docs/docker.md, Reach."
    return "docs/docker.md, Reach, tells the ways to the engine; without it all but /docker works."


async def _calls(engine: AiodockerEngine) -> Finding:
    async def log() -> None:
        async with aclosing(engine.logs(NOBODY, tail=1)) as lines:
            await anext(lines, None)

    async def events() -> None:
        # Only what happened in the year 1970, so that the answer ends at once.
        async with engine.stream("events", {"since": "0", "until": "1"}, "events"):
            pass

    tried: dict[str, Awaitable[object]] = {
        "look closely": engine.inspect(NOBODY),
        "start": engine.start(NOBODY),
        "stop": engine.stop(NOBODY),
        "restart": engine.restart(NOBODY),
        "figures": engine.stats_once(NOBODY),
        "logs": log(),
        "events": events(),
    }
    answers = await asyncio.gather(*tried.values(), return_exceptions=True)
    refused, broken = [], []
    for name, answer in zip(tried, answers, strict=True):
        if isinstance(answer, EngineError) and answer.status == HTTPStatus.FORBIDDEN:
            refused.append(answer.request or name)
        elif isinstance(answer, BaseException) and not isinstance(answer, ContainerNotFound):
            broken.append(f"{name} ({type(answer).__name__})")
    check = "Docker calls"
    if refused:
        said = f"What stands before the engine refuses: {', '.join(refused)}."
        return Finding.fail(
            check, said, "Let the socket proxy allow these: deploy/docker-socket-proxy.cfg has them all."
        )
    if broken:
        return Finding.warn(check, f"No good answer to: {', '.join(broken)}.", "Try again; see the engine's own log.")
    return Finding.ok(check, f"All {len(tried)} that the bot makes are allowed.")
