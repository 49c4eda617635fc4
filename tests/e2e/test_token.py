"""``ddc-perf token`` as a program of its own, and the bot that takes its token from there."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sandbox.server import Sandbox
from tests.e2e.bot_process import ROOT, BotProcess
from tests.e2e.world import World, bot_environment, check_whole, soon

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOKEN = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GhT_-x.a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9"  # noqa: S105 - nobody's
WORDS = "correct horse battery staple"


class Home:
    """A folder with settings and data, and a sandbox that knows the token.

    Args:
        folder: It.
        sandbox: Which Discord.
    """

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self.sandbox = sandbox
        (folder / "config").mkdir()
        self.environment = {
            "PATH": os.environ["PATH"],
            "DDC_CONFIG": str(folder / "config" / "config.json"),
            "DDC_METRICS_DIR": str(folder / "data" / "metrics"),
            "DDC_DISCORD_API": sandbox.api_base,
        }

    async def run(self, *arguments: str, given: str = "", more: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Run ``ddc-perf token``.

        Returns:
            Exit code, and all that it wrote, in which there is no token.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "token", *arguments, cwd=ROOT, env=self.environment | dict(more or {}),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        written, _ = await process.communicate(given.encode())
        text = written.decode()
        assert "Traceback" not in text
        for secret in (TOKEN, TOKEN.rsplit(".", maxsplit=1)[-1], WORDS):
            assert secret not in text
        assert process.returncode is not None
        return process.returncode, text


def shown_by_the_system(pid: int) -> bytes:
    """What others see of a process: title, command line, variables."""
    return b"".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("comm", "cmdline", "environ"))


def children_of(pid: int) -> list[int]:
    """The processes that it started and that live."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # one that ends meanwhile
            # After the name, in which there may be anything: the state, then the parent.
            if int(file.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(file.parent.name))
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with Sandbox(token=TOKEN) as sandbox:
        yield Home(tmp_path, sandbox)


async def test_a_token_that_was_piped_in_is_checked_and_the_bot_runs_with_it(home: Home) -> None:
    code, told = await home.run("set", given=f"{TOKEN}\n")
    assert (code, "token.enc has the token, encrypted" in told, "token.key" in told) == (0, True, True)
    code, told = await home.run("check")
    assert code == 0
    assert "(id " in told
    assert "config/token.enc" in told
    (request,) = home.sandbox.requests()
    assert request.path == "/users/@me"

    environment = bot_environment(home.sandbox) | home.environment
    del environment["DISCORD_BOT_TOKEN"]
    bot = BotProcess(home.folder / "data", environment)
    world = World(home.sandbox, bot)
    await world.log_in()
    await world.run("perf recent")
    assert TOKEN.encode() not in shown_by_the_system(bot.process.pid)
    assert await bot.stop() == 0
    check_whole(home.sandbox, bot)
    assert bot.records("token_decrypt")[-1]["success"] is True


async def test_a_person_types_it_without_seeing_it(home: Home) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "token", "set", cwd=ROOT, env=home.environment,
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while b"stays hidden" not in shown:
        shown += await asyncio.to_thread(os.read, ours, 1000)
    os.write(ours, f"{TOKEN}\n".encode())
    while b"ddc-perf token check" not in shown:
        shown += await asyncio.to_thread(os.read, ours, 1000)
    assert await process.wait() == 0
    os.close(ours)
    assert TOKEN.encode() not in shown
    assert (await home.run("check"))[0] == 0


async def test_on_the_command_line_it_is_refused_and_not_repeated(home: Home) -> None:
    for arguments in (("set", TOKEN), (TOKEN,), ("check", f"--token={TOKEN}")):
        code, told = await home.run(*arguments)
        assert code == 2
        assert told.count("\n") == 1
    assert (await home.run())[0] == 2
    assert not (home.folder / "config" / "token.enc").exists()


async def test_a_rotation_asks_for_the_new_passphrase_and_the_check_ends_it(home: Home) -> None:
    before, after = {"DDC_PASSPHRASE": "the former words"}, {"DDC_PASSPHRASE": WORDS}
    assert (await home.run("set", given=TOKEN, more=before))[0] == 0
    code, told = await home.run("rotate", given=WORDS, more=before)
    assert code == 0
    assert "put that into DDC_PASSPHRASE" in told
    code, told = await home.run("check", more=before)
    assert code == 2
    assert "does not open with the passphrase in DDC_PASSPHRASE" in told
    assert (home.folder / "config" / "token.enc.old").exists()
    code, told = await home.run("check", more=after)
    assert (code, "token.enc.old is gone" in told) == (0, True)
    assert [path.name for path in (home.folder / "config").iterdir()] == ["token.enc"]


async def test_each_way_of_failing_has_its_line_and_code(home: Home) -> None:
    code, told = await home.run("check")
    assert (code, "There is no token" in told) == (2, True)
    code, told = await home.run("set", given="\n")
    assert (code, "Nothing was given" in told) == (2, True)
    code, told = await home.run("set", given="Bot half a token\n")
    assert (code, "What you gave holds blanks" in told) == (2, True)
    code, told = await home.run("check", more={"DISCORD_BOT_TOKEN": "none-of-theirs"})
    assert (code, "refused the token from DISCORD_BOT_TOKEN" in told) == (3, True)
    assert "none-of-theirs" not in told
    away = {"DISCORD_BOT_TOKEN": TOKEN, "DDC_DISCORD_API": f"http://127.0.0.1:9/{TOKEN}"}
    code, told = await home.run("check", more=away)
    assert (code, "Discord can't be reached" in told) == (4, True)
    home.sandbox.fault("503", path="/users/@me")
    code, told = await home.run("check", more={"DISCORD_BOT_TOKEN": TOKEN})
    assert (code, "in trouble itself (503)" in told) == (4, True)


async def test_a_variable_that_goes_first_is_told(home: Home) -> None:
    more = {"DISCORD_BOT_TOKEN": TOKEN}
    _, told = await home.run("set", given=TOKEN, more=more)
    assert "takes the token from DISCORD_BOT_TOKEN as long as that is there" in told
    _, told = await home.run("check", more=more)
    assert "Not used" in told
    assert "token.enc" in told


async def test_a_bot_whose_encrypted_token_does_not_open_says_so_in_one_line(home: Home) -> None:
    assert (await home.run("set", given=TOKEN))[0] == 0
    environment = bot_environment(home.sandbox) | home.environment | {"DDC_PASSPHRASE": "wrong horse"}
    del environment["DISCORD_BOT_TOKEN"]
    bot = BotProcess(home.folder / "data", environment)
    await bot.start()
    assert await bot.ended() == 2
    (line,) = [line for line in bot.log().splitlines() if line.startswith("ddc-perf: ")]
    assert "does not open with the passphrase in DDC_PASSPHRASE" in line
    assert "wrong horse" not in bot.log()


async def test_the_sandbox_gets_neither_token_nor_passphrase_of_the_bot_that_starts_it(tmp_path: Path) -> None:
    secrets = {"DISCORD_BOT_TOKEN": TOKEN, "DDC_PASSPHRASE": WORDS}
    bot = BotProcess(tmp_path, {**secrets, "DDC_GUILD_ID": "7"}, arguments=("--sandbox",))
    await bot.start()
    try:
        await soon(lambda: "Open http://" in bot.log() or bot.process.returncode is not None, 60)
        shown = [shown_by_the_system(pid) for pid in children_of(bot.process.pid)]
        (told,) = [one for one in shown if b"\0sandbox\0" in one]
        assert b"DDC_GUILD_ID=7" in told  # the rest it has
        assert not [name for name, secret in secrets.items() if name.encode() in told or secret.encode() in told]
    finally:
        await bot.kill()
