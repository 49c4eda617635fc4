"""``ddc-perf setup`` as a process: answers from a file and from a person, and every way to fail changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox import permissions as perms
from sandbox.server import Sandbox
from sandbox.world import GUILD_ID, REPORTS_ID
from tests.e2e.bot_process import BotProcess
from tests.e2e.program import ROOT, environment, files, program
from tests.e2e.world import World, text_of
from tests.needs import mount

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "MTEyMzQ1Njc4OTAx.Gabcde.not-a-real-token-of-mine-0123456789"  # noqa: S105 - a wrong one
NO_DOCKER = "unix:///nowhere/docker.sock"


def answers(folder: Path, **given: object) -> str:
    path = folder / "answers.json"
    path.write_text(json.dumps(given))
    return str(path)


async def test_answers_from_a_file_make_a_bot_that_runs_and_is_well(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    async with Sandbox() as sandbox:
        environ = environment(sandbox, folder)
        given = answers(tmp_path, token=sandbox.token, channel="reports", time="21:30", time_zone="europe/berlin")
        done = await program(environ, "setup", "--answers", given)
        assert done.code == 0, done.err
        assert sandbox.token not in done.out + done.err
        written = [folder / name for name in files(folder) if not name.endswith((".bak", ".jsonl"))]
        assert not [path for path in written if sandbox.token.encode() in path.read_bytes()]
        assert {stat.S_IMODE(path.stat().st_mode) for path in written if path.suffix in (".enc", ".key", ".json")} == {
            0o600
        }
        settings = json.loads((folder / "config" / "config.json").read_text())
        assert settings["guild_id"] == int(GUILD_ID)

        bot = BotProcess(tmp_path / "run", environ)
        world = World(sandbox, bot)
        await world.log_in()
        try:
            schedule = text_of(await world.run("perf schedule list"))
            assert "21:30" in schedule
            assert "Europe/Berlin" in schedule
            doctor = await program(environ, "doctor", "--json")
            assert {one["verdict"] for one in json.loads(doctor.out)["checks"] if "Docker" not in one["check"]} == {
                "ok"
            }
        finally:
            assert await bot.stop() == 0, bot.log()


async def test_a_token_that_is_there_is_not_asked_for_and_not_kept_a_second_time(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        environ = environment(sandbox, tmp_path / "bot", DISCORD_BOT_TOKEN=sandbox.token, DOCKER_HOST=NO_DOCKER)
        done = await program(environ, "setup", "--answers", answers(tmp_path))
    assert done.code == 0, done.err
    assert "DISCORD_BOT_TOKEN" in done.out
    assert "no such socket" in done.out
    settings = json.loads((tmp_path / "bot" / "config" / "config.json").read_text())
    assert settings == {"guild_id": int(GUILD_ID)}
    assert not (tmp_path / "bot" / "config" / "token.enc").exists()


async def test_settings_that_are_there_stay(tmp_path: Path) -> None:
    path = tmp_path / "bot" / "config" / "config.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"log_level": "DEBUG", "mine": 1, "docker": {"concurrency": 5}}')
    async with Sandbox() as sandbox:
        environ = environment(sandbox, tmp_path / "bot", DISCORD_BOT_TOKEN=sandbox.token)
        done = await program(
            environ, "setup", "--answers", answers(tmp_path, channel=REPORTS_ID, time="off", alerts="no")
        )
    assert done.code == 0, done.err
    assert json.loads(path.read_text()) == {
        "log_level": "DEBUG",
        "mine": 1,
        "docker": {"concurrency": 5},
        "guild_id": int(GUILD_ID),
    }


FAULTS: dict[str, tuple[dict[str, object], int, str]] = {
    "a token that Discord refuses": ({"token": SECRET}, 3, "refused the token"),
    "a token in two pieces": ({"token": f"{SECRET[:9]} {SECRET[9:]}"}, 2, "in one piece"),
    "no token at all": ({}, 2, "lacks `token`"),
    "a server that it is not in": ({"token": None, "guild": "elsewhere"}, 2, "`guild`: There is no such one"),
    "a channel that it can't see": ({"token": None, "channel": "secret"}, 2, "View Channel"),
    "a channel that is none": ({"token": None, "channel": "nowhere"}, 2, "`channel`: There is no such one"),
    "a time that is none": ({"token": None, "channel": "reports", "time": "25:00"}, 2, "`time`"),
    "a zone that is none": ({"token": None, "channel": "reports", "time_zone": "Mars"}, 2, "`time_zone`"),
    "a docker that is not there": ({"token": None, "docker_host": NO_DOCKER}, 2, "no such socket"),
    "a key that nobody asks for": ({"tokens": "x"}, 2, "nothing asks for tokens"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_wrong_is_one_line_and_nothing_is_changed(tmp_path: Path, fault: str) -> None:
    given, code, told = FAULTS[fault]
    folder = tmp_path / "bot"
    async with Sandbox() as sandbox:
        if "token" in given:
            given = {**given, "token": given["token"] or sandbox.token}
        done = await program(environment(sandbox, folder), "setup", "--answers", answers(tmp_path, **given))
        token = sandbox.token
    assert done.code == code, done.err
    assert told in done.err
    assert len(done.err.splitlines()) == 1
    assert SECRET not in done.out + done.err
    assert token not in done.out + done.err
    assert files(folder) == []


async def test_a_discord_in_trouble_ends_it_with_nothing_changed(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        sandbox.fault("503", path="/channels", times=9)
        environ = environment(sandbox, tmp_path / "bot", DISCORD_BOT_TOKEN=sandbox.token)
        done = await program(environ, "setup", "--answers", answers(tmp_path))
    assert done.code == 4
    assert "503" in done.err
    assert files(tmp_path / "bot") == []


async def test_settings_that_can_t_be_read_end_it_before_the_first_question(tmp_path: Path) -> None:
    path = tmp_path / "bot" / "config" / "config.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    async with Sandbox() as sandbox:
        environ = environment(sandbox, tmp_path / "bot", DISCORD_BOT_TOKEN=sandbox.token)
        done = await program(environ, "setup", "--answers", answers(tmp_path))
        assert not sandbox.requests()
    assert done.code == 2
    assert path.read_text() == "{"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with no byte left."""
    folder = tmp_path / "full"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", folder)
    try:
        with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_is_told_by_setup_and_by_doctor_and_nothing_half_written_stays(full_disk: Path) -> None:
    async with Sandbox() as sandbox:
        environ = environment(sandbox, full_disk, DISCORD_BOT_TOKEN=sandbox.token, DOCKER_HOST=NO_DOCKER)
        done = await program(environ, "setup", "--answers", answers(full_disk.parent))
        assert done.code == 2
        assert "No space left on device" in done.err
        assert files(full_disk) == ["filler"]
        doctor = json.loads((await program(environ, "doctor", "--json")).out)
    (found,) = [one for one in doctor["checks"] if one["check"] == "Data folder"]
    assert found["verdict"] == "fail"
    assert "No space left" in found["said"]


class AtTerminal:
    """A person at a terminal: reads until a text shows, then types."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {**environ, "TERM": "xterm", "COLUMNS": "200"}
        self._master = -1
        self._more = asyncio.Event()
        self._ended = False
        self.shown = ""
        self.whole = ""

    async def start(self) -> asyncio.subprocess.Process:
        self._master, slave = pty.openpty()
        asyncio.get_running_loop().add_reader(self._master, self._read)
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "setup",
                cwd=ROOT, env=self._environ, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                preexec_fn=_take_terminal,
            )  # fmt: skip
        finally:
            os.close(slave)

    async def until(self, text: str) -> None:
        """Wait until it shows; what came before it is over."""
        async with asyncio.timeout(12):
            while text not in self.shown and not self._ended:
                self._more.clear()
                await self._more.wait()
        assert text in self.shown, self.shown
        self.shown = self.shown.partition(text)[2]

    def _read(self) -> None:
        more = b""
        with contextlib.suppress(OSError):  # the program has ended
            more = os.read(self._master, 4096)
        self.shown += more.decode(errors="replace")
        self.whole += more.decode(errors="replace")
        if not more:
            self._ended = True
            asyncio.get_running_loop().remove_reader(self._master)
        self._more.set()

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    async def interrupt(self, process: asyncio.subprocess.Process) -> int:
        """Press Ctrl+C, and give the exit code.

        A signal in the moment between Python's last look for one and its read of the terminal is heeded at the next
        key only. A program presses so soon after the question; as a person would, it presses once more then.
        """
        for _ in range(3):
            self.type("\x03")
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(process.wait(), 10)
        raise AssertionError(self.whole)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)


def _take_terminal() -> None:
    """Make standard input the controlling terminal, so that Ctrl+C in it is a signal."""
    import fcntl  # noqa: PLC0415 - of the child alone
    import termios  # noqa: PLC0415 - as above

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


async def test_a_person_is_asked_again_after_a_wrong_answer_and_the_token_stays_hidden(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    async with Sandbox() as sandbox:
        person = AtTerminal(environment(sandbox, folder, DOCKER_HOST=NO_DOCKER))
        process = await person.start()
        for wait_for, typed in [
            ("Token: ", f"{SECRET}\n"),
            ("refused the token", ""),
            ("Token: ", f"{sandbox.token}\n"),
            ("#reports", ""),
            ("[none]: ", "secret\n"),
            ("post in #secret", ""),
            ("[none]: ", "reports\n"),
            ("[09:00]: ", "late\n"),
            ("can't read", ""),
            ("[09:00]: ", "\n"),
            ("time zone [", "UTC\n"),
            ("no such socket", ""),
            ("[off]: ", "\n"),
            ("Start the bot: ddc-perf run", ""),
        ]:
            await person.until(wait_for)
            if typed:
                person.type(typed)
        assert await asyncio.wait_for(process.wait(), 20) == 0
        person.close()
        assert SECRET not in person.whole
        assert sandbox.token not in person.whole
    assert "config/token.enc" in files(folder)
    assert json.loads((folder / "config" / "config.json").read_text())["guild_id"] == int(GUILD_ID)
    schedule = json.loads((folder / "data" / "metrics" / "summary_schedule.json").read_text())["schedules"]
    assert [(one["time"], one["zone"]) for one in schedule] == [("09:00", "UTC")]


@pytest.mark.parametrize("question", ["Token: ", "[none]: ", "[09:00]: ", "[off]: "])
async def test_ctrl_c_at_any_question_leaves_nothing_behind(tmp_path: Path, question: str) -> None:
    folder = tmp_path / "bot"
    async with Sandbox() as sandbox:
        person = AtTerminal(environment(sandbox, folder, DOCKER_HOST=NO_DOCKER))
        process = await person.start()
        for wait_for, typed in [
            ("Token: ", f"{sandbox.token}\n"),
            ("[none]: ", "reports\n"),
            ("[09:00]: ", "\n"),
            ("time zone [", "UTC\n"),
            ("[off]: ", "\n"),
        ]:
            await person.until(wait_for)
            if wait_for == question:
                break
            person.type(typed)
        assert await person.interrupt(process) == 130, person.whole
        person.close()
    assert files(folder) == []


async def test_permissions_given_while_it_asks_count(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        sandbox.set_permissions("reports", "ddc-perf", deny=perms.EMBED_LINKS, allow=perms.SEND_MESSAGES)
        person = AtTerminal(environment(sandbox, tmp_path / "bot", DISCORD_BOT_TOKEN=sandbox.token))
        process = await person.start()
        await person.until("[none]: ")
        person.type("reports\n")
        await person.until("Embed Links missing")
        await person.until("[none]: ")
        sandbox.set_permissions("reports", "ddc-perf", allow=perms.SEND_MESSAGES)
        person.type("reports\n")
        await person.until("[09:00]: ")
        assert await person.interrupt(process) == 130, person.whole
        person.close()
