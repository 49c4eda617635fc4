"""The command line beside running writers: real processes on one file, a real terminal, the real bot."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.bot_process import ROOT
from tests.e2e.world import living_bot, settings_file, soon, text_of
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = 86_400
# Writes until it is told to end; says now and then how many are in the file, and at the end how many there were.
WRITER = """\
import sys, threading, time
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
number = 0
while not stop.is_set():
    metrics.record("numbered", 0.001, metadata={"number": number})
    if number % 10 == 0:
        metrics.record("old", 0.001, end_time=time.time() - 40 * 86_400)
    number += 1
    if number % 20 == 0:
        time.sleep(0.005)
    if number % 100 == 0 and metrics.flush():
        print(number, flush=True)
metrics.close()
print(number)
"""


class Folder:
    """A folder of measurements, and processes that work on it.

    Args:
        path: Where everything is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path / "metrics" / "performance_metrics.jsonl"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = {**kept, "PYTHONPATH": str(ROOT), "DDC_METRICS_DIR": str(self.file.parent), "TERM": "xterm"}

    def start(self, *command: str, **streams: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - passes on
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        return subprocess.Popen(
            [sys.executable, *command], cwd=self.path, env=self.environment, text=True, encoding="utf-8", **options
        )

    def writer(self) -> subprocess.Popen[str]:
        return self.start("-c", WRITER, stdin=subprocess.PIPE)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        with self.start("-m", "bot", *arguments, stdin=subprocess.DEVNULL) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def ask(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert (done.returncode, done.stderr) == (0, ""), done
        answer = json.loads(done.stdout)
        assert isinstance(answer, dict)
        return answer

    def numbers(self) -> list[int]:
        lines = [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]
        return [line["metadata"]["number"] for line in lines if line["operation"] == "numbered"]

    def fill(self, calls: int, *, age: float = 0, note: str = "") -> None:
        metrics = PerformanceMetrics(self.file.parent)
        now = time.time()
        for number in range(calls):
            metadata = {"number": number, "note": note}
            metrics.record("filled", 0.1, metadata=metadata, end_time=now - age + number / calls - 1)
            if number % 5_000 == 0:
                metrics.flush()
        metrics.close()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def wait_for_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def ended(writer: subprocess.Popen[str]) -> int:
    """Tell a writer to end, and return how many calls it recorded."""
    out, err = writer.communicate("\n", timeout=60)
    assert (writer.returncode, err) == (0, "")
    return int(out.splitlines()[-1])


def test_reading_goes_on_while_another_process_writes(folder: Folder) -> None:
    writer = folder.writer()
    seen = 0
    for _ in range(5):
        told = int(wait_for_line(writer))
        by_name = {one["operation"]: one for one in folder.ask("stats")["operations"]}
        calls = by_name["numbered"]["total_calls"]
        assert calls >= told, "what was written must be in the answer"
        assert calls >= seen
        seen = calls
        latest = folder.ask("recent", "--operation", "numbered", "--limit", "5")["entries"]
        numbers = [entry["metadata"]["number"] for entry in latest]
        assert numbers == list(range(numbers[0], numbers[0] - 5, -1))
        assert numbers[0] >= calls - 1
    total = ended(writer)
    assert folder.numbers() == list(range(total))
    assert folder.ask("stats", "--operation", "numbered")["operations"][0]["total_calls"] == total


def test_a_cleanup_while_another_process_writes_loses_nothing(folder: Folder) -> None:
    writer = folder.writer()
    wait_for_line(writer)
    removed = [folder.ask("cleanup", "--yes")["removed"] for _ in range(6)]
    total = ended(writer)
    removed.append(folder.ask("cleanup", "--yes")["removed"])
    assert min(removed[:-1]) > 0, "the writer went on between them"
    assert sum(removed) == -(-total // 10)
    assert folder.numbers() == list(range(total))
    assert folder.ask("stats", "--hours", "all")["health"]["entries"] == total


@pytest.mark.parametrize("how", [("--json",), ()])
def test_tail_tells_every_call_once_through_cleanups_by_others(folder: Folder, how: tuple[str, ...]) -> None:
    folder.fill(3)
    with (folder.path / "tail.out").open("w+", encoding="utf-8") as out:
        tail = folder.start("-m", "bot", "tail", "-f", "-n", "1", "--operation", "numbered", *how, stdout=out)
        other = folder.start("-m", "bot", "tail", "-n", "1", "--operation", "filled", "--json")
        wait_for_line(other)  # the second has begun, so the first, which began before it, very likely has as well
        time.sleep(0.3)
        writer = folder.writer()
        wait_for_line(writer)
        assert all(folder.ask("cleanup", "--yes")["removed"] > 0 for _ in range(4))
        total = ended(writer)
        deadline = time.monotonic() + 30
        while len(lines := (folder.path / "tail.out").read_text(encoding="utf-8").splitlines()) < total:
            assert time.monotonic() < deadline, len(lines)
            time.sleep(0.05)
        for process in (tail, other):
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
            assert (process.returncode, err) == (0, "")
        lines = (folder.path / "tail.out").read_text(encoding="utf-8").splitlines()
    if how:
        numbers = [json.loads(line)["metadata"]["number"] for line in lines]
    else:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ✓ numbered · 1 ms · ok · number \d+", lines[7])
        numbers = [int(line.rpartition(" ")[2]) for line in lines]
    assert numbers == list(range(total))


def test_tail_waits_for_a_file_that_is_not_there(folder: Folder) -> None:
    tail = folder.start("-m", "bot", "tail", "--json")
    assert tail.stderr is not None
    assert "waiting for it" in tail.stderr.readline()
    folder.fill(1)
    assert json.loads(wait_for_line(tail))["operation"] == "filled"
    tail.send_signal(signal.SIGINT)
    tail.communicate(timeout=20)
    assert tail.returncode == 0


@pytest.mark.parametrize(
    "command",
    ["recent --limit 5000", "recent --limit 5000 --json", "export --format csv --output -", "tail -n 5000"],
)
def test_a_reader_that_has_seen_enough_ends_it_quietly(folder: Folder, command: str) -> None:
    folder.fill(5_000)
    # A tail notices at the next call.
    writer = folder.writer() if command.startswith("tail") else None
    line = f"{sys.executable} -m bot {command} | head -n 2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder.path, env=folder.environment, capture_output=True, text=True, check=True,
        encoding="utf-8", timeout=60,
    )  # fmt: skip
    if writer is not None:
        writer.kill()
        writer.communicate()
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"


def test_ctrl_c_ends_a_long_command_without_a_traceback(folder: Folder) -> None:
    folder.fill(30_000)
    export = folder.start("-m", "bot", "export", "--format", "jsonl", "--output", "-")
    wait_for_line(export)
    export.send_signal(signal.SIGINT)
    _, err = export.communicate(timeout=20)
    assert (export.returncode, err) == (130, "")


class Screen:
    """A terminal with a program on it.

    Args:
        folder: What the program works on.
        arguments: Its command line.
        environment: On top of the folder's.
        stdout: Where standard output goes; the terminal by default.
    """

    def __init__(self, folder: Folder, *arguments: str, stdout: int | None = None, **environment: str) -> None:
        self._end, inner = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments], cwd=folder.path, env={**folder.environment, **environment},
            stdin=inner, stdout=inner if stdout is None else stdout, stderr=inner,
        )  # fmt: skip
        os.close(inner)
        self.text = ""

    def until(self, wanted: str | None) -> str:
        """Read until a text comes; None: until the program ends."""
        deadline = time.monotonic() + 60
        while wanted is None or wanted not in self.text:
            assert time.monotonic() < deadline, self.text
            if select.select([self._end], [], [], 0.1)[0]:
                try:
                    data = os.read(self._end, 65_536)
                except OSError:  # EIO: the program has ended
                    break
                self.text += data.decode("utf-8", "replace")
        return self.text

    def type(self, text: str) -> None:
        os.write(self._end, text.encode())

    def ended(self) -> int:
        self.until(None)
        code = self.process.wait(timeout=20)
        os.close(self._end)
        return code


def test_cleanup_asks_on_a_terminal_and_takes_yes_and_no(folder: Folder) -> None:
    folder.fill(10, age=40 * DAY)
    folder.fill(3)
    for answer in ("\n", "n\n", "yesterday\n", "\x04"):
        screen = Screen(folder, "cleanup")
        screen.until("[y/N] ")
        assert "Delete 10 entries older than " in screen.text
        assert "3 stay. The file shrinks by " in screen.text
        screen.type(answer)
        assert screen.ended() == 1
        assert "Everything stays." in screen.text
    assert folder.ask("stats", "--hours", "all")["health"]["entries"] == 13
    screen = Screen(folder, "cleanup")
    screen.until("[y/N] ")
    screen.type("y\n")
    assert screen.ended() == 0
    assert "Deleted 10 entries; 3 kept." in screen.text
    assert folder.ask("stats", "--hours", "all")["health"]["entries"] == 3


def test_colours_are_on_a_terminal_alone_and_not_with_no_color(folder: Folder) -> None:
    folder.fill(10)
    screen = Screen(folder, "stats")
    assert screen.ended() == 0
    assert "\x1b[1mPerformance" in screen.text
    plain = Screen(folder, "stats", NO_COLOR="1")
    assert plain.ended() == 0
    assert "\x1b" not in plain.text
    assert "\x1b" not in folder.run("stats").stdout


def test_what_is_exported_to_a_terminal_cannot_steer_it(folder: Folder) -> None:
    metrics = PerformanceMetrics(folder.file.parent)
    metrics.record("\x9b2J\x1b[31m\u202eevil\x7f", 0.1, metadata={"note": "\x1b]0;title\x07"})
    metrics.close()
    for kind in ("json", "jsonl", "csv"):
        screen = Screen(folder, "export", "--format", kind, "--output", "-")
        assert screen.ended() == 0
        assert "evil" in screen.text
        assert all(char.isprintable() or char in "\r\n" for char in screen.text)
        piped = folder.run("export", "--format", kind, "--output", "-").stdout
        assert "\x9b" in piped, "a pipe gets what stands in the file"


def test_long_work_shows_a_bar_on_the_terminal_and_none_in_the_pipe(folder: Folder) -> None:
    folder.fill(40_000, note="n" * 500)
    assert folder.file.stat().st_size > 20_000_000
    for arguments, told in (
        (("stats", "--json"), "Reading"),
        (("export", "--format", "jsonl", "--output", "-"), "Exporting"),
    ):
        with (folder.path / "out").open("wb") as out:
            screen = Screen(folder, *arguments, stdout=out.fileno())
            assert screen.ended() == 0
        assert told in screen.text
        assert b"\x1b" not in (folder.path / "out").read_bytes()
    done = folder.run("stats")
    assert (done.returncode, done.stderr) == (0, "")


@contextlib.contextmanager
def old_metrics(folder: Path, calls: int) -> Iterator[Path]:
    """A bot's folder with measurements of the days before."""
    before = Folder(folder)
    before.fill(calls, age=3 * DAY)
    yield before.file


@pytest.mark.asyncio(loop_scope="session")
async def test_the_bot_keeps_its_file_below_the_size_it_was_given(tmp_path: Path) -> None:
    with old_metrics(tmp_path, 3_000) as file:
        before = file.stat().st_size
        assert before > 400_000
        async with living_bot(tmp_path, DDC_METRICS_MAX_MB="0.2") as world:
            await soon(lambda: "to keep the file below 200 kB" in world.bot.log(), 20)
            assert file.stat().st_size < 200_000
            await world.run("perf recent")
            await world.bot.recorded("command.perf.recent", outcome="ok")
            filled = [record["metadata"]["number"] for record in world.bot.records("filled")]
            assert filled == list(range(filled[0], 3_000)), "the oldest went, in order"
            told = re.search(
                r"Removed ([\d,]+) entries, all older than .*; ([\d,]+) stay; the file shrank by", world.bot.log()
            )
            assert told is not None
            assert int(told[1].replace(",", "")) == filled[0]
        assert "Traceback" not in world.bot.log()


@pytest.mark.asyncio(loop_scope="session")
async def test_the_bot_removes_what_is_older_than_it_was_told(tmp_path: Path) -> None:
    settings_file(tmp_path, {"metrics": {"retention_days": 1}})
    with old_metrics(tmp_path, 500):
        async with living_bot(tmp_path) as world:
            await soon(lambda: "Removed 500 entries older than 1 day; " in world.bot.log(), 20)
            assert world.bot.records("filled") == []
            await world.bot.recorded("config_load")


@pytest.mark.asyncio(loop_scope="session")
async def test_the_command_line_tells_the_same_as_the_chat_while_the_bot_runs(tmp_path: Path) -> None:
    async with living_bot(tmp_path) as world:
        for _ in range(3):
            await world.run("perf recent")
        beside = Folder(tmp_path)
        told = await asyncio.to_thread(beside.ask, "stats", "--operation", "command.perf.recent")
        (one,) = told["operations"]
        assert (one["total_calls"], one["failed_calls"], one["p95_duration"]) == (3, 0, None)
        chat = text_of(await world.run("perf stats", operation="command.perf.recent"))
        terminal = await asyncio.to_thread(beside.run, "stats", "--operation", "command.perf.recent")
        for line in chat.splitlines():
            if line.startswith(("All 3 calls succeeded.", "p50 ", "min ", "3 calls in the last hour")):
                assert line in terminal.stdout
        done = await asyncio.to_thread(beside.ask, "cleanup", "--days", "0", "--yes")
        assert done["removed"] > 3
        await world.run("perf recent")
        await world.bot.recorded("command.perf.recent", outcome="ok")
