"""An error's number leads to what the log has of it, in either form, in any of its files."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import pytest

from bot.cli import main
from bot.logs import JsonLines, TextLines

if TYPE_CHECKING:
    from pathlib import Path


def line(lines: TextLines | JsonLines, number: str, error: str) -> str:
    log = logging.getLogger("cogs.some.part")
    try:
        raise ValueError(error)  # noqa: TRY301 - for its traceback
    except ValueError:
        told = ("Error %s", (number,), sys.exc_info())
    return lines.format(log.makeRecord(log.name, logging.ERROR, "", 1, *told, extra={"error_id": number})) + "\n"


@pytest.mark.parametrize("lines", [TextLines(), JsonLines()], ids=["text", "json"])
def test_the_error_and_its_traceback_are_found_and_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: TextLines | JsonLines
) -> None:
    path = tmp_path / "bot.log"
    path.write_text(
        "2026-01-01 00:00:00 INFO    x: Error 1A2B was asked for\n"
        + line(lines, "1A2B", "mine \x1b[31m")
        + line(lines, "1A2C", "other")
        + '{"error_id": "1A2B", "cut off',
        encoding="utf-8",
    )
    path.with_name("bot.log.1").write_text(line(lines, "1A2B", "before"), encoding="utf-8")
    assert main(["log", "1a2b", "--file", str(path)]) == 0
    told = capsys.readouterr().out
    assert told.index("ValueError: before") < told.index("ValueError: mine")
    assert "other" not in told
    assert "asked for" not in told
    assert "\x1b" not in told


@pytest.mark.parametrize(
    ("name", "code", "told"), [("bot.log", 1, "has no error FFFF"), ("none.log", 3, "can't be read")]
)
def test_what_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, code: int, told: str
) -> None:
    (tmp_path / "bot.log").touch()
    assert main(["log", "FFFF", "--file", str(tmp_path / name)]) == code
    assert told in capsys.readouterr().err
