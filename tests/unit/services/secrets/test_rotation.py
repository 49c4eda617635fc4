"""A new passphrase: at each moment one of the two opens what lies there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from services.secrets import Places, SecretError, drop_old, find_token, rotate_token, save_token
from services.secrets.passphrase import write_keys
from services.secrets.seal import Cost, seal

if TYPE_CHECKING:
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics


def never() -> str:
    raise AssertionError("nobody is asked")


def token_of(environment: dict[str, str], metrics: PerformanceMetrics) -> str:
    found = find_token(environment, metrics)
    assert found is not None
    return found.token


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_passphrase_of_ours_is_changed_at_once(
    environment: dict[str, str], metrics: PerformanceMetrics, token: str
) -> None:
    save_token(token, environment, metrics)
    places = Places.of(environment)
    key, content = places.key.read_text(encoding="utf-8"), places.sealed.read_bytes()
    assert rotate_token(environment, never, metrics).old is None
    assert places.key.read_text(encoding="utf-8") != key
    assert len(places.key.read_text(encoding="utf-8").split()) == 1
    assert json.loads(places.sealed.read_bytes())["salt"] != json.loads(content)["salt"]
    assert token_of(environment, metrics) == token
    assert names(places.config) == ["token.enc"]


def test_a_rotation_that_ended_half_way_still_opens(
    environment: dict[str, str], metrics: PerformanceMetrics, token: str
) -> None:
    (old,) = save_token(token, environment, metrics).words
    places = Places.of(environment)
    write_keys(places, "the-new-key", old)  # and here the power went
    assert token_of(environment, metrics) == token
    rotate_token(environment, never, metrics)
    assert token_of(environment, metrics) == token


def test_a_passphrase_of_a_person_leaves_the_former_file_until_the_new_one_was_opened(
    environment: dict[str, str], metrics: PerformanceMetrics, token: str
) -> None:
    before = {**environment, "DDC_PASSPHRASE": "the former words"}
    after = {**environment, "DDC_PASSPHRASE": "the later words"}
    save_token(token, before, metrics)
    places = Places.of(environment)
    former = places.sealed.read_bytes()
    rotated = rotate_token(before, lambda: " the later words\n", metrics)
    assert rotated.old is not None
    assert rotated.old.read_bytes() == former
    assert rotated.old.stat().st_mode & 0o777 == 0o600
    assert token_of(after, metrics) == token
    with pytest.raises(SecretError, match="does not open"):
        find_token(before, metrics)
    rotated.old.rename(places.sealed)  # the way back
    assert token_of(before, metrics) == token
    assert drop_old(after) is None


@pytest.mark.parametrize(
    ("passphrase", "told"), [("the former words", "has already"), ("short", "too short"), (" ", "too short")]
)
def test_a_passphrase_that_is_none_changes_nothing(
    environment: dict[str, str], metrics: PerformanceMetrics, passphrase: str, told: str
) -> None:
    environment |= {"DDC_PASSPHRASE": "the former words"}
    save_token("some-token", environment, metrics)
    places = Places.of(environment)
    former = places.sealed.read_bytes()
    with pytest.raises(SecretError, match=told):
        rotate_token(environment, lambda: passphrase, metrics)
    assert places.sealed.read_bytes() == former
    assert names(places.config) == ["token.enc"]


def test_a_file_of_an_old_cost_is_closed_anew_at_todays(
    environment: dict[str, str], metrics: PerformanceMetrics
) -> None:
    environment |= {"DDC_PASSPHRASE": "the former words"}
    places = Places.of(environment)
    places.sealed.write_bytes(seal("some-token", "the former words", Cost(n=16)))
    rotate_token(environment, lambda: "the later words", metrics)
    environment |= {"DDC_PASSPHRASE": "the later words"}
    assert token_of(environment, metrics) == "some-token"
    assert drop_old(environment) == places.config / "token.enc.old"
    assert names(places.config) == ["token.enc"]


def test_nothing_to_rotate_and_a_wrong_passphrase_are_told(
    environment: dict[str, str], metrics: PerformanceMetrics
) -> None:
    with pytest.raises(SecretError, match="token set"):
        rotate_token(environment, never, metrics)
    save_token("some-token", environment, metrics)
    with pytest.raises(SecretError, match="does not open"):
        rotate_token({**environment, "DDC_PASSPHRASE": "wrong words"}, never, metrics)
