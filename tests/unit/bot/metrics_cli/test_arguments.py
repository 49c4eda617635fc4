"""What is typed is read strictly, and refused in one line."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import _parser, _with_command
from bot.metrics_cli.arguments import days, few, hours, limit, threshold

if TYPE_CHECKING:
    from collections.abc import Callable

READERS = (hours, days, limit, few, threshold)


def read(*arguments: str) -> argparse.Namespace:
    return _parser().parse_args(_with_command(arguments))


@pytest.mark.parametrize("arguments", [(), ("--sandbox",), ("run",), ("run", "--sandbox")])
def test_without_a_command_the_bot_runs(arguments: tuple[str, ...]) -> None:
    options = read(*arguments)
    assert options.command == "run"
    assert options.sandbox == ("--sandbox" in arguments)


def test_the_defaults_are_those_of_the_chat() -> None:
    assert (read("stats").hours, read("recent").limit, read("slow").hours, read("cleanup").days) == (24, 50, 24, 30)
    assert (read("export").format, read("slow").threshold, read("recent").failures) == ("json", None, False)


@pytest.mark.parametrize(("text", "value"), [("24", 24), ("0.5", 0.5), (" ALL ", None), ("1e3", 1000)])
def test_a_window_is_hours_or_all(text: str, value: float | None) -> None:
    assert hours(text) == value


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        *((hours, text) for text in ("0", "-1", "nan", "inf", "1e9", "", "a day")),
        *((days, text) for text in ("-1", "nan", "inf", "1e9", "", "a month")),
        *((limit, text) for text in ("0", "-1", "1.5", "", "many", "9" * 5000, "²", "\u0661")),
        *((few, text) for text in ("-1", "1.5", "", "many")),
        *((threshold, text) for text in ("", "-1s", "1 year", "25h", "nan")),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(reader: Callable[[str], object], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"give |write |choose "):
        reader(text)


@settings(deadline=None)
@given(st.sampled_from(READERS), st.text() | st.floats().map(str) | st.integers().map(str))
def test_any_text_is_a_finite_number_or_refused(reader: Callable[[str], float | None], text: str) -> None:
    try:
        value = reader(text)
    except argparse.ArgumentTypeError:
        return
    assert value is None or (math.isfinite(value) and value >= 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("stats", "--hours", "0"),
        ("stats", "extra"),
        ("stats", "--hour", "3"),
        ("recent", "--limit"),
        ("export", "--format", "xml"),
        ("cleanup", "--yes", "--dry-run"),
        ("--sandbox", "stats"),
        ("stats", "--operation"),
        ("stats", "--\x1b[31m"),
    ],
)
def test_a_wrong_line_is_refused_in_one_line_with_exit_code_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read(*arguments)
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("ddc-perf: ")
    assert err.endswith("--help says what is possible)\n")
    assert err.count("\n") == 1
    assert err.rstrip("\n").isprintable()


@pytest.mark.parametrize("command", ["run", "stats", "recent", "slow", "cleanup", "export", "tail"])
def test_help_tells_the_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read(command, "--help")
    assert ended.value.code == 0
    assert "exit codes: 0" in capsys.readouterr().out
