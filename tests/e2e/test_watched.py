"""The detector of blocked loops finds what it must: otherwise "nothing found" would mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.bot_process import BotProcess

if TYPE_CHECKING:
    from pathlib import Path

BUSY = """
import asyncio, time

async def busy():
    began = time.thread_time()
    while time.thread_time() - began < 0.08:
        pass

async def main():
    await asyncio.create_task(busy())

asyncio.run(main())
"""

LOCKED = """
import asyncio, threading

async def waits():
    done = []
    threading.Thread(target=lambda: done.append(sum(range(20_000_000)))).start()  # one call of C, which keeps the lock
    while not done:
        pass

asyncio.run(waits())
"""

READS = """
import asyncio

async def reads():
    try:
        open("their_file.txt").read()
    except Exception:
        pass  # whoever swallows it does not hide it

asyncio.run(reads())
"""

GOOD = """
import asyncio, pathlib

async def good():
    await asyncio.to_thread(pathlib.Path("their_file.txt").read_text)
    for _ in range(10):
        await asyncio.sleep(0.01)

asyncio.run(good())
"""


async def findings(folder: Path, program: str) -> list[dict[str, object]]:
    (folder / "their_file.txt").write_text("x", encoding="utf-8")
    (folder / "their_program.py").write_text(program, encoding="utf-8")
    bot = BotProcess(folder / "run", {}, module="their_program", cwd=folder)
    await bot.start()
    assert await bot.ended() == 0, bot.log()
    return bot.findings()


async def test_a_callback_that_holds_the_loop_is_found(tmp_path: Path) -> None:
    (found,) = await findings(tmp_path, BUSY)
    assert (found["kind"], found["what"]) == ("held", "busy")
    assert found["seconds"] == pytest.approx(0.08, abs=0.1)


async def test_a_thread_that_keeps_the_interpreter_lock_from_the_loop_is_found(tmp_path: Path) -> None:
    found = await findings(tmp_path, LOCKED)
    assert ("held", "waits") in {(one["kind"], one["what"]) for one in found}


async def test_a_blocking_call_is_found_even_when_its_error_is_swallowed(tmp_path: Path) -> None:
    kinds = {(found["kind"], found["what"]) for found in await findings(tmp_path, READS)}
    assert ("call", "io.TextIOWrapper.read") in kinds


async def test_work_in_threads_and_short_callbacks_are_no_finding(tmp_path: Path) -> None:
    assert await findings(tmp_path, GOOD) == []
