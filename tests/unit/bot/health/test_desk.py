"""A real desk at a real socket, asked as the command line asks it."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import shutil
import socket
import stat
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from blockbuster import blockbuster_ctx

from bot.health.ask import ask, health
from bot.health.desk import HealthDesk
from bot.health.place import socket_path
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

PATIENCE = 30.0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: a socket's may have 107 signs."""
    made = Path(tempfile.mkdtemp(prefix="ddc-t-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
async def metrics(folder: Path) -> AsyncIterator[PerformanceMetrics]:
    made = PerformanceMetrics(folder / "metrics")
    yield made
    await asyncio.to_thread(made.close)


@pytest.fixture
async def desk(folder: Path, metrics: PerformanceMetrics) -> AsyncIterator[HealthDesk]:
    made = HealthDesk(folder / "health.sock", metrics, time.perf_counter)
    with blockbuster_ctx(["bot"]):
        await made.start()
        yield made
        await made.stop()


async def asked(folder: Path) -> dict[str, object]:
    return await asyncio.to_thread(ask, folder / "health.sock", PATIENCE)


@pytest.mark.usefixtures("desk")
async def test_a_bot_that_works_answers_that_it_is_well(folder: Path, metrics: PerformanceMetrics) -> None:
    with metrics.track("anything"):
        pass
    answer = await asked(folder)
    assert answer["healthy"] is True
    assert answer["writer"] is None


@pytest.mark.usefixtures("desk")
async def test_the_socket_is_for_the_bots_own_user_alone(folder: Path) -> None:
    assert stat.S_IMODE((folder / "health.sock").stat().st_mode) == 0o600


async def test_a_connection_that_is_made_anew_counts_from_the_last_answer(
    folder: Path, metrics: PerformanceMetrics
) -> None:
    heard: list[float | None] = [None]
    desk = HealthDesk(folder / "health.sock", metrics, lambda: heard[0])
    await desk.start()
    assert "not reached yet" in str((await asked(folder))["line"])
    heard[0] = time.perf_counter()
    assert (await asked(folder))["healthy"] is True
    heard[0] = None
    assert (await asked(folder))["healthy"] is True
    heard[0] = time.perf_counter() - 100
    assert "has not answered for 1 min" in str((await asked(folder))["line"])
    await desk.stop()


@pytest.mark.usefixtures("desk")
async def test_measurements_that_reach_no_disk_are_told_with_the_reason(
    folder: Path, metrics: PerformanceMetrics
) -> None:
    (folder / "metrics").write_text("a file where the folder should be")
    metrics.record("anything", 0.1)
    answer = await asked(folder)
    assert answer["healthy"] is False
    assert "measurements are not written: " in str(answer["line"])


async def test_a_loop_that_was_held_is_told(folder: Path, metrics: PerformanceMetrics) -> None:
    desk = HealthDesk(folder / "health.sock", metrics, time.perf_counter)
    await desk.start()
    asyncio.get_running_loop().call_soon(time.sleep, 4.0)
    await asyncio.sleep(1)
    answer = await asked(folder)
    await desk.stop()
    assert answer["healthy"] is False
    assert "held the event loop" in str(answer["line"])


async def test_a_loop_that_is_held_now_is_told_by_whoever_asks(folder: Path, metrics: PerformanceMetrics) -> None:
    desk = HealthDesk(folder / "health.sock", metrics, time.perf_counter)
    await desk.start()
    asking = asyncio.create_task(asyncio.to_thread(ask, folder / "health.sock", 0.2))
    asyncio.get_running_loop().call_soon(time.sleep, 1.0)
    answer = await asking
    await desk.stop()
    assert answer == {
        "healthy": False,
        "line": "unhealthy: the bot did not answer within 0.2 s: something holds its event loop",
    }


def test_no_bot_is_unhealthy(folder: Path) -> None:
    assert "no bot answers at" in str(ask(folder / "health.sock", PATIENCE)["line"])


async def test_the_socket_of_a_bot_that_was_killed_is_in_nobodys_way(folder: Path, metrics: PerformanceMetrics) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder / "health.sock"))
    assert "no bot answers at" in str((await asked(folder))["line"])
    desk = HealthDesk(folder / "health.sock", metrics, time.perf_counter)
    await desk.start()
    assert (await asked(folder))["healthy"] is True
    await desk.stop()
    assert not (folder / "health.sock").exists()


async def test_a_file_where_the_socket_should_be_is_left_alone(
    folder: Path, metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "config.json").write_text("{}", encoding="utf-8")
    desk = HealthDesk(folder / "config.json", metrics, time.perf_counter)
    with caplog.at_level(logging.WARNING):
        await desk.start()
    await desk.stop()
    assert (folder / "config.json").read_text(encoding="utf-8") == "{}"
    assert "there is something else" in caplog.text


async def test_a_second_bot_on_the_same_data_leaves_the_first_its_socket(
    folder: Path, desk: HealthDesk, metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    second = HealthDesk(folder / "health.sock", metrics, lambda: None)
    with caplog.at_level(logging.WARNING):
        await second.start()
    assert "another bot" in caplog.text
    await second.stop()
    assert (await asked(folder))["healthy"] is True
    assert (await desk.vitals()).gateway is not None


async def test_a_place_where_no_socket_can_be_costs_the_check_alone(
    metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    desk = HealthDesk(Path("/proc/health.sock"), metrics, time.perf_counter)
    with caplog.at_level(logging.WARNING):
        await desk.start()
    assert "DDC_HEALTH_SOCKET" in caplog.text
    await desk.stop()


@pytest.mark.parametrize("said", [b"", b"hello", b"[]", b'{"healthy": true}', b"\xff"])
def test_what_is_no_bot_is_not_believed(folder: Path, said: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(folder / "health.sock"))
        other.listen()

        def answer() -> None:
            connection, _ = other.accept()
            with connection:
                connection.sendall(said)

        with ThreadPoolExecutor(1) as pool:
            pool.submit(answer)
            found = ask(folder / "health.sock", PATIENCE)
    assert found["healthy"] is False
    assert "is no bot" in str(found["line"])


@pytest.mark.usefixtures("desk")
async def test_the_command_prints_one_line_and_its_exit_code_says_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = argparse.Namespace(directory=str(folder / "metrics"), timeout=PATIENCE, json=False)
    assert await asyncio.to_thread(health, options) == 0
    assert capsys.readouterr().out.startswith("healthy: ")
    options.json = True
    assert await asyncio.to_thread(health, options) == 0
    assert json.loads(capsys.readouterr().out)["healthy"] is True
    options.directory = str(folder / "elsewhere" / "metrics")
    assert await asyncio.to_thread(health, options) == 1
    assert json.loads(capsys.readouterr().out)["healthy"] is False


def test_the_socket_is_in_the_data_folder_unless_the_environment_says_otherwise(folder: Path) -> None:
    assert socket_path({}, folder / "metrics") == folder / "health.sock"
    assert socket_path({"DDC_HEALTH_SOCKET": " "}, folder / "metrics") == folder / "health.sock"
    assert socket_path({"DDC_HEALTH_SOCKET": "/run/ddc.sock"}, folder / "metrics") == Path("/run/ddc.sock")


async def test_asking_often_does_not_make_the_minute_shorter(desk: HealthDesk) -> None:
    await asyncio.sleep(0.3)
    time.sleep(0.5)  # noqa: ASYNC251 - the hold that it is to remember
    await asyncio.sleep(0.3)
    lags = [(await desk.vitals()).lag for _ in range(30)]
    assert min(lags) >= 0.3
