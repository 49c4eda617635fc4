"""/perf memory and /perf profile as an admin uses them: a real bot in the sandbox, in this process."""

from __future__ import annotations

import asyncio
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from cogs.perf.reports import memory, profile
from cogs.perf.resources.profiling import Function, Profiled
from cogs.perf.resources.tracing import Cost, Grown, Line
from tests.unit.cogs.perf.desk import Desk, embed_of, labels
from tests.unit.golden import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import discord

    from cogs.perf.kit import Report

MB = 1_000_000


@pytest.fixture(autouse=True)
def _nothing_is_traced_in_the_end() -> Iterator[None]:
    yield  # the desk, made after this, is gone when it goes on
    assert not tracemalloc.is_tracing()


async def until(desk: Desk, message: dict[str, Any], words: str) -> dict[str, Any]:
    """Wait until the message says something, and give it."""
    async with asyncio.timeout(15):
        while words not in str(desk.now(message)["embeds"]):  # noqa: ASYNC110 - nothing tells of an edit
            await asyncio.sleep(0.02)
    return desk.now(message)


async def tracing(desk: Desk) -> dict[str, Any]:
    message = await desk.run("perf memory", minutes=1)
    await desk.press(message, "confirm")
    return await until(desk, message, "the result comes")


async def test_memory_is_traced_after_its_cost_was_told_and_the_line_that_holds_it_is_found(desk: Desk) -> None:
    message = await desk.run("perf memory", minutes=1)
    assert embed_of(message)["title"] == "Trace memory for 1 minute?"
    assert "What it costs" in embed_of(message)["description"]
    assert not tracemalloc.is_tracing()
    await desk.press(message, "confirm")
    await until(desk, message, "the result comes")
    assert tracemalloc.is_tracing()
    kept = [bytes(100_000) for _ in range(50)]
    await desk.press(message, "compare")
    shown = await until(desk, message, "still held")
    assert len(kept) == 50
    found = next(line for line in embed_of(shown)["description"].splitlines() if "test_probes.py" in line)
    assert found.startswith("**5 MB**")
    assert [file["filename"] for file in shown["attachments"]] == ["memory.txt"]
    assert shown["components"] == []
    assert not tracemalloc.is_tracing()


async def test_nothing_is_traced_when_the_question_is_declined(desk: Desk) -> None:
    message = await desk.run("perf memory")
    await desk.press(message, "keep")
    assert "Nothing is traced." in embed_of(desk.now(message))["description"]
    assert not tracemalloc.is_tracing()


async def test_a_trace_is_stopped_without_a_result(desk: Desk) -> None:
    message = await tracing(desk)
    await desk.press(message, "stop")
    shown = await until(desk, message, "You stopped it")
    assert shown["components"] == []
    assert not tracemalloc.is_tracing()


async def test_asked_again_the_trace_under_way_is_shown_in_the_newer_message_alone(desk: Desk) -> None:
    first = await tracing(desk)
    second = await desk.run("perf memory")
    assert labels(second) == ["Compare now", "Stop"]
    assert "newer message" in str(desk.now(first)["embeds"])
    assert desk.now(first)["components"] == []
    await desk.press(second, "compare")
    await until(desk, second, "still held")
    assert embed_of(await desk.run("perf memory"))["title"] == "Trace memory for 5 minutes?"


async def test_two_who_confirm_share_one_trace(desk: Desk) -> None:
    first, second = await desk.run("perf memory"), await desk.run("perf memory")
    await desk.press(first, "confirm")
    await until(desk, first, "the result comes")
    await desk.press(second, "confirm")
    await until(desk, second, "the result comes")
    await desk.press(second, "stop")
    await until(desk, second, "You stopped it")


async def test_a_question_that_outlives_its_cog_begins_no_trace(desk: Desk) -> None:
    message = await desk.run("perf memory")
    await desk.bot.remove_cog("PerfCog")
    pressed = await desk.press(message, "confirm")
    assert not tracemalloc.is_tracing()
    assert "Run the command again." in str([one["embeds"] for one in pressed.messages] + [desk.now(message)["embeds"]])


async def test_a_trace_of_somebody_else_is_left_alone(desk: Desk) -> None:
    tracemalloc.start()
    try:
        told = await desk.run("perf memory")
        assert "PYTHONTRACEMALLOC" in embed_of(told)["description"]
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


async def test_a_trace_ends_when_the_cog_goes(desk: Desk) -> None:
    message = await tracing(desk)
    await desk.bot.remove_cog("PerfCog")
    await until(desk, message, "stopped or reloaded")
    assert not tracemalloc.is_tracing()


async def test_a_profile_tells_what_kept_the_loop(desk: Desk) -> None:
    message = await desk.run("perf profile", seconds=1)
    await until(desk, message, "The result comes")
    burn(0.4)
    shown = await until(desk, message, "Busy")
    lines = embed_of(shown)["description"].splitlines()
    assert "burn" in next(line for line in lines if "test_probes.py" in line)
    assert [file["filename"] for file in shown["attachments"]] == ["profile.html"]


def burn(seconds: float) -> None:
    began = time.perf_counter()
    while time.perf_counter() < began + seconds:
        sum(range(200))


async def test_a_second_profile_is_refused_while_one_is_taken_and_taken_after(desk: Desk) -> None:
    message = await desk.run("perf profile", seconds=1)
    refused = await desk.run("perf profile", seconds=1)
    assert "being taken already" in embed_of(refused)["description"]
    await until(desk, message, "Busy")
    await until(desk, await desk.run("perf profile", seconds=1), "Busy")


async def test_a_profile_ends_when_the_cog_goes(desk: Desk) -> None:
    message = await desk.run("perf profile", seconds=60)
    await until(desk, message, "The result comes")
    await desk.bot.remove_cog("PerfCog")
    await until(desk, message, "stopped or reloaded")
    assert sys.getprofile() is None


async def test_without_pyinstrument_one_line_says_what_to_install(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyinstrument", None)
    for _ in range(2):
        told = await desk.run("perf profile", seconds=1)
        assert "pip install pyinstrument" in embed_of(told)["description"]


LONG = "discord/ext/commands/a_module_with_a_very_long_name_that_goes_on_and_on_`x`.py"
GROWN = Grown(
    300.0,
    tuple(Line(f"cogs/fun_{n}.py:{n * 17}", MB // n**2, 9_000 // n) for n in range(1, 15)),
    80 * MB,
    91 * MB,
    0.12,
)
FOUND = Profiled(
    10.0,
    8.2,
    3_321,
    (
        Function("cogs/fun.py", "count_words", 0.9),
        Function(LONG, "<lambda>", 0.41),
        Function("asyncio/events.py", "_run", 0.2),
    ),
    "",
)


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("memory-question", memory.question(Cost(4.84, 53.0, 0.469), 5)),
        ("memory-under-way", memory.under_way(NOW, NOW + 300)),
        ("memory", memory.result(GROWN)),
        ("memory-nothing", memory.result(Grown(60.0, (Line("asyncio/events.py:80", 900, 12),), None, None, 0.01))),
        ("profile-under-way", profile.under_way(NOW + 10)),
        ("profile", profile.result(FOUND, whole=True)),
        ("profile-too-big", profile.result(FOUND, whole=False)),
        ("profile-nothing", profile.result(Profiled(10.0, 10.0, 12, (), ""), whole=True)),
    ],
)
def test_they_read_as_kept(
    name: str, report: Report, text_of: Callable[[discord.Embed], str], golden: Callable[[str, str], None]
) -> None:
    golden(name, text_of(report.build()))


def test_the_file_of_a_trace_holds_all_its_lines() -> None:
    text = memory.text_file(GROWN).decode()
    assert text.count("cogs/fun_") == 14
    assert "1,000,000 B      9,000  cogs/fun_1.py:17" in text
