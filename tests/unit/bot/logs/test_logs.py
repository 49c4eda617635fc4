"""The log: its lines, its file, and how much it says."""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING

import msgspec
import pytest

from bot.logs import JsonLines, Logs, TextLines
from services.config import Settings
from services.secrets import SecretFilter
from utils.metrics.log_levels import want_debug
from utils.metrics.redact import conceal, redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def make() -> Iterator[Callable[..., Logs]]:
    made: list[Logs] = []
    levels = {name: logging.getLogger(name).level for name in ("", "discord")}

    def logs(redact: Callable[[str], str] = str, **settings: object) -> Logs:
        made.append(Logs(msgspec.convert(settings, Settings), redact))
        return made[-1]

    yield logs
    for one in made:
        one.close()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def failed(message: str, *args: object, **extra: object) -> logging.LogRecord:
    log = logging.getLogger("bot.test")
    try:
        raise ValueError("the token is hunter2")  # noqa: TRY301 - for its traceback
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    return log.makeRecord("bot.test", logging.ERROR, __file__, 1, message, args, info, extra=extra)


def no_hunter(text: str) -> str:
    return text.replace("hunter2", "[secret]")


def test_a_json_line_is_one_line_with_every_field() -> None:
    line = JsonLines().format(failed("it failed\nfor %s\u2028", "web", error_id="AB12"))
    assert line.isascii()
    assert "\n" not in line
    found = json.loads(line)
    assert found["time"].endswith("Z")
    assert "ValueError: the token" in found.pop("traceback")
    assert {key: found[key] for key in found if key != "time"} == {
        "level": "ERROR",
        "logger": "bot.test",
        "message": "it failed\nfor web\u2028",
        "error_id": "AB12",
    }


@pytest.mark.parametrize("lines", [TextLines, JsonLines])
def test_secrets_leave_the_message_its_arguments_and_the_traceback(lines: type[TextLines | JsonLines]) -> None:
    line = lines(no_hunter).format(failed("hunter2 and %r", {"token": "hunter2"}))
    assert "hunter2" not in line
    assert line.count("[secret]") >= 3


def test_the_file_gets_every_line_and_is_for_its_owner_alone(make: Callable[..., Logs], tmp_path: Path) -> None:
    path = tmp_path / "logs" / "bot.log"
    logs = make(no_hunter, log={"file": str(path), "format": "json"})
    for number in range(100):
        logging.getLogger("bot.test").info("line %d of hunter2", number)
    logging.getLogger("bot.test").handle(failed("last"))
    logs.close()
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["message"] for line in lines] == [*(f"line {n} of [secret]" for n in range(100)), "last"]
    assert "[secret]" in lines[-1]["traceback"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_file_is_kept_aside_and_the_oldest_goes(make: Callable[..., Logs], tmp_path: Path) -> None:
    path = tmp_path / "bot.log"
    logs = make(log={"file": str(path), "max_mb": 0.01, "keep": 2})
    for number in range(600):
        logging.getLogger("bot.test").info("%05d %s", number, "x" * 60)
    logs.close()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["bot.log", "bot.log.1", "bot.log.2"]
    assert all(one.stat().st_size <= 10_000 for one in tmp_path.iterdir())
    assert "00599" in path.read_text(encoding="utf-8")


def test_a_disk_that_takes_nothing_is_told_once_and_hurts_nobody(
    make: Callable[..., Logs], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    logs = make(log={"file": str(tmp_path / "file" / "bot.log")})
    for _ in range(3):
        logging.getLogger("bot.test").info("said")
    logs.close()
    told = capsys.readouterr().err
    assert told.count("can't be written") == 1
    assert "Traceback" not in told
    assert told.count("bot.test: said") == 3


def test_a_disk_that_recovered_gets_lines_again(
    make: Callable[..., Logs], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bot.log"
    path.mkdir()
    logs = make(log={"file": str(path)})
    logging.getLogger("bot.test").info("lost")
    while "can't be written" not in capsys.readouterr().err:
        pass
    os.rmdir(path)  # noqa: PTH106 - short
    logging.getLogger("bot.test").info("kept")
    logs.close()
    assert "kept" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("settings", [{"log_level": "DEBUG"}, {"scheduler_debug_mode": True, "log_level": "ERROR"}])
def test_debug_is_for_our_own_parts_and_never_for_the_libraries(
    make: Callable[..., Logs], settings: dict[str, object]
) -> None:
    make(**settings)
    assert all(logging.getLogger(f"{own}.some.part").isEnabledFor(logging.DEBUG) for own in ("bot", "cogs", "services"))
    assert not any(logging.getLogger(name).isEnabledFor(logging.DEBUG) for name in ("discord.http", "aiohttp", "any"))


def test_new_settings_change_the_level_and_the_form_at_once(
    make: Callable[..., Logs], capsys: pytest.CaptureFixture[str]
) -> None:
    logs = make(log_level="ERROR")
    log = logging.getLogger("bot.test")
    log.info("quiet")
    logs.apply(msgspec.convert({"log_level": "INFO", "log": {"format": "json"}}, Settings))
    log.info("loud")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "loud"


def test_the_level_falls_when_the_last_reason_is_gone() -> None:
    log = logging.getLogger("cogs.some.part")
    want_debug("one")
    want_debug("other")
    want_debug("one", wanted=False)
    assert log.isEnabledFor(logging.DEBUG)
    want_debug("other", wanted=False)
    assert not log.isEnabledFor(logging.DEBUG)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_is_in_no_line_whether_or_not_the_line_can_be_made(
    make: Callable[..., Logs], tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    token = f"MTE5{os.urandom(11).hex()}.{os.urandom(3).hex()}.{os.urandom(19).hex()}"
    conceal(token)
    logs = make(redact, log={"format": form, "file": str(tmp_path / "log")})
    log = logging.Logger("bot.test")  # noqa: LOG001 - pytest's own handlers would fail on what can't be made
    for handler in logging.getLogger().handlers:
        if any(isinstance(one, SecretFilter) for one in handler.filters):
            log.addHandler(handler)
    try:
        raise RuntimeError(token)  # noqa: TRY301 - a traceback is wanted
    except RuntimeError:
        log.exception("It failed with %s", token)
    log.error("%d of %s", token)  # noqa: PLE1206 - that is what is tried
    logs.close()
    for written in (capsys.readouterr().err, (tmp_path / "log").read_text(encoding="utf-8")):
        assert written.count("RuntimeError: [hidden]") == 1
        assert "It failed with [hidden]" in written
        assert "%d of %s" in written
        assert token[-20:] not in written
