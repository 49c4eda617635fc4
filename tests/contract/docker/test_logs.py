"""Logs of real containers: both streams, terminals, floods, garbage, and what is followed while it ends."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from services.docker import DockerService
from services.docker.logs import Bound, End, Heard, LogPage, NotKept, Pace
from services.docker.redact import HIDDEN
from services.docker.timeouts import Timeouts
from tests.contract.docker.people import ADMIN
from tests.contract.docker.real import Containers, until
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from services.docker import Actor

    Make = Callable[..., AsyncIterator[str]]

pytestmark = pytest.mark.docker

PACE = Pace(seconds=60.0, settle=0.5)


@pytest.fixture
async def service(engine_socket: str, tmp_path: Path) -> AsyncIterator[DockerService]:
    metrics = PerformanceMetrics(tmp_path)
    made = DockerService.connect(f"unix://{engine_socket}", metrics, timeouts=Timeouts(90.0), log_pace=PACE)
    yield made
    await made.close()
    await asyncio.to_thread(metrics.close)


class Writers:
    """Makes containers that write something and end, or go on."""

    def __init__(self, containers: Containers, service: DockerService) -> None:
        self.containers = containers
        self.service = service

    async def wrote(self, script: str, *, tty: bool = False) -> str:
        """The name of a container that ran the script and has ended."""
        name = await self.goes_on(script, tty=tty)

        async def has_ended() -> bool:
            return not (await self.service.info(ADMIN, name)).container.state.is_up

        await until(has_ended)
        return name

    async def goes_on(self, script: str, *, tty: bool = False) -> str:
        return await self.containers.make(config={"Cmd": ["sh", "-c", script], "Tty": tty})


@pytest.fixture
def writers(containers: Containers, service: DockerService) -> Writers:
    return Writers(containers, service)


def texts(page: LogPage) -> list[str]:
    return [line.text for line in page.lines]


async def test_both_streams_are_read_and_told_apart(writers: Writers) -> None:
    name = await writers.wrote("echo out; sleep 0.1; echo err >&2; sleep 0.1; echo grüße ✓; printf 'no end'")
    page = await writers.service.logs.read(ADMIN, name)
    assert [(line.text, line.aside) for line in page.lines] == [
        ("out", False),
        ("err", True),
        ("grüße ✓", False),
        ("no end", False),
    ]
    now = datetime.now(UTC)
    assert all(line.moment and abs(now - line.moment) < timedelta(minutes=10) for line in page.lines)


async def test_a_terminals_colours_and_progress_bars_are_reduced_to_the_words(writers: Writers) -> None:
    script = r"printf '\033[1;32mgreen\033[0m\n10%%\r50%%\r100%%\n\033]0;title\007done\n'; echo err >&2"
    page = await writers.service.logs.read(ADMIN, await writers.wrote(script, tty=True))
    assert texts(page) == ["green", "100%", "done", "err"]
    assert not any(line.aside for line in page.lines)


async def test_of_fifty_thousand_lines_the_last_are_read_and_a_search_says_how_far_it_went(writers: Writers) -> None:
    name = await writers.wrote("echo needle; i=0; while [ $i -lt 50000 ]; do i=$((i+1)); echo line $i; done")
    page = await writers.service.logs.read(ADMIN, name, lines=3)
    assert texts(page) == ["line 49998", "line 49999", "line 50000"]
    assert page.more
    found = await writers.service.logs.read(ADMIN, name, words="needle")
    assert (found.lines, found.searched, found.bound) == ((), 20_000, Bound.LINES)
    many = await writers.service.logs.read(ADMIN, name, words="line 4999")
    assert texts(many)[-2:] == ["line 49998", "line 49999"]


async def test_lines_since_a_time_are_those_written_after_it(writers: Writers) -> None:
    name = await writers.wrote("for i in 1 2 3 4 5 6; do echo $i; sleep 0.05; done")
    moments = [line.moment for line in (await writers.service.logs.read(ADMIN, name)).lines]
    assert moments[3] is not None
    page = await writers.service.logs.read(ADMIN, name, since=moments[3].isoformat())
    assert texts(page) == ["4", "5", "6"]
    assert texts(await writers.service.logs.read(ADMIN, name, since=moments[3].isoformat(), lines=2)) == ["5", "6"]


@pytest.mark.parametrize("tty", [False, True])
async def test_binary_garbage_and_endless_lines_are_survived(writers: Writers, tty: bool) -> None:  # noqa: FBT001
    script = (
        "dd if=/dev/urandom bs=1000 count=300 2>/dev/null; echo; echo after; "
        "i=0; while [ $i -lt 4000 ]; do i=$((i+1)); printf 'word word word '; done; echo; echo end"
    )
    page = await writers.service.logs.read(ADMIN, await writers.wrote(script, tty=tty), lines=2000)
    assert texts(page)[-1] == "end"
    assert texts(page)[-3] == "after"
    assert texts(page)[-2].startswith("word word word ")
    assert texts(page)[-2].endswith(" more characters")
    assert "2026-" not in texts(page)[-2]
    assert all(text.isprintable() or "\t" in text or "\ufffd" in text or not text.isascii() for text in texts(page))


async def test_a_log_full_of_secrets_shows_none_of_them(writers: Writers) -> None:
    secrets = {
        "url": "hunter2url",
        "password": "hunter2pass",
        "bearer": "hunter2bearer",
        "aws": "AKIAIOSFODNN7EXAMPLE",
        "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sflKxwRJSMeKKF2QT4fw",
        "bot": "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs",
        "hook": "aB3-dE_fGhIjKlMnOpQrStUvWxYz0123456789",
        "key": "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MaVvVU2nd3ePzNlr",
        "last": "Qx3hunter2=",
    }
    script = "; ".join(
        f"echo '{line}'"
        for line in (
            f"connect postgres://app:{secrets['url']}@db/app",
            f"DB_PASSWORD={secrets['password']}",
            f"Authorization: Bearer {secrets['bearer']}",
            f"using {secrets['aws']} and {secrets['jwt']}",
            f"login as {secrets['bot']}",
            f"post https://discord.com/api/webhooks/123456789012345678/{secrets['hook']}",
            "-----BEGIN RSA PRIVATE KEY-----",
            secrets["key"],
            secrets["last"],
            "-----END RSA PRIVATE KEY-----",
            "ready",
        )
    )
    page = await writers.service.logs.read(ADMIN, await writers.wrote(script))
    shown = "\n".join(texts(page))
    assert {name for name, secret in secrets.items() if secret in shown} == set()
    assert shown.startswith(f"connect postgres://{HIDDEN}@db/app\nDB_PASSWORD={HIDDEN}\n")
    assert shown.endswith("\nready")


async def test_a_log_that_docker_does_not_keep_is_explained(writers: Writers) -> None:
    name = await writers.containers.make(config={"HostConfig": {"LogConfig": {"Type": "none"}}})
    with pytest.raises(NotKept, match="its log driver"):
        await writers.service.logs.read(ADMIN, name)


async def test_an_empty_log_has_no_lines(writers: Writers) -> None:
    page = await writers.service.logs.read(ADMIN, await writers.wrote("true"))
    assert (page.lines, page.more, page.bound) == ((), False, None)


@asynccontextmanager
async def followed(service: DockerService, name: str) -> AsyncIterator[tuple[list[str], asyncio.Task[End]]]:
    heard: list[str] = []

    def hear(new: Heard) -> None:
        heard.extend(line.text for line in new.lines)

    async def ask() -> Actor:
        return ADMIN

    async with service.logs.follow(ADMIN, name) as following:
        task = asyncio.create_task(following.run(hear, ask))
        yield heard, task
        following.end()
        await task


TICKS = "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.05; done"


async def test_what_is_written_is_heard_once_and_in_order(writers: Writers) -> None:
    async with followed(writers.service, await writers.goes_on(TICKS)) as (heard, _):
        await until(lambda: len(heard) > 10)
    assert heard == [f"tick {n}" for n in range(1, len(heard) + 1)]


async def test_a_restart_is_followed_across_and_a_stop_ends_it(writers: Writers) -> None:
    name = await writers.goes_on("trap 'exit 0' TERM; " + TICKS)
    async with followed(writers.service, name) as (heard, ends):
        await until(lambda: len(heard) > 3)
        await writers.service.restart(ADMIN, name)
        await until(lambda: heard.count("tick 2") == 2)
        await writers.service.stop(ADMIN, name)
        assert await ends is End.EXITED


async def test_what_is_removed_while_it_is_followed_ends_it(writers: Writers) -> None:
    name = await writers.goes_on(TICKS)
    async with followed(writers.service, name) as (heard, ends):
        await until(lambda: len(heard) > 3)
        await writers.containers.remove(name)
        assert await ends is End.REMOVED


async def test_a_flood_is_followed_without_keeping_up_with_it(writers: Writers) -> None:
    name = await writers.goes_on("yes 'a line of a flood that never ends, and nobody reads it all'")
    async with followed(writers.service, name) as (heard, ends):
        await until(lambda: len(heard) > 200)
        assert not ends.done()
