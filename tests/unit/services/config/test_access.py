"""The rules of the settings: what they may hold, and that a slip in one never opens anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from services.config import SettingsError, load_settings
from services.config.access import CooldownSettings, PermissionRule

if TYPE_CHECKING:
    from pathlib import Path

GOOD: dict[str, object] = {"containers": ["web*"], "actions": ["start", "stop"], "roles": ["1"], "channels": [2]}


def load(tmp_path: Path, **docker: object) -> tuple[tuple[PermissionRule, ...], CooldownSettings]:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"docker": docker}), encoding="utf-8")
    settings, warnings = load_settings(path, {})
    assert warnings == []
    return settings.docker.permissions, settings.docker.cooldown_seconds


def test_a_rule_is_read_with_its_ids_as_numbers_or_texts(tmp_path: Path) -> None:
    (rule, _), _ = load(tmp_path, permissions=[GOOD, {"projects": ["shop"], "actions": "all", "users": [3]}])
    assert rule == PermissionRule(containers=("web*",), actions=("start", "stop"), roles=(1,), channels=(2,))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"chanels": [2]}, "unknown field `chanels`"),
        ({"containers": []}, "neither `containers` nor `projects`"),
        ({"containers": ["we b"]}, "matching regex"),
        ({"containers": "web"}, "Expected `array`"),
        ({"roles": [], "channels": []}, "hold for nobody"),
        ({"actions": []}, "length >= 1"),
        ({"actions": "some"}, "Invalid enum value 'some'"),
        ({"actions": ["delete"]}, "Invalid enum value 'delete'"),
        ({"roles": ["Admin"]}, r"Expected `int`, got `str` - at `\$\[1\]\.roles\[0\]`"),
        ({"users": [0]}, ">= 1|> 0"),
    ],
)
def test_a_slip_in_a_rule_is_told_with_its_place_and_ends_the_start(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        load(tmp_path, permissions=[GOOD, GOOD | change])
    assert "key `docker.permissions`" in str(caught.value)
    assert "$[1]" in str(caught.value)
    assert "A rule has containers or projects, actions" in str(caught.value)


def test_a_rule_without_actions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="missing required field `actions`"):
        load(tmp_path, permissions=[{"containers": ["*"], "users": [1]}])


def test_a_cooldown_that_is_not_given_keeps_its_default(tmp_path: Path) -> None:
    assert load(tmp_path, cooldown_seconds={"start": 0})[1] == CooldownSettings(start=0, stop=10, restart=15)


@pytest.mark.parametrize("wrong", [{"stop": -1}, {"stop": 3601}, {"kill": 1}, 5])
def test_a_cooldown_that_makes_no_sense_is_refused(tmp_path: Path, wrong: object) -> None:
    with pytest.raises(SettingsError, match=r"docker\.cooldown_seconds.*Give start, stop and restart"):
        load(tmp_path, cooldown_seconds=wrong)


@pytest.mark.parametrize("key", ["hidden", "protected"])
def test_a_list_of_names_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match=rf"docker\.{key}.*Give a list of container names"):
        load(tmp_path, **{key: ["a/b"]})
