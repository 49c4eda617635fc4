from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.fill import NotOurs, fill
from bot.demo.process import GROWS, STARTS
from bot.demo.story import DAY, HOUR, outage, tell
from tests.contract.metrics.kit import ManualClock
from utils.metrics.analysis.growth import is_leak, memory_growth
from utils.metrics.analysis.regressions import Kind
from utils.metrics.process.sample import read
from utils.metrics.standing import judge
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.call import Call

NOW = 1_795_500_000.0  # Tuesday 24 November 2026, 06:00 UTC
CALLS = list(tell(NOW))


def of(operation: str, **metadata: str) -> list[Call]:
    return [
        call
        for call in CALLS
        if call.operation == operation and all(call.metadata.get(key) == value for key, value in metadata.items())
    ]


def test_the_same_seed_tells_the_same_story_and_another_one_another() -> None:
    assert list(tell(NOW)) == CALLS
    assert list(tell(NOW, seed=8)) != CALLS


def test_it_lasts_thirty_days_and_has_a_night() -> None:
    scenes = of("command.docker.list")
    assert max(call.end for call in scenes) - min(call.end for call in scenes) > 28 * DAY
    hours = [int(call.end % DAY // HOUR) for call in scenes]
    assert hours.count(20) > 10 * max(1, hours.count(3))


def test_the_engine_was_away_for_two_hours() -> None:
    lost = of("docker_operation", error_type="EngineUnreachable")
    begin, end = outage(NOW)
    assert len(lost) > 10
    assert all(begin <= call.end <= end + 10 for call in lost)


def test_one_weekend_was_quiet() -> None:
    saturday = NOW - 6 * HOUR - 10 * DAY  # 14 November
    assert not [call for call in of("command.docker.list") if saturday + HOUR < call.end < saturday + 2 * DAY]
    assert [call for call in of("command.docker.list") if saturday + 7 * DAY < call.end < saturday + 9 * DAY]


@pytest.mark.parametrize("hour", [0, 6, 12, 18])
def test_the_reports_find_what_got_slower_at_whatever_hour_the_story_ends(tmp_path: Path, hour: int) -> None:
    end = NOW + hour * HOUR
    assert fill(tmp_path / "demo", end) > 10_000
    metrics = PerformanceMetrics(tmp_path / "demo")
    standing, before = (judge(metrics, end - ago)["docker_operation"] for ago in (0, DAY))
    metrics.close()
    assert standing.change(Kind.SLOWER) is not None
    assert before.change(Kind.SLOWER) is None


def test_the_reports_find_that_memory_grows_and_the_starts_of_the_bot(tmp_path: Path) -> None:
    fill(tmp_path / "demo", NOW)
    metrics = PerformanceMetrics(tmp_path / "demo", clock=ManualClock(NOW))
    samples = read(metrics, 30 * 24, NOW)
    day = read(metrics, 24, NOW)
    metrics.close()
    assert len({sample.run for sample in samples}) == len(STARTS) == len(of("process_start"))
    found = memory_growth(day)
    assert found is not None
    assert is_leak(found)
    assert found.per_day == pytest.approx(24 * GROWS, rel=0.1)


def test_it_is_told_once_and_anew_only_when_asked(tmp_path: Path) -> None:
    first = fill(tmp_path / "demo", NOW)
    assert fill(tmp_path / "demo", NOW) == 0
    assert fill(tmp_path / "demo", NOW, fresh=True) == first


def test_real_measurements_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "performance_metrics.jsonl").write_text("{}\n")
    with pytest.raises(NotOurs, match="no demonstration"):
        fill(tmp_path, NOW, fresh=True)
    assert (tmp_path / "performance_metrics.jsonl").read_text() == "{}\n"
