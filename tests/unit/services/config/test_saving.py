"""Saving settings: nothing else in the file changes, nothing is lost, and two who save take turns."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.config import SettingsError, load_settings, save
from tests.needs import mount, needs

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess


def test_a_save_keeps_unknown_keys_their_order_and_everything_else(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    before = {"zebra": [1, {"ä": None}], "docker": {"later": "x", "concurrency": 2}, "guild_id": 5, "$schema": "y"}
    path.write_text(json.dumps(before), encoding="utf-8")
    save(path, {"docker.concurrency": 4, "docker.alerts.channel_id": 9})
    after = json.loads(path.read_text(encoding="utf-8"))
    assert list(after) == list(before)
    assert after["docker"] == {"later": "x", "concurrency": 4, "alerts": {"channel_id": 9}}
    assert {key: after[key] for key in after if key != "docker"} == {k: before[k] for k in before if k != "docker"}
    assert "ä" in path.read_text(encoding="utf-8")


def test_the_content_before_a_save_stays_as_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"guild_id":   1}', encoding="utf-8")
    save(path, {"guild_id": 2})
    assert path.with_name("config.json.bak").read_text(encoding="utf-8") == '{"guild_id":   1}'
    assert sorted(one.name for one in tmp_path.iterdir()) == ["config.json", "config.json.bak"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_the_mode_of_the_file_stays_and_its_backup_is_no_wider(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}", encoding="utf-8")
    path.chmod(mode)
    save(path, {"guild_id": 2})
    assert [path.stat().st_mode & 0o777, path.with_name("config.json.bak").stat().st_mode & 0o777] == [mode, mode]


def test_a_file_that_root_saves_stays_its_owners(tmp_path: Path) -> None:
    needs(root=True)
    path = tmp_path / "config.json"
    path.write_text("{}", encoding="utf-8")
    os.chown(path, 99, 100)
    save(path, {"guild_id": 2})
    assert (path.stat().st_uid, path.stat().st_gid) == (99, 100)


def test_a_new_file_is_for_its_owner_alone_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "config" / "config.json"
    save(path, {"guild_id": 2})
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_settings(path, {})[0].guild_id == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"docker.concurrency": 0}, "whole number from 1 to 50"),
        ({"docker.concurency": 3}, "no setting `docker.concurency`"),
        ({"docker": {}}, "no setting `docker`"),
        ({"guild_id": 1, "log.format": "xml"}, "Use text or json"),
    ],
)
def test_a_wrong_change_is_told_and_changes_nothing(tmp_path: Path, changes: dict[str, object], told: str) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"guild_id": 7}', encoding="utf-8")
    with pytest.raises(SettingsError, match=told):
        save(path, changes)
    assert path.read_text(encoding="utf-8") == '{"guild_id": 7}'
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", ["{oops", "[]", '{"docker": 3}', '{"log_level": 5}', "\ud800"])
def test_a_broken_file_is_never_written_over(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(SettingsError):
        save(path, {"docker.concurrency": 3})
    assert path.read_bytes() == content.encode("utf-8", "surrogatepass")


def test_a_link_stays_a_link_and_what_it_points_at_is_written(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.json"
    real.write_text("{}", encoding="utf-8")
    link = tmp_path / "config.json"
    link.symlink_to(real)
    save(link, {"guild_id": 3})
    assert link.is_symlink()
    assert load_settings(real, {})[0].guild_id == 3


def test_a_file_that_is_mounted_by_itself_is_written_in_place(tmp_path: Path) -> None:
    real, path = tmp_path / "host.json", tmp_path / "config.json"
    real.write_text('{"guild_id": 3}', encoding="utf-8")
    path.touch()
    mount("--bind", real, path)
    try:
        save(path, {"guild_id": 4})
        assert load_settings(real, {})[0].guild_id == 4
        assert path.with_name("config.json.bak").read_text(encoding="utf-8") == '{"guild_id": 3}'
    finally:
        subprocess.run(["umount", path], check=True)


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        save(tmp_path, {"guild_id": 3})


def test_a_full_disk_is_told_and_the_file_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"guild_id": 7}', encoding="utf-8")
    path.with_name("config.json.bak").mkdir()  # so that no backup can be made
    (tmp_path / "config.json.bak" / "inside").touch()
    with pytest.raises(SettingsError, match="can't be written"):
        save(path, {"guild_id": 8})
    assert path.read_text(encoding="utf-8") == '{"guild_id": 7}'


def test_who_waits_too_long_for_another_programs_save_is_told(tmp_path: Path) -> None:
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with pytest.raises(SettingsError, match="Another program has been writing"):
            save(tmp_path / "config.json", {"guild_id": 8}, patience=0.1)
    finally:
        os.close(held)
    save(tmp_path / "config.json", {"guild_id": 8}, patience=0.1)


def _save_many(path: Path, key: str, count: int) -> None:
    for number in range(1, count + 1):
        save(path, {key: number}, patience=60)


def test_programs_that_save_different_keys_at_once_lose_none_of_them(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    fork = multiprocessing.get_context("fork")
    writers: list[BaseProcess | threading.Thread] = [
        *(fork.Process(target=_save_many, args=(path, key, 20)) for key in ("guild_id", "docker.concurrency")),
        threading.Thread(target=_save_many, args=(path, "log.keep", 20)),
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    settings, _ = load_settings(path, {})
    assert (settings.guild_id, settings.docker.concurrency, settings.log.keep) == (20, 20, 20)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.dictionaries(st.text(), x)))
def test_whatever_json_a_stranger_keeps_in_the_file_it_is_the_same_after_a_save(value: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_text(json.dumps({"stranger": value}), encoding="utf-8")
        save(path, {"guild_id": 1})
        assert json.loads(path.read_text(encoding="utf-8")) == {"stranger": value, "guild_id": 1}
