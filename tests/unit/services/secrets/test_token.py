"""Where the token comes from, in which order, and what is told when it can't be had."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from services.secrets import Places, SecretError, StrangeToken, find_token, save_token
from services.secrets.passphrase import find_passphrase
from services.secrets.seal import COST, Cost, seal
from services.secrets.token import write_sealed
from utils.metrics.redact import redact

if TYPE_CHECKING:
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics

PASSPHRASE = "correct horse battery"  # noqa: S105 - everybody's


def sealed(environment: dict[str, str]) -> Path:
    return Places.of(environment).sealed


def private(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_file_goes_before_the_variable_and_that_before_the_encrypted_file(
    tmp_path: Path, environment: dict[str, str], metrics: PerformanceMetrics
) -> None:
    save_token("sealed-token", environment, metrics)
    file = private(tmp_path / "token", "file-token\n")
    everything = {**environment, "DISCORD_BOT_TOKEN_FILE": str(file), "DISCORD_BOT_TOKEN": " env-token "}
    origins = ["DISCORD_BOT_TOKEN_FILE", "DISCORD_BOT_TOKEN", str(sealed(environment))]
    for index, token in enumerate(("file-token", "env-token", "sealed-token")):
        found = find_token(everything, metrics)
        assert found is not None
        assert (found.token, found.origin, list(found.unused)) == (token, origins[index], origins[index + 1 :])
        everything = {key: value for key, value in everything.items() if key != found.origin}
        sealed(everything)
    sealed(environment).unlink()
    assert find_token(environment, metrics) is None
    assert find_token({**environment, "DISCORD_BOT_TOKEN": "", "DISCORD_BOT_TOKEN_FILE": ""}, metrics) is None


def test_whatever_was_found_is_concealed_from_then_on_and_its_repr_shows_none(
    environment: dict[str, str], metrics: PerformanceMetrics
) -> None:
    found = find_token({**environment, "DISCORD_BOT_TOKEN": "odd-but-secret"}, metrics)
    assert "odd-but-secret" not in repr(found)
    assert redact("it is odd-but-secret") == "it is [hidden]"


@pytest.mark.parametrize("where", ["DISCORD_BOT_TOKEN", "DISCORD_BOT_TOKEN_FILE"])
@pytest.mark.parametrize("token", ["half-a\nsecret", "Bot my-secret", "sécret-of-mine", "a\x00secret"])
def test_what_can_be_no_token_is_refused_without_being_told(
    tmp_path: Path, environment: dict[str, str], metrics: PerformanceMetrics, where: str, token: str
) -> None:
    value = str(private(tmp_path / "token", token)) if where.endswith("FILE") else token
    with pytest.raises(StrangeToken, match=f"{where} holds blanks") as caught:
        find_token({**environment, where: value}, metrics)
    assert "cret" not in caught.value.user_message


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda _: None, "there is no such file"),
        (lambda path: path.mkdir(), "is a folder. Docker makes one"),
        (lambda path: path.write_bytes(b" \n"), "is empty"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "no text in UTF-8"),
        (lambda path: path.write_bytes(b"x" * 70_000), "too long"),
        (lambda path: path.symlink_to(path), "can't be read|no such file"),
    ],
)
def test_a_named_file_that_can_not_be_used_is_told_and_the_variable_is_not_taken_instead(
    tmp_path: Path, environment: dict[str, str], metrics: PerformanceMetrics, make: object, told: str
) -> None:
    assert callable(make)
    make(tmp_path / "token")
    environment |= {"DISCORD_BOT_TOKEN_FILE": str(tmp_path / "token"), "DISCORD_BOT_TOKEN": "another"}
    with pytest.raises(SecretError, match=f"DISCORD_BOT_TOKEN_FILE names .*({told})"):
        find_token(environment, metrics)


def test_a_file_that_others_can_read_is_warned_about_with_the_cure(
    tmp_path: Path, environment: dict[str, str], metrics: PerformanceMetrics
) -> None:
    file = private(tmp_path / "my token", "file-token")
    environment["DISCORD_BOT_TOKEN_FILE"] = str(file)
    for mode, warned in ((0o600, False), (0o400, False), (0o640, True), (0o644, True)):
        file.chmod(mode)
        found = find_token(environment, metrics)
        assert found is not None
        told = f"Others can read {file} (mode {mode:03o}). Keep it to its owner: chmod 600 '{file}'"
        assert found.warnings == ((told,) if warned else ())


def test_without_a_passphrase_one_is_made_up_and_kept_away_from_the_settings(
    environment: dict[str, str], metrics: PerformanceMetrics, token: str
) -> None:
    before = os.umask(0)
    try:
        passphrase = save_token(token, environment, metrics)
    finally:
        os.umask(before)
    places = Places.of(environment)
    assert passphrase.ours
    assert passphrase.words[0] not in repr(passphrase)
    assert [path.name for path in places.config.iterdir()] == ["token.enc"]
    assert token not in places.sealed.read_text(encoding="utf-8")
    for path in (places.sealed, places.key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = find_token(environment, metrics)
    assert found is not None
    assert (found.token, found.warnings) == (token, ())
    assert len(metrics.get_recent_metrics("token_encrypt")) == 1
    assert len(metrics.get_recent_metrics("token_decrypt")) == 2


def test_the_passphrase_comes_from_its_file_then_its_variable_then_the_key_file(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    places = Places.of(environment)
    places.key.parent.mkdir(exist_ok=True)
    private(places.key, "key-of-ours\n")
    file = private(tmp_path / "words", " of the file \n")
    environment |= {"DDC_PASSPHRASE": "of-the-variable", "DDC_PASSPHRASE_FILE": str(file)}
    for words in ("of the file", "of-the-variable", "key-of-ours"):
        found = find_passphrase(environment, places)
        assert found is not None
        assert found.words == (words,)
        environment.pop("DDC_PASSPHRASE_FILE", None) or environment.pop("DDC_PASSPHRASE", None)
    places.key.unlink()
    assert find_passphrase(environment, places) is None


@pytest.mark.parametrize("variable", ["DDC_PASSPHRASE_FILE", "DDC_KEY_FILE"])
@pytest.mark.parametrize("way", ["plain", "deeper", "link", "dots"])
def test_a_passphrase_beside_the_token_is_refused_however_it_is_named(
    tmp_path: Path, environment: dict[str, str], metrics: PerformanceMetrics, variable: str, way: str
) -> None:
    folder = tmp_path / "config"
    (folder / "deep").mkdir()
    file = private(folder / "deep" / "words" if way == "deeper" else folder / "words", PASSPHRASE)
    if way == "link":
        (tmp_path / "elsewhere").symlink_to(file)
        file = tmp_path / "elsewhere"
    if way == "dots":
        file = tmp_path / "data" / ".." / "config" / "words"
        (tmp_path / "data").mkdir(exist_ok=True)
    with pytest.raises(SecretError, match=f"lies in the folder of the settings.*name that place in {variable}"):
        save_token("some-token", {**environment, variable: str(file)}, metrics)
    assert not sealed(environment).exists()


def test_an_encrypted_file_without_a_passphrase_names_the_places_for_one(
    environment: dict[str, str], metrics: PerformanceMetrics
) -> None:
    save_token("some-token", {**environment, "DDC_PASSPHRASE": PASSPHRASE}, metrics)
    with pytest.raises(SecretError, match=r"DDC_PASSPHRASE_FILE, DDC_PASSPHRASE or .*token\.key"):
        find_token(environment, metrics)
    with pytest.raises(SecretError, match="does not open with the passphrase in DDC_PASSPHRASE"):
        find_token({**environment, "DDC_PASSPHRASE": "wrong horse"}, metrics)
    (failed,) = metrics.get_recent_metrics("token_decrypt", failures_only=True)
    assert failed.metadata["outcome"] == "bad_input"


def test_a_short_passphrase_is_refused(environment: dict[str, str], metrics: PerformanceMetrics) -> None:
    with pytest.raises(SecretError, match="too short"):
        save_token("some-token", {**environment, "DDC_PASSPHRASE": "1234567"}, metrics)


def test_a_save_that_fails_leaves_the_former_file_and_nothing_else(
    environment: dict[str, str], metrics: PerformanceMetrics
) -> None:
    environment["DDC_PASSPHRASE"] = PASSPHRASE
    places = Places.of(environment)
    places.sealed.mkdir()  # in its place something that no file can replace
    with pytest.raises(SecretError, match="can't be written"):
        write_sealed(places, "some-token", PASSPHRASE, metrics, Cost(n=16))
    assert [path.name for path in places.config.iterdir()] == ["token.enc"]


def test_a_file_of_an_old_cost_is_not_opened_at_the_start(
    environment: dict[str, str], metrics: PerformanceMetrics
) -> None:
    environment["DDC_PASSPHRASE"] = PASSPHRASE
    private(sealed(environment), seal("some-token", PASSPHRASE, Cost(n=COST.n // 2)).decode())
    with pytest.raises(SecretError, match="ddc-perf token rotate"):
        find_token(environment, metrics)
