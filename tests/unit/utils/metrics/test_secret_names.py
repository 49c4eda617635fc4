"""Secrets in the names of operations that others wrote to the file: an old program, another bot, a person."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from utils.metrics.clock import SystemClock
from utils.metrics.engine import checkpoint
from utils.metrics.engine.sizes import Sizes
from utils.metrics.file_engine import FILE_NAME, FileEngine
from utils.metrics.follow import Follower
from utils.metrics.redact import HIDDEN, conceal
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path

SMALL = Sizes(piece=20_000, at_once=10_000, checkpoint=1_000, unsaved=1_000, unsaved_at_close=1)
TOKEN = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GhT_-x.a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9"  # noqa: S105 - nobody's
OTHER = f"{TOKEN[:-8]}Z9y8X7w6"
HOOK = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"
OURS = (
    '{"operation": "%s", "start_time": 1699999999.100000, "end_time": 1699999999.200000, "duration": 0.100000000, '
    '"success": true, "timestamp": "then", "metadata": {}}\n'
)
THEIRS = '{"operation":"%s","end_time":1699999999.3,"duration":0.2,"success":0,"host":"elsewhere"}\n'


def escaped(name: str) -> str:
    return "".join(f"\\u{ord(sign):04x}" for sign in name)


def opened(folder: Path, limit: int | None = None) -> PerformanceMetrics:
    metrics = PerformanceMetrics(folder, engine=FileEngine(folder, SystemClock(), limit, SMALL))
    assert metrics.wait_until_loaded()
    return metrics


def told_by(metrics: PerformanceMetrics) -> str:
    """All that the metrics tell in any way, and what an export and the checkpoint hold."""
    exported = metrics.path.with_name("export.json")
    metrics.export_to_json(exported)
    told: list[object] = [
        metrics.get_stats(last_hours=None),
        metrics.get_recent_metrics(limit=100),
        metrics.get_recent_metrics(limit=100, failures_only=True),
        metrics.get_slow_metrics(None, None, limit=100),
        list(metrics.iter_entries()),
        metrics.get_operations(),
        exported.read_text(encoding="utf-8"),
    ]
    metrics.close()
    return repr(told) + checkpoint.path_of(metrics.path).read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("limit", [None, 6_000])
@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(OURS % f"call.{TOKEN}", id="as this program writes"),
        pytest.param(THEIRS % f"call.{TOKEN}", id="as another writes"),
        pytest.param(OURS % f"call.{TOKEN}" + THEIRS % f"call.{OTHER}", id="both"),
        pytest.param(THEIRS % f"call.{escaped(TOKEN)}", id="with escapes"),
        pytest.param(OURS % f"call.{TOKEN}" + "rubbish\n", id="among rubbish"),
        pytest.param(OURS % f"call.{TOKEN}é", id="not ASCII"),
        pytest.param(OURS % f"POST /interactions/123456789012345678/{HOOK}/callback", id="an interaction's"),
        pytest.param(OURS % f"Authorization: Bot {TOKEN}", id="a header"),
    ],
)
def test_nothing_that_the_metrics_tell_holds_one(tmp_path: Path, lines: str, limit: int | None) -> None:
    (tmp_path / FILE_NAME).write_text(lines * 40 + OURS % "fine", encoding="utf-8")
    for _ in range(2):  # from the file, then from the checkpoint
        told = told_by(opened(tmp_path, limit))
        assert HIDDEN in told
        assert "'fine'" in told
        for secret in (TOKEN, TOKEN[-38:], OTHER[-38:], HOOK):
            assert secret not in told


def test_what_is_shown_is_a_name_to_ask_by_and_names_that_only_differ_in_it_are_one(tmp_path: Path) -> None:
    names = [f"call.{TOKEN}", f"call.{OTHER}", f"call.{TOKEN}"]
    (tmp_path / FILE_NAME).write_text("".join(OURS % name for name in names) + THEIRS % names[1], encoding="utf-8")
    metrics = opened(tmp_path)
    shown = f"call.{HIDDEN}"
    stats = metrics.get_stats(last_hours=None)
    assert {name: found.total_calls for name, found in stats.items()} == {shown: 4}
    assert metrics.get_operations() == [shown]
    assert [entry.operation for entry in metrics.get_recent_metrics(shown)] == [shown] * 4
    assert len(list(metrics.iter_entries(shown))) == 4
    metrics.close()


def test_a_secret_that_was_told_after_the_checkpoint_was_written_is_hidden_too(tmp_path: Path) -> None:
    secret = secrets.token_hex(12)
    (tmp_path / FILE_NAME).write_text(OURS % f"call {secret}" * 40, encoding="utf-8")
    assert secret in told_by(opened(tmp_path)), "nobody could know"
    conceal(secret)
    metrics = opened(tmp_path)
    assert secret not in told_by(metrics)


def test_who_follows_the_file_sees_none(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(OURS % f"call.{TOKEN}" + THEIRS % f"call.{TOKEN}", encoding="utf-8")
    found = Follower(tmp_path / FILE_NAME).last(10, lambda _: True)
    assert [entry.operation for entry in found] == [f"call.{HIDDEN}"] * 2
