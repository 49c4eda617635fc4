"""The program as a process: what it says, where it says it, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[4]
EVIL = "\x1b[31mevil\x9b2J\u202e [bold]\x7f"
STATS_KEYS = {
    "operation", "total_calls", "successful_calls", "failed_calls", "refused_calls",
    "min_duration", "max_duration", "avg_duration", "p50_duration", "p95_duration", "p99_duration",
    "last_24h_calls", "last_hour_calls", "p95_over_time",
}  # fmt: skip
ENTRY_KEYS = {"operation", "start_time", "end_time", "duration", "success", "timestamp", "metadata"}
HEALTH_KEYS = {"path", "entries", "file_bytes", "corrupt_lines"}


class Program(Protocol):
    def __call__(
        self, *arguments: str | Path, stdin: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def living(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    """Metrics on the real clock, as the program has it: a day's calls and some older ones."""
    metrics = PerformanceMetrics(tmp_path / "metrics")
    now = time.time()
    for number in range(30):
        metrics.record(
            "docker_operation", 1.0 + number, metadata={"container": "nginx"}, end_time=now - 60 - number * 60
        )
    metrics.record("docker_operation", 9.0, success=False, metadata={"outcome": "timeout"}, end_time=now - 7)
    metrics.record(EVIL, 0.1, metadata={"note": EVIL, EVIL: [EVIL]}, end_time=now - 5)
    metrics.record("discord_api", 0.1, end_time=now - 4)
    metrics.record("config_load", 0.1, end_time=now - 50 * 86_400)
    metrics.flush()
    yield metrics
    metrics.close()


def answer(done: subprocess.CompletedProcess[str], code: int = 0) -> dict[str, Any]:
    assert (done.returncode, done.stderr) == (code, "")
    told = json.loads(done.stdout)
    assert isinstance(told, dict)
    return told


def refused(done: subprocess.CompletedProcess[str], code: int) -> str:
    """The one line on standard error of a program that ended with `code` and an empty standard output."""
    assert done.returncode == code, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("ddc-perf: ")
    return line.removeprefix("ddc-perf: ")


@pytest.mark.usefixtures("living")
def test_stats_tells_all_operations_or_one(program: Program) -> None:
    done = program("stats")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Performance · last 24 h\ndocker_operation failed in 1 of 31 calls.")
    assert "config_load" not in done.stdout
    assert "config_load" in program("stats", "--hours", "all").stdout
    one = program("stats", "--operation", "Docker_Operation ")
    assert "✗ 1 of 31 calls failed (timeout)." in one.stdout
    assert "by container" in one.stdout


@pytest.mark.usefixtures("living")
def test_stats_for_scripts_has_the_promised_keys(program: Program) -> None:
    told = answer(program("stats", "--json"))
    assert told["window_hours"] == 24
    assert set(told["health"]) >= HEALTH_KEYS
    assert all(set(one) >= STATS_KEYS for one in told["operations"])
    by_name = {one["operation"]: one for one in told["operations"]}
    docker = by_name["docker_operation"]
    assert (docker["total_calls"], docker["failed_calls"], docker["refused_calls"]) == (31, 1, 0)
    assert docker["p95_duration"] == 28.5
    assert docker["p99_duration"] is None, "p99 needs 100 calls"
    assert EVIL in by_name
    (one,) = answer(program("stats", "--json", "--operation", "docker_operation"))["operations"]
    assert set(one) >= STATS_KEYS | {"outcomes", "slowest", "by_container", "by_action"}
    assert one["outcomes"] == {"timeout": 1}
    assert one["by_container"][0]["name"] == "nginx"
    assert one["slowest"]["duration"] == 30


@pytest.mark.parametrize(
    "arguments",
    [
        "stats",
        "stats --json",
        "recent",
        "recent --json",
        "slow --json",
        "export --format csv --output -",
        "export --format json --output -",
        "export --format jsonl --output -",
    ],
)
def test_a_token_in_a_name_that_another_program_wrote_is_shown_by_none(
    living: PerformanceMetrics, program: Program, arguments: str
) -> None:
    token = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GhT_-x.a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9"  # noqa: S105 - nobody's
    line = {"operation": f"call.{token}", "end_time": time.time(), "duration": 99.0}
    with living.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    done = program(*arguments.split())
    assert done.returncode == 0
    assert "call.[hidden]" in done.stdout
    for secret in (token, token[-38:], token[:26]):
        assert secret not in done.stdout + done.stderr


@pytest.mark.usefixtures("living")
def test_recent_and_slow_list_calls_and_leave_the_background_out(program: Program) -> None:
    recent = program("recent", "--limit", "3")
    assert recent.returncode == 0
    assert "the latest 3 · discord_api left out" in recent.stdout
    told = answer(program("recent", "--json", "--limit", "3"))
    assert [one["operation"] for one in told["entries"]] == [EVIL, "docker_operation", "docker_operation"]
    assert all(set(one) >= ENTRY_KEYS for one in told["entries"])
    failed = answer(program("recent", "--failures", "--json"))
    assert [one["metadata"] for one in failed["entries"]] == [{"outcome": "timeout"}]
    assert answer(program("recent", "--operation", "discord_api", "--json"))["entries"]
    slow = answer(program("slow", "--threshold", "29s", "--json"))
    assert [one["duration"] for one in slow["entries"]] == [30, 29]
    assert (slow["threshold_seconds"], slow["window_hours"]) == (29, 24)
    assert "at least 29 s" in program("slow", "--threshold", "29s").stdout


@pytest.mark.usefixtures("living")
@pytest.mark.parametrize("command", ["stats", "recent", "slow"])
@pytest.mark.parametrize("json_too", [(), ("--json",)])
def test_no_name_or_metadata_reaches_the_terminal_as_a_code(
    program: Program, command: str, json_too: tuple[str, ...]
) -> None:
    done = program(command, *json_too)
    assert "evil" in done.stdout
    assert all(char.isprintable() or char == "\n" for char in done.stdout)
    missing = program("stats", "--operation", EVIL + "x", "--directory", "\x1b[1m")
    assert missing.stderr.rstrip("\n").isprintable()


@pytest.mark.usefixtures("living")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("stats", "--operation", "docker_operatoin"), "Did you mean docker_operation?"),
        (("stats", "--operation", "zzz"), "Leave --operation out"),
        (("stats", "--operation", "config_load"), "config_load was not called in the last 24 h. Try more: --hours"),
        (("slow", "--threshold", "1h"), "No call took 1 h or longer in the last 24 h. Try a lower --threshold"),
        (("recent", "--failures", "--operation", "config_load"), "No failure of config_load is kept."),
    ],
)
def test_nothing_found_is_exit_code_1_and_one_line_with_a_way_on(
    program: Program, arguments: tuple[str, ...], told: str
) -> None:
    assert told in refused(program(*arguments), 1)
    told_scripts = answer(program(*arguments, "--json"), 1)
    assert told_scripts.get("operations", told_scripts.get("entries")) == []


@pytest.mark.parametrize("command", ["stats", "recent", "slow", "cleanup", "export"])
def test_without_measurements_it_says_where_it_looked(program: Program, command: str, tmp_path: Path) -> None:
    line = refused(program(command), 1)
    assert f"{tmp_path}/metrics/performance_metrics.jsonl holds no entry" in line
    assert "--directory" in line
    assert not (tmp_path / "metrics").exists(), "reading must not make folders"


@pytest.mark.parametrize("command", ["stats", "recent", "slow", "cleanup", "export", "tail"])
def test_a_file_that_cannot_be_read_is_exit_code_3_without_a_traceback(
    program: Program, command: str, tmp_path: Path
) -> None:
    (tmp_path / "metrics" / "performance_metrics.jsonl").mkdir(parents=True)
    assert "can't be" in refused(program(command), 3)


@pytest.mark.parametrize(
    "arguments",
    [("stats", "--hours", "0"), ("slow", "--threshold", "soon"), ("cleanup", "--days", "-1"), ("nonsense",)],
)
def test_wrong_usage_is_exit_code_2(program: Program, arguments: tuple[str, ...]) -> None:
    refused(program(*arguments), 2)


def test_cleanup_asks_nobody_when_nobody_is_there(program: Program, living: PerformanceMetrics) -> None:
    assert "--yes" in refused(program("cleanup", stdin="y\n"), 2)
    assert living.health().entries == 34
    dry = program("cleanup", "--dry-run")
    assert dry.stdout.startswith("Would delete 1 entry older than ")
    assert "33 would stay" in dry.stdout
    assert living.health().entries == 34
    would = answer(program("cleanup", "--dry-run", "--json"))
    assert (would["done"], would["removed"], would["kept"]) == (False, 1, 33)
    assert program("cleanup", "--yes").stdout == "Deleted 1 entry; 33 kept.\n"
    assert living.health().entries == 33
    again = program("cleanup")
    assert (again.returncode, again.stdout) == (0, "Nothing is older than 30 days.\n")
    done = answer(program("cleanup", "--days", "0", "--yes", "--json"))
    assert (done["done"], done["removed"], done["kept"]) == (True, 33, 0)


def test_export_writes_the_same_as_the_chat(program: Program, living: PerformanceMetrics, tmp_path: Path) -> None:
    kept = [json.loads(line) for line in living.path.read_text().splitlines()]
    by_end = sorted(kept, key=lambda line: line["end_time"])
    done = program("export", "--format", "jsonl")
    assert done.stdout.startswith("34 entries of every operation, ")
    lines = (tmp_path / "performance_metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == by_end
    told = answer(program("export", "--json", "--operation", "docker_operation", "--output", "of docker.json"))
    assert told == {
        "entries": 31,
        "format": "json",
        "path": str(tmp_path / "of docker.json"),
        "bytes": (tmp_path / "of docker.json").stat().st_size,
    }
    whole = json.loads((tmp_path / "of docker.json").read_text())
    assert len(whole["entries"]) == whole["statistics"]["docker_operation"]["total_calls"] == 31
    rows = list(csv.DictReader(io.StringIO(program("export", "--format", "csv", "--output", "-").stdout, newline="")))
    assert len(rows) == 34
    assert json.loads(program("export", "--output", "-").stdout)["entries"] == by_end
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "metrics",
        "of docker.json",
        "performance_metrics.jsonl",
    ]


def test_export_never_overwrites_the_measurements_themselves(program: Program, living: PerformanceMetrics) -> None:
    before = living.path.read_bytes()
    for kind in ("json", "jsonl", "csv"):
        assert "Choose another" in refused(program("export", "--format", kind, "--output", living.path), 2)
    assert living.path.read_bytes() == before


@pytest.mark.usefixtures("living")
def test_an_export_that_cannot_be_written_is_exit_code_3(program: Program, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for kind in ("json", "jsonl"):
        refused(program("export", "--format", kind, "--output", tmp_path / "file" / "x"), 3)
        refused(program("export", "--format", kind, "--output", "/proc/x/y"), 3)
    assert "Leave one out" in refused(program("export", "--json", "--output", "-"), 2)


@pytest.mark.usefixtures("living")
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_unicode_gets_what_it_can_show(program: Program, encoding: str) -> None:
    done = program("stats", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    assert "docker_operation" in done.stdout
    assert program("stats", "--operation", "docker_operation", PYTHONIOENCODING=encoding).returncode == 0


@pytest.mark.usefixtures("living")
def test_columns_of_a_pipe_are_not_cut_unless_asked_for(program: Program) -> None:
    wide, narrow = program("stats", "--hours", "1").stdout, program("stats", "--hours", "1", COLUMNS="60").stdout
    assert max(map(len, narrow.splitlines())) <= 60
    assert "p95 over time" in wide
    assert "p95 over time" not in narrow


@pytest.mark.usefixtures("living")
def test_the_directory_can_be_named(program: Program, tmp_path: Path) -> None:
    done = program("stats", "--json", "--directory", tmp_path / "metrics", DDC_METRICS_DIR="/nowhere")
    assert answer(done)["operations"]


@pytest.mark.usefixtures("living")
def test_the_reading_commands_load_neither_discord_nor_the_bot(tmp_path: Path) -> None:
    code = (
        "import sys; from bot.cli import main\n"
        "for line in ('stats', 'stats --json', 'recent', 'slow', 'cleanup --dry-run', 'export --output x.json'):\n"
        "    main([*line.split(), '--directory', 'metrics'])\n"
        "loaded = {name.partition('.')[0] for name in sys.modules} & "
        "{'discord', 'aiohttp', 'aiodocker', 'msgspec', 'cogs', 'services', 'sandbox'}\n"
        "sys.exit(','.join(loaded) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.usefixtures("living")
def test_scripts_do_not_wait_for_rich(tmp_path: Path) -> None:
    code = (
        "import sys; from bot.cli import main\n"
        "main(['stats', '--json', '--directory', 'metrics']); sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert done.returncode == 0


@pytest.mark.usefixtures("living")
def test_explain_says_what_is_wrong_and_what_to_do_about_it(program: Program) -> None:
    told = answer(program("explain", "--json"))
    assert told.keys() == {"window_hours", "operation", "rules", "calls", "advice", "health"}
    assert (told["advice"], told["calls"]) == ([], 33)
    assert "Nothing to advise: checked 22 rules over 33 calls." in program("explain").stdout


def test_explain_names_the_rule_the_numbers_and_the_settings(program: Program, living: PerformanceMetrics) -> None:
    for _ in range(3):
        living.record("docker_operation", 30.0, success=False, metadata={"outcome": "timeout", "container": EVIL})
    living.flush()
    told = answer(program("explain", "--json", "--operation", "docker_operation"))
    (timeouts,) = [one for one in told["advice"] if one["rule"] == "timeouts"]
    assert timeouts["settings"] == ["docker.timeout_seconds", "docker.timeouts"]
    assert timeouts["evidence"].startswith("4 of 34 Docker actions ran into their time limit")
    shown = program("explain").stdout
    assert "Settings: docker.timeout_seconds, docker.timeouts" in shown
    assert "\x1b[31m" not in shown


def test_explain_wants_a_stretch_of_time(program: Program) -> None:
    done = program("explain", "--hours", "all")
    assert done.returncode == 2
    assert "Try --hours 168" in done.stderr
    assert program("explain").returncode == 1
