from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker import Action, Actor, AuditEntry, AuditLog, AuditUnreadable, ContainerNotFound, Forbidden, Unseen
from services.docker.audit.entry import from_line, to_line
from services.docker.audit.file import append, newest, old_file

if TYPE_CHECKING:
    from pathlib import Path

MAX = Actor(user_id=7, name="max", guild_id=1, channel_id=2)


def entry(container: str = "web", user_id: int = 7) -> AuditEntry:
    return AuditEntry(
        time=datetime(2025, 11, 24, 8, 30, tzinfo=UTC),
        user_id=user_id,
        name="max",
        guild=1,
        channel=2,
        action="start",
        container=container,
        outcome="ok",
        seconds=0.25,
    )


def all_of(path: Path) -> list[str]:
    return [one.container for one in newest(path, 1000, lambda _: True)]


async def done(log: AuditLog, container: str, action: Action = Action.START, actor: Actor = MAX) -> None:
    with log.attempt(actor, action, container):
        await asyncio.sleep(0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit" / "docker.jsonl"


def test_a_line_is_plain_json_with_who_what_where_and_outcome() -> None:
    assert json.loads(to_line(entry())) == {
        "time": "2025-11-24T08:30:00Z",
        "user_id": 7,
        "name": "max",
        "guild": 1,
        "channel": 2,
        "action": "start",
        "container": "web",
        "outcome": "ok",
        "error_type": None,
        "seconds": 0.25,
    }


@given(st.text(), st.text(), st.integers(0, 2**63 - 1))
def test_whatever_names_hold_an_entry_is_one_line_and_comes_back(name: str, container: str, user_id: int) -> None:
    given_entry = AuditEntry(
        time=datetime(2025, 1, 1, tzinfo=UTC),
        user_id=user_id,
        name=name.encode("utf-8", "replace").decode(),
        action="stop",
        container=container.encode("utf-8", "replace").decode(),
        outcome="denied",
        seconds=1.5,
    )
    line = to_line(given_entry)
    assert len(line.splitlines()) == 1
    assert from_line(line) == given_entry


@given(st.binary(max_size=200))
def test_any_line_is_an_entry_or_none(line: bytes) -> None:
    assert from_line(line) is None or isinstance(from_line(line), AuditEntry)


def test_a_torn_last_line_takes_no_other_with_it(path: Path) -> None:
    append(path, to_line(entry("one")) + to_line(entry("torn"))[:-20], 10_000)
    assert all_of(path) == ["one"]
    append(path, to_line(entry("two")), 10_000)
    assert all_of(path) == ["two", "one"]


def test_a_file_that_grows_too_large_is_put_aside_once_and_both_are_read(path: Path) -> None:
    line = to_line(entry("c00"))
    for number in range(25):
        append(path, to_line(entry(f"c{number:02}")), 10 * len(line))
    assert all_of(path) == [f"c{number:02}" for number in range(24, 9, -1)]
    assert sorted(file.name for file in path.parent.iterdir()) == ["docker.jsonl", "docker.jsonl.1"]
    assert path.stat().st_size + old_file(path).stat().st_size <= 20 * len(line)


def test_reading_stops_at_the_limit_and_takes_what_is_wanted_alone(path: Path) -> None:
    append(path, b"".join(to_line(entry(f"c{number}", number % 2)) for number in range(6)), 10_000)
    assert [one.container for one in newest(path, 2, lambda one: one.user_id == 1)] == ["c5", "c3"]


async def test_lines_stand_in_the_order_in_which_the_actions_ended(path: Path) -> None:
    log = AuditLog(path)
    for number in range(300):
        await done(log, f"c{number}")
    assert [one.container for one in await log.read(1000)] == [f"c{number}" for number in range(299, -1, -1)]


async def test_the_bot_itself_is_named_and_a_filter_finds_one_person_or_container(path: Path) -> None:
    log = AuditLog(path)
    await done(log, "web")
    await done(log, "db")
    await done(log, "web", Action.STOP, Actor(name="the bot"))
    assert [(one.name, one.action) for one in await log.read(9, container="web")] == [
        ("the bot", "stop"),
        ("max", "start"),
    ]
    assert [one.container for one in await log.read(9, user_id=7)] == ["db", "web"]
    assert [one.container for one in await log.read(9, user_id=0, container="web")] == ["web"]


async def test_what_was_refused_is_told_as_it_was_with_the_containers_real_name(path: Path) -> None:
    log = AuditLog(path)
    with pytest.raises(Forbidden), log.attempt(MAX, Action.STOP, "0123456789ab"):
        raise Forbidden("stop", "web")
    with pytest.raises(ContainerNotFound), log.attempt(MAX, Action.STOP, "0123"):
        raise ContainerNotFound("0123") from Unseen("0123", "vault")
    with pytest.raises(ContainerNotFound), log.attempt(MAX, Action.STOP, "nobody"):
        raise ContainerNotFound("nobody")
    told = [(one.container, one.outcome, one.error_type) for one in reversed(await log.read(9))]
    assert told == [
        ("web", "denied", "Forbidden"),
        ("vault", "denied", "Unseen"),
        ("nobody", "not_found", "ContainerNotFound"),
    ]


async def test_a_look_before_the_question_leaves_a_line_only_when_it_is_refused(path: Path) -> None:
    log = AuditLog(path)
    with log.attempt(MAX, Action.STOP, "web", refusals_alone=True):
        pass
    with pytest.raises(ContainerNotFound), log.attempt(MAX, Action.STOP, "nobody", refusals_alone=True):
        raise ContainerNotFound("nobody")
    with pytest.raises(Forbidden), log.attempt(MAX, Action.STOP, "web", refusals_alone=True):
        raise Forbidden("stop", "web")
    assert [one.error_type for one in await log.read(9)] == ["Forbidden"]


async def test_an_action_that_is_cancelled_leaves_a_line(path: Path) -> None:
    log = AuditLog(path)

    async def hang() -> None:
        with log.attempt(MAX, Action.RESTART, "web"):
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert [one.outcome for one in await log.read(9)] == ["cancelled"]


async def test_a_disk_that_fails_fails_no_action_and_is_counted_and_logged_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.write_text("a file where the folder should be", encoding="utf-8")
    log = AuditLog(path)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await done(log, "web")
            await log.flush()
        assert log.lost == 3
        path.parent.unlink()
        await done(log, "after")
        assert [one.container for one in await log.read(9)] == ["after"]
    first, last = caplog.messages
    assert first.startswith("The audit could not be written (")
    assert last == "The audit is written again; 3 lines are missing."


async def test_a_file_that_cannot_be_read_is_told_with_what_to_do(path: Path) -> None:
    await asyncio.to_thread(path.mkdir, parents=True)
    with pytest.raises(AuditUnreadable, match=r"is a directory.*Make sure that the bot may read"):
        await AuditLog(path).read(9)


async def test_without_a_file_nothing_is_kept_and_nothing_fails() -> None:
    log = AuditLog(None)
    await done(log, "web")
    assert await log.flush()
    assert await log.read(9) == ()
