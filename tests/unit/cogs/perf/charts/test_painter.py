"""The process that draws: when it is there, when it ends, and what is said when it fails. It is the real one."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cogs.perf.charts.painter import WAITING, ChartError, Painter
from cogs.perf.charts.picture import Axis, Picture
from tests.needs import needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AXIS = Axis(0, 1, ((0, "0"),))
PICTURE = Picture("x", "y", AXIS, AXIS, "words")
BROKEN = Picture("x", "y", Axis(0, 1, (("?", "?"),)), AXIS, "words")  # type: ignore[arg-type] # what no axis takes
PATIENCE = 90
ROOT = Path(__file__).parents[5]
PNG = b"\x89PNG"
READY = "import os, struct, sys, time; os.write(1, struct.pack('>cI', b'!', 0)); sys.stdin.buffer.read(5); "


@pytest.fixture
def painter() -> Iterator[Painter]:
    made = Painter()
    yield made
    made.close()


def ended(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def soon(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, "it did not come to hold"
        time.sleep(0.02)


def process_of(painter: Painter) -> int:
    pid = painter.process_id
    assert pid is not None
    return pid


def test_pictures_are_drawn_by_one_process_that_is_there_from_the_first_on(painter: Painter) -> None:
    assert painter.process_id is None
    asked = [painter.paint(PICTURE) for _ in range(3)]
    assert all(one.result(PATIENCE).startswith(PNG) for one in asked)
    first = process_of(painter)
    painter.paint(PICTURE).result(PATIENCE)
    assert process_of(painter) == first


def test_it_ends_when_it_is_idle_and_comes_back_when_it_is_needed() -> None:
    painter = Painter(idle=0.2)
    try:
        painter.paint(PICTURE).result(PATIENCE)
        soon(lambda: painter.process_id is None)
        assert painter.paint(PICTURE).result(PATIENCE).startswith(PNG)
    finally:
        painter.close()


def test_after_closing_nothing_is_left_and_it_can_be_used_again(painter: Painter) -> None:
    painter.paint(PICTURE).result(PATIENCE)
    pid = process_of(painter)
    painter.close()
    assert painter.process_id is None
    with pytest.raises(ProcessLookupError):  # not even a zombie
        os.kill(pid, 0)
    assert painter.paint(PICTURE).result(PATIENCE).startswith(PNG)


def test_a_process_that_was_killed_between_two_pictures_is_started_anew(painter: Painter) -> None:
    painter.paint(PICTURE).result(PATIENCE)
    os.kill(process_of(painter), signal.SIGKILL)
    assert painter.paint(PICTURE).result(PATIENCE).startswith(PNG)


def test_a_picture_that_can_not_be_drawn_fails_alone(painter: Painter, caplog: pytest.LogCaptureFixture) -> None:
    painter.paint(PICTURE).result(PATIENCE)
    pid = process_of(painter)
    with pytest.raises(ChartError, match="the bot's log tells why"):
        painter.paint(BROKEN).result(PATIENCE)
    assert "Traceback" in caplog.text
    assert painter.paint(PICTURE).result(PATIENCE).startswith(PNG)
    assert process_of(painter) == pid


def test_a_process_that_ends_over_a_picture_is_told_with_what_it_may_be() -> None:
    painter = Painter([sys.executable, "-c", READY + "os._exit(3)"])
    with pytest.raises(ChartError, match=r"the process that draws ended.*100 MB"):
        painter.paint(PICTURE).result(PATIENCE)
    assert painter.process_id is None
    painter.close()


def test_a_process_that_hangs_is_ended_and_told() -> None:
    painter = Painter([sys.executable, "-c", READY + "time.sleep(600)"], patience=0.3)
    with pytest.raises(ChartError, match=r"not drawn within 0\.3 s"):
        painter.paint(PICTURE).result(PATIENCE)
    assert painter.process_id is None
    painter.close()


def test_a_process_that_can_not_draw_says_so(caplog: pytest.LogCaptureFixture) -> None:
    broken = "import os, struct; os.write(1, struct.pack('>cI', b'-', 4) + b'why?')"
    painter = Painter([sys.executable, "-c", broken])
    with pytest.raises(ChartError, match="can't be loaded"):
        painter.paint(PICTURE).result(PATIENCE)
    assert "why?" in caplog.text
    painter.close()


@pytest.mark.parametrize("command", [["/nowhere/python"], [sys.executable, "-c", "raise SystemExit(7)"]])
def test_a_process_that_does_not_start_is_told(command: list[str]) -> None:
    painter = Painter(command)
    with pytest.raises(ChartError, match=r"could not be started|before it could draw"):
        painter.paint(PICTURE).result(PATIENCE)
    painter.close()


def test_without_matplotlib_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as an import of what is not installed finds it
    painter = Painter()
    with pytest.raises(ChartError, match="Charts need matplotlib: `pip install matplotlib`"):
        painter.paint(PICTURE).result(PATIENCE)
    painter.close()


def test_a_bot_packed_into_one_file_is_not_started_again_in_place_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    painter = Painter()
    with pytest.raises(ChartError, match="packed into one file"):
        painter.paint(PICTURE).result(PATIENCE)
    painter.close()


def test_closing_ends_what_hangs_and_what_waits() -> None:
    painter = Painter([sys.executable, "-c", READY + "time.sleep(600)"])
    asked = [painter.paint(PICTURE) for _ in range(3)]
    soon(lambda: painter.process_id is not None and asked[0].running())
    painter.close()
    for one in asked:
        with pytest.raises(ChartError, match="stopped or reloaded"):
            one.result(0)
    assert painter.process_id is None


HOLDS_THE_PIPE = """
if os.fork() == 0:
    while not os.path.exists({!r}):
        time.sleep(0.01)
    os._exit(0)
time.sleep(600)
"""


def test_what_is_asked_for_while_it_closes_is_refused_and_holds_nothing_up(tmp_path: Path) -> None:
    needs(path="/proc/self/fd")
    released = tmp_path / "released"
    painter = Painter([sys.executable, "-c", READY + HOLDS_THE_PIPE.format(str(released))], idle=0.2, patience=PATIENCE)
    asked = painter.paint(PICTURE)
    soon(lambda: painter.process_id is not None and asked.running())
    pid = process_of(painter)
    soon(lambda: Path(f"/proc/{pid}/task/{pid}/children").read_text())  # it has the picture, and its pipe is held
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(painter.close)
        try:
            soon(lambda: ended(pid))
            with pytest.raises(ChartError, match="stopped or reloaded"):
                painter.paint(PICTURE).result(0)
        finally:
            released.touch()
        closing.result(PATIENCE)
    assert painter.process_id is None


def test_a_crowd_is_refused_rather_than_kept_waiting() -> None:
    painter = Painter([sys.executable, "-c", READY + "time.sleep(600)"])
    asked = [painter.paint(PICTURE) for _ in range(WAITING + 2)]
    with pytest.raises(ChartError, match="Too many charts"):
        asked[-1].result(0)
    painter.close()


def test_it_has_the_pipes_and_nothing_else_of_the_bot(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    needs(path="/proc/self/fd")
    monkeypatch.setenv("DISCORD_BOT_TOKEN", "hush")
    with socket.create_server(("127.0.0.1", 0)) as server:
        os.set_inheritable(server.fileno(), True)
        painter.paint(PICTURE).result(PATIENCE)
        pid = process_of(painter)
        open_files = [str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()]
    assert not [name for name in open_files if name.startswith("socket:")]
    assert b"hush" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    assert b"discord" not in Path(f"/proc/{pid}/maps").read_bytes()


def test_it_ends_when_the_bot_is_killed() -> None:
    needs(path="/proc/self/fd")
    program = textwrap.dedent("""
        from cogs.perf.charts.painter import Painter
        from cogs.perf.charts.picture import Axis, Picture
        axis = Axis(0, 1, ())
        painter = Painter()
        painter.paint(Picture("x", "y", axis, axis, "words")).result()
        print(painter.process_id, flush=True)
        input()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as bot:
        assert bot.stdout is not None
        pid = int(bot.stdout.readline())
        assert not ended(pid)
        bot.kill()
    soon(lambda: ended(pid))


async def test_who_does_not_wait_any_more_costs_nothing(painter: Painter) -> None:
    waiting = [asyncio.ensure_future(asyncio.wrap_future(painter.paint(PICTURE))) for _ in range(5)]
    await asyncio.sleep(0)
    for one in waiting[1:]:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert waiting[0].result().startswith(PNG)
    assert all(one.cancelled() for one in waiting[1:])
