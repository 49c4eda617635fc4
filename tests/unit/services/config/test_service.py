"""Settings while the bot runs: edits are seen, the last good ones hold, and what can't be used is told once."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from typing import TYPE_CHECKING

import msgspec
import pytest

from services.config import ConfigService, Settings, SettingsError
from services.config.reading import differences, known_keys

if TYPE_CHECKING:
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics

Heard = list[tuple[Settings, frozenset[str]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "config.json"
    write(made, {"docker": {"concurrency": 2}})
    return made


def write(path: Path, content: object) -> None:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def identity(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def loaded(path: Path, metrics: PerformanceMetrics, **options: object) -> tuple[ConfigService, Heard]:
    service = ConfigService(path, {}, metrics, live=frozenset({"log_level", "docker.hidden"}), **options)  # type: ignore[arg-type]
    service.load()
    heard: Heard = []
    service.listen(lambda settings, changed: heard.append((settings, changed)))
    return service, heard


async def test_an_edit_in_place_of_the_same_size_and_time_is_seen(path: Path, metrics: PerformanceMetrics) -> None:
    service, heard = loaded(path, metrics)
    before = identity(path)
    write(path, {"docker": {"concurrency": 4}})
    os.utime(path, ns=(before[0], before[0]))
    await service.look()
    assert identity(path) == before
    ((settings, changed),) = heard
    assert settings.docker.concurrency == 4
    assert changed == {"docker.concurrency"}


async def test_a_file_renamed_over_the_old_one_is_seen_even_with_its_time_and_size(
    path: Path, metrics: PerformanceMetrics
) -> None:
    service, heard = loaded(path, metrics)
    other = path.with_name("other")
    write(other, {"docker": {"concurrency": 9}})
    for one in (path, other):
        os.utime(one, ns=(0, 10**18))  # long ago, so that only the inode tells
    await service.look()
    before = identity(path)
    os.replace(other, path)  # noqa: PTH105 - as editors do
    await service.look()
    assert identity(path)[:2] == before[:2]
    assert [settings.docker.concurrency for settings, _ in heard] == [9]


async def test_a_touch_and_other_spaces_tell_nobody(path: Path, metrics: PerformanceMetrics) -> None:
    service, heard = loaded(path, metrics)
    os.utime(path)
    await service.look()
    write(path, '{"docker":{"concurrency":2}}')
    await service.look()
    assert heard == []


@pytest.mark.parametrize("broken", ["{oops", "[]", '{"docker": {"concurrency": 0}}', None])
async def test_a_broken_file_keeps_the_last_good_settings_and_is_told_once(
    path: Path, metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture, broken: str | None
) -> None:
    service, heard = loaded(path, metrics)
    if broken is None:
        os.unlink(path)  # noqa: PTH108 - quick, and of a test
    else:
        write(path, broken)
    await service.look()
    assert not service.notes, "it may be half written"
    for _ in range(3):
        await service.look()
    assert service.settings.docker.concurrency == 2
    assert heard == []
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert str(path) in caplog.messages[0]
    assert service.notes[0].startswith(str(path))
    assert service.notes[0].endswith("The settings from before stay in force.")
    caplog.clear()
    caplog.set_level(logging.INFO)
    write(path, {"docker": {"concurrency": 2}})
    await service.look()
    assert not service.notes
    assert caplog.messages == ["The settings can be used again."]


async def test_a_file_that_comes_where_none_was_is_taken_up(tmp_path: Path, metrics: PerformanceMetrics) -> None:
    service, heard = loaded(tmp_path / "none" / "config.json", metrics)
    await service.look()
    await service.look()
    assert service.settings == Settings()
    assert not service.notes
    await service.save({"log_level": "DEBUG"})
    assert [settings.log_level for settings, _ in heard] == ["DEBUG"]


async def test_what_needs_a_restart_is_told_until_it_has_its_former_value_again(
    path: Path, metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    service, _ = loaded(path, metrics)
    await service.save({"docker.concurrency": 7, "log_level": "ERROR"})
    assert service.needs_restart == ("docker.concurrency",)
    assert service.notes == ("Changed, and waiting for a restart of the bot: docker.concurrency.",)
    await service.save({"guild_id": 7})
    assert [text for text in caplog.messages if "restart" in text] == [
        "Only a restart of the bot applies: docker.concurrency.",
        "Only a restart of the bot applies: guild_id.",
    ]
    await service.save({"docker.concurrency": 2, "guild_id": None})
    assert not service.notes


async def test_a_listener_that_fails_stops_no_other_and_one_that_left_hears_nothing(
    path: Path, metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_settings: Settings, _changed: frozenset[str]) -> None:
        raise ZeroDivisionError

    service = ConfigService(path, {}, metrics)
    service.load()
    service.listen(failing)
    heard: list[str] = []
    leave = service.listen(lambda settings, _: heard.append(settings.log_level))
    await service.save({"log_level": "ERROR"})
    leave()
    await service.save({"log_level": "DEBUG"})
    assert heard == ["ERROR"]
    assert caplog.messages.count("New settings could not be applied") == 2


async def test_the_environment_and_what_is_amended_go_over_every_new_file(
    path: Path, metrics: PerformanceMetrics
) -> None:
    service = ConfigService(path, {"DDC_LOG_LEVEL": "WARNING", "DISCORD_BOT_TOKEN": "secret"}, metrics)
    service.load()
    service.amend(lambda settings: msgspec.structs.replace(settings, guild_id=5))
    assert service.settings.guild_id == 5
    assert "secret" not in repr(vars(service))
    settings = await service.save({"log_level": "DEBUG", "guild_id": 8, "log.keep": 3})
    assert (settings.log_level, settings.guild_id, settings.log.keep) == ("WARNING", 5, 3)


async def test_a_save_that_is_refused_is_a_failed_record_and_changes_nothing(
    path: Path, metrics: PerformanceMetrics
) -> None:
    service, heard = loaded(path, metrics)
    with pytest.raises(SettingsError, match="1 to 50"):
        await service.save({"docker.concurrency": 99})
    assert heard == []
    (record,) = metrics.get_recent_metrics("config_save")
    assert (record.success, record.metadata["outcome"]) == (False, "bad_input")


async def test_readings_and_lookups_are_recorded_and_hits_are_counted_into_one_record(
    path: Path, metrics: PerformanceMetrics
) -> None:
    service, _ = loaded(path, metrics)
    os.utime(path, ns=(0, 10**18))
    await service.look()
    loads = len(metrics.get_recent_metrics("config_load"))
    for _ in range(9):
        await service.look()
    await service.save({"log_level": "DEBUG"})
    await service.close()
    assert len(metrics.get_recent_metrics("config_load")) == loads + 1
    assert len(metrics.get_recent_metrics("config_cache_miss")) == 1
    (hits,) = metrics.get_recent_metrics("config_cache_hit")
    assert hits.metadata["count"] == 10


async def test_the_watch_takes_up_an_edit_by_itself_and_ends(path: Path, metrics: PerformanceMetrics) -> None:
    service, _ = loaded(path, metrics, period=0.01)
    came = asyncio.Event()
    service.listen(lambda *_: came.set())
    service.start()
    write(path, {"log_level": "ERROR"})
    await asyncio.wait_for(came.wait(), 20)
    await service.close()
    assert service.settings.log_level == "ERROR"


async def test_a_broken_file_at_the_start_is_an_error(path: Path, metrics: PerformanceMetrics) -> None:
    write(path, "{")
    with pytest.raises(SettingsError, match="not valid JSON"):
        ConfigService(path, {}, metrics).load()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"guild_id": 1}, "guild_id"),
        ({"docker": {"alerts": {"kinds": ["oom"]}}}, "docker.alerts.kinds"),
        ({"docker": {"cooldown_seconds": {"stop": 1}}}, "docker.cooldown_seconds"),
        ({"docker": {"permissions": [{"containers": ["*"], "actions": "all", "users": [1]}]}}, "docker.permissions"),
    ],
)
def test_a_key_that_differs_is_named(change: object, key: str) -> None:
    assert differences(Settings(), msgspec.convert(change, Settings)) == {key}
    assert key in known_keys()
