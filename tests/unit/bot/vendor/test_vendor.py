"""The command, on folders as bots have them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot import __version__
from bot.cli import main
from bot.vendor.copies import STAMP, ours

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    folder = tmp_path / "their bot"
    (folder / "cogs").mkdir(parents=True)
    (folder / "cogs" / "fun.py").write_text("FUN = 1\n")
    return folder


def vendor(bot: Path, *options: str) -> int:
    return main(["vendor", str(bot), *options])


def age(bot: Path, name: str, content: str) -> None:
    """Let a file be of an older version of ours: as it was put there, and unedited."""
    import hashlib  # noqa: PLC0415 - of this helper alone

    (bot / name).parent.mkdir(parents=True, exist_ok=True)
    (bot / name).write_text(content)
    stamp = json.loads((bot / STAMP).read_text())
    stamp["files"][name] = hashlib.sha256(content.encode()).hexdigest()
    (bot / STAMP).write_text(json.dumps(stamp | {"version": "0.0.1"}))


def test_a_copy_has_all_of_ours_and_nothing_of_theirs_changes(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vendor(bot) == 0
    assert 'load_extension("cogs.perf")' in capsys.readouterr().out
    for name, source in ours().items():
        assert (bot / name).read_bytes() == source.read_bytes()
    assert {"cogs/perf/cog.py", "utils/metrics/span.py", "utils/performance_metrics.py"} <= ours().keys()
    assert (bot / "cogs" / "fun.py").read_text() == "FUN = 1\n"
    assert json.loads((bot / STAMP).read_text())["version"] == __version__
    assert vendor(bot, "--check") == 0


@pytest.mark.parametrize("name", ["cogs/perf/cog.py", "utils/performance_metrics.py", "utils/metrics/span.py"])
def test_what_is_not_ours_is_never_overwritten(bot: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (bot / name).parent.mkdir(parents=True, exist_ok=True)
    (bot / name).write_text("THEIRS = 1\n")
    before = sorted(bot.rglob("*"))
    assert vendor(bot) == 2
    assert f"{name} is there and is not ours" in capsys.readouterr().err
    assert sorted(bot.rglob("*")) == before


def test_a_second_copy_is_told_how_to_update(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vendor(bot)
    assert vendor(bot) == 2
    assert "Use --update" in capsys.readouterr().err


def test_an_update_brings_what_is_old_and_keeps_what_was_edited(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vendor(bot)
    age(bot, "cogs/perf/cog.py", "OLD = 1\n")
    age(bot, "cogs/perf/gone.py", "GONE = 1\n")
    age(bot, "cogs/perf/views.py", "OLD = 2\n")
    (bot / "cogs/perf/views.py").write_text("OLD = 2\nEDITED = 1\n")
    (bot / "utils/metrics/span.py").write_text("EDITED = 2\n")
    capsys.readouterr()
    assert vendor(bot, "--check") == 1
    told = capsys.readouterr().out
    assert {"~ cogs/perf/cog.py", "- cogs/perf/gone.py", "! cogs/perf/views.py", "= utils/metrics/span.py"} <= set(
        told.splitlines()
    )
    assert "The copy is of version 0.0.1: 4 files differ" in told
    assert vendor(bot, "--update") == 1
    assert (bot / "cogs/perf/cog.py").read_bytes() == ours()["cogs/perf/cog.py"].read_bytes()
    assert not (bot / "cogs/perf/gone.py").exists()
    assert (bot / "cogs/perf/views.py").read_text() == "OLD = 2\nEDITED = 1\n"
    assert (bot / "cogs/perf/views.py.new").read_bytes() == ours()["cogs/perf/views.py"].read_bytes()
    assert (bot / "utils/metrics/span.py").read_text() == "EDITED = 2\n"


def test_a_dry_run_changes_nothing(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vendor(bot, "--dry-run") == 0
    assert "would be added" in capsys.readouterr().out
    assert [path.name for path in bot.rglob("*")] == ["cogs", "fun.py"]


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        ("{", "can't be understood"),
        ("[]", "no stamp of ours"),
        ('{"version": "1", "files": {"../secret": "x"}}', "none of ours"),
        ('{"version": "1", "files": {"cogs/perf/../../x": "x"}}', "none of ours"),
    ],
)
def test_a_stamp_that_makes_no_sense_leads_nowhere(
    bot: Path, capsys: pytest.CaptureFixture[str], stamp: str, told: str
) -> None:
    vendor(bot)
    (bot / STAMP).write_text(stamp)
    assert vendor(bot, "--update") == 2
    assert told in capsys.readouterr().err


def test_a_module_where_a_folder_must_be_is_named(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bot / "utils.py").write_text("")
    assert vendor(bot) == 2
    assert "utils.py is a module" in capsys.readouterr().err


def test_a_missing_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vendor(tmp_path / "nowhere") == 2
    assert "is no folder" in capsys.readouterr().err
