"""Moving from DDC: what it had set holds here, nothing of it is lost without a word, and no secret is shown."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.migrate.ddc import read_ddc
from bot.policy import docker_policy
from services.config import load_settings
from services.docker import Right

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.ABC123.this-is-no-real-token"  # noqa: S105 - made up
GUILD, STATUS, CONTROL, ADMIN = 111_111_111_111_111_111, 222, 333, 444


def container(name: str, *actions: str, **more: object) -> dict[str, object]:
    return {"container_name": name, "docker_name": name, "allowed_actions": list(actions), "active": True, **more}


FILES: dict[str, object] = {
    "config.json": {
        "language": "de",
        "timezone": "Europe/Berlin",
        "guild_id": str(GUILD),
        "bot_token": TOKEN,
        "docker_socket_path": "/run/user/1000/docker.sock",
        "scheduler_debug_mode": True,
    },
    "auth.json": {"password_hash": "scrypt:hunter2"},
    "tasks.json": [],
    "containers/web.json": container("web", "status", "start", "stop", "restart", order=2),
    "containers/mc.json": container("mc", "status", "restart", order=1),
    "containers/db.json": container("db", "status", order=3),
    "containers/old.json": container("old", "status", active=False),
    "channels/222.json": {"name": "a", "commands": {"serverstatus": True, "control": False}},
    "channels/333.json": {"name": "b", "commands": {"serverstatus": True, "control": True}},
    "channels/default.json": {"commands": {"serverstatus": True}},
    "admins.json": {"discord_admin_users": [str(ADMIN), "nobody"]},
}


def write(folder: Path, files: Mapping[str, object]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def test_everything_that_has_a_place_here_is_taken_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "new" / "config.json"
    ddc = write(tmp_path / "ddc" / "config", FILES)
    assert main(["migrate", str(ddc.parent), "--to", str(target)]) == 0
    settings, warnings = load_settings(target, {})
    assert warnings == []
    assert (settings.guild_id, settings.scheduler_debug_mode) == (GUILD, True)
    assert settings.docker.host == "unix:///run/user/1000/docker.sock"
    assert settings.docker.hidden == ("old",)
    told = capsys.readouterr().out
    for left in ("timezone", "language", "bot_token", "auth.json", "tasks.json", "channels/default.json"):
        assert f"- {left}: " in told
    assert "2 admin(s)" not in told
    assert "1 admin(s)" in told


def test_nobody_may_more_than_in_ddc_and_nobody_less(tmp_path: Path) -> None:
    target = tmp_path / "config.json"
    main(["migrate", str(write(tmp_path / "ddc", FILES)), "--to", str(target)])
    rules = docker_policy(load_settings(target, {})[0].docker).rules
    rights: dict[tuple[str, int], set[Right]] = {}
    for rule in rules:
        for name in rule.containers:
            for channel in rule.channel_ids:
                rights.setdefault((name, channel), set()).update(rule.rights)
    assert rights == {
        ("web", STATUS): {Right.SEE},
        ("mc", STATUS): {Right.SEE},
        ("db", STATUS): {Right.SEE},
        ("web", CONTROL): {Right.SEE, Right.START, Right.STOP, Right.RESTART},
        ("mc", CONTROL): {Right.SEE, Right.RESTART},
        ("db", CONTROL): {Right.SEE},
    }
    (admins,) = [rule for rule in rules if rule.user_ids]
    assert admins.user_ids == {ADMIN}


@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--json"]])
def test_no_secret_is_told_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    target = tmp_path / "config.json"
    main(["migrate", str(write(tmp_path / "ddc", FILES)), "--to", str(target), *more])
    out, err = capsys.readouterr()
    written = target.read_text(encoding="utf-8") if target.exists() else ""
    for secret in (TOKEN, "ABC123", "hunter2"):
        assert secret not in out + err + written


def test_settings_that_are_there_stay_unless_forced_and_then_as_a_backup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "config.json"
    target.write_text('{"log_level": "ERROR"}', encoding="utf-8")
    ddc = str(write(tmp_path / "ddc", FILES))
    assert main(["migrate", ddc, "--to", str(target)]) == 2
    assert "--force" in capsys.readouterr().err
    assert target.read_text(encoding="utf-8") == '{"log_level": "ERROR"}'
    assert main(["migrate", ddc, "--to", str(target), "--force"]) == 0
    settings, _ = load_settings(target, {})
    assert (settings.log_level, settings.guild_id) == ("ERROR", GUILD)
    assert target.with_name("config.json.bak").read_text(encoding="utf-8") == '{"log_level": "ERROR"}'


def test_a_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "config.json"
    assert main(["migrate", str(write(tmp_path / "ddc", FILES)), "--to", str(target), "--dry-run"]) == 0
    assert not target.exists()
    assert str(GUILD) in capsys.readouterr().out


@pytest.mark.parametrize(("files", "code"), [({}, 3), ({"config.json": {}}, 1), ({"notes.txt": "x"}, 3)])
def test_a_folder_without_settings_of_ddc_is_told(tmp_path: Path, files: dict[str, object], code: int) -> None:
    target = tmp_path / "config.json"
    assert main(["migrate", str(write(tmp_path / "ddc", files)), "--to", str(target)]) == code
    assert not target.exists()


def test_one_bad_file_spoils_no_other(tmp_path: Path) -> None:
    bad = {
        "containers/bad.json": "{",
        "containers/odd.json": container("../x"),
        "channels/x.json": [],
        "admins.json": "?",
    }
    found = read_ddc(write(tmp_path, FILES | bad))
    assert found.changes["guild_id"] == GUILD
    assert {line.partition(": ")[0] for line in found.left} >= {
        "bad.json",
        "containers/odd.json",
        "x.json",
        "admins.json",
    }


@given(
    st.dictionaries(
        st.sampled_from(["guild_id", "docker_socket_path", "scheduler_debug_mode", "bot_token"]),
        st.none() | st.integers() | st.text() | st.lists(st.integers()),
    ),
    st.dictionaries(
        st.sampled_from(["container_name", "docker_name", "active", "allowed_actions", "order"]),
        st.none() | st.text() | st.lists(st.sampled_from(["status", "start", "kill"]) | st.none()) | st.integers(),
    ),
    st.fixed_dictionaries(
        {"commands": st.integers() | st.dictionaries(st.sampled_from(["control", "ss", "x"]), st.booleans())}
    ),
)
def test_whatever_the_files_hold_what_is_taken_over_can_be_saved(general: object, one: object, channel: object) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, target = Path(name) / "ddc", Path(name) / "config.json"
        write(folder, {"config.json": general, "containers/a.json": one, "channels/5.json": channel})
        assert main(["migrate", str(folder), "--to", str(target)]) in (0, 1)
        load_settings(target, {})
