"""What can be seen without asking anybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.doctor import local
from bot.doctor.channels import posting_places
from cogs.perf.doctor import Verdict
from services.config import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def test_every_wrong_setting_is_a_finding_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "config.json", {"guild_id": "mine", "docker": {"concurrency": 0}})
    settings, found = local.settings({"DDC_CONFIG": str(path)})
    assert settings == Settings()
    assert [one.verdict for one in found] == [Verdict.FAIL, Verdict.FAIL]
    assert "guild_id" in found[0].said
    assert "docker.concurrency" in found[1].said


def test_a_misspelt_setting_is_to_be_looked_at_and_a_missing_file_is_fine(tmp_path: Path) -> None:
    path = write(tmp_path / "config.json", {"guild": 1})
    _, (found,) = local.settings({"DDC_CONFIG": str(path)})
    assert found.verdict is Verdict.WARN
    assert "guild_id" in found.said
    _, (found,) = local.settings({"DDC_CONFIG": str(tmp_path / "none.json")})
    assert found.verdict is Verdict.OK


def test_no_bot_that_runs_is_no_fault(tmp_path: Path) -> None:
    found = local.running({}, tmp_path / "metrics")
    assert (found.verdict, found.said) == (Verdict.OK, "It doesn't run now.")


BOT = ["/venv/bin/python", "-m", "bot"]


@pytest.mark.parametrize(
    ("commands", "verdict"),
    [
        ([], Verdict.OK),
        (
            [BOT, ["/usr/bin/ddc-perf", "doctor"], ["python", "/venv/bin/ddc-perf", "stats"], ["vim", "ddc-perf.py"]],
            "ok",
        ),
        ([BOT, ["python", "/venv/bin/ddc-perf", "run"]], Verdict.WARN),
        ([BOT, [*BOT, "--sandbox"]], Verdict.WARN),
    ],
)
def test_a_second_bot_is_seen_and_a_reading_command_is_none(commands: list[list[str]], verdict: str) -> None:
    assert local.twins(commands).verdict == verdict


SCHEDULE = {
    "version": 1,
    "alive_at": None,
    "claims": [],
    "schedules": [{"guild_id": 1, "channel_id": 11, "time": "09:00", "zone": "UTC", "since": 0}],
}


def test_the_places_of_all_that_is_posted_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    write(folder / "summary_schedule.json", SCHEDULE)
    post = {"guild_id": 1, "channel_id": 13}
    stopped = {"guild_id": 1, "channel_id": 14, "stopped": "gone"}
    write(tmp_path / "docker" / "status_messages.json", {"version": 1, "posts": [post, stopped]})
    settings, _ = load_settings(write(tmp_path / "c.json", {"docker": {"alerts": {"channel_id": 12}}}), {})
    places, found = posting_places(folder, settings)
    assert found == []
    assert [(one.channel_id, one.what_for) for one in places] == [
        (11, "daily summary"),
        (12, "alerts"),
        (13, "status message"),
    ]
    write(tmp_path / "docker" / "alerts.json", {"version": 1, "chosen": True, "channel_id": None})
    places, _ = posting_places(folder, settings, summaries=False)
    assert [one.channel_id for one in places] == [13]  # what was set in the chat goes over the settings


def test_a_damaged_book_is_told_and_left_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "metrics" / "summary_schedule.json"
    path.parent.mkdir()
    path.write_text("{")
    places, (found,) = posting_places(tmp_path / "metrics", Settings())
    assert places == []
    assert (found.verdict, found.said) == (Verdict.FAIL, f"{path} is damaged.")
    assert [one.name for one in path.parent.iterdir()] == [path.name]
