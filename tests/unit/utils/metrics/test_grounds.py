from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.metrics.kit import NOW, ManualClock
from utils.metrics.analysis.advice import UNTOLD, Config, Facts, Finding, Requests, Rule, advise, checked
from utils.metrics.grounds import MOST, gather, know
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path, clock=ManualClock())
    yield made
    made.close()


def noted(metrics: PerformanceMetrics, name: str, seconds: float = 0.1, ago: float = 60.0, **metadata: Any) -> None:  # noqa: ANN401 - from a file, so anything
    outcome = metadata.get("outcome", "ok")
    metrics.record(name, seconds, success=outcome == "ok", metadata=metadata, end_time=NOW - ago)


def test_a_docker_action_is_read_with_its_wait_its_end_and_what_it_was_about(metrics: PerformanceMetrics) -> None:
    noted(metrics, "docker_operation", 2.0, action="stop", container="db", queue_wait=1.5, outcome="timeout")
    noted(metrics, "docker_operation", 1.0, ago=30, action="list", outcome="denied", queue_wait="odd")
    stop, look = gather(metrics, 24, NOW).docker
    assert (stop.action, stop.container, stop.work, stop.waited) == ("stop", "db", 2.0, 1.5)
    assert (stop.start, stop.end) == pytest.approx((NOW - 62, NOW - 60))
    assert (stop.outcome, stop.failed) == ("timeout", True)
    assert (look.waited, look.failed) == (0.0, False)


def test_only_the_window_is_read(metrics: PerformanceMetrics) -> None:
    noted(metrics, "docker_operation", ago=2 * 3600, action="list")
    noted(metrics, "docker_operation", ago=60, action="info")
    assert [one.action for one in gather(metrics, 1, NOW).docker] == ["info"]


def test_first_answers_are_read_of_what_persons_wait_for(metrics: PerformanceMetrics) -> None:
    noted(metrics, "command.a", ack=2.5)
    noted(metrics, "command.a")
    noted(metrics, "task.b", ack=9.0)
    assert gather(metrics, 24, NOW).acks == {"command.a": (2.5,)}


def test_lookups_of_the_settings_are_counted_one_record_for_one_or_for_a_count(metrics: PerformanceMetrics) -> None:
    noted(metrics, "config_cache_hit", count=40)
    noted(metrics, "config_cache_miss")
    noted(metrics, "config_cache_miss", count="odd")
    noted(metrics, "config_load", 0.3, cached=True)
    noted(metrics, "config_load", 0.9)
    assert gather(metrics, 24, NOW).config == Config(cached=(0.3,), hits=40, misses=2)


def test_requests_that_discord_put_off_are_counted(metrics: PerformanceMetrics) -> None:
    noted(metrics, "discord_api", rate_limited=2)
    noted(metrics, "discord_api")
    assert gather(metrics, 24, NOW).requests == Requests(2, 1)


def test_samples_are_those_of_the_present_process_and_no_operation(metrics: PerformanceMetrics) -> None:
    noted(metrics, "process_sample", 0.5, ago=300, rss=900, pid=6)
    noted(metrics, "process_sample", 0.2, ago=100, rss=100, pid=7)
    noted(metrics, "process_sample", 0.3, ago=40, pid=7)
    found = gather(metrics, 24, NOW)
    assert [(sample.worst, sample.rss) for sample in found.samples] == [(0.2, 100), (0.3, None)]
    assert found.rows == {}
    assert found.disk_free


def test_of_one_operation_only_its_own_facts_are_told(metrics: PerformanceMetrics) -> None:
    for name in ("docker_operation", "command.a", "discord_api", "process_sample"):
        noted(metrics, name, ack=0.1)
    found = gather(metrics, 24, NOW, "command.a")
    assert list(found.rows) == list(found.acks) == ["command.a"]
    assert (found.docker, found.requests, found.samples, found.calls) == ((), Requests(), (), 1)


def test_a_longer_window_knows_what_is_usual_too(metrics: PerformanceMetrics) -> None:
    noted(metrics, "op")
    assert gather(metrics, 168, NOW).rows["op"].standing is not None


def test_no_more_than_the_newest_calls_are_looked_at(metrics: PerformanceMetrics) -> None:
    for _ in range(MOST + 5):
        noted(metrics, "discord_api")
    assert gather(metrics, 24, NOW).requests.calls == MOST


def test_settings_come_with_their_present_values_where_the_program_tells_them(metrics: PerformanceMetrics) -> None:
    quiet = Rule("quiet", "Quiet", lambda _: None, "Nothing.")
    loud = Rule("loud", "Loud", lambda _: Finding.told("It is."), "Mend it.", settings=("a.b", "a.c"))
    bad = Rule("bad", "Bad", lambda _: Finding.told("It is.", bad=True, settings=("a.d",)), "Mend it.", whole=True)
    noted(metrics, "op")
    know(metrics, lambda: {"a.b": 3, "a.d": None})
    found = advise(gather(metrics, 24, NOW), (quiet, loud, bad))
    assert [(one.rule.id, one.settings) for one in found] == [
        ("bad", (("a.d", None),)),
        ("loud", (("a.b", 3), ("a.c", UNTOLD))),
    ]


def test_rules_on_the_whole_program_are_not_asked_about_one_operation(metrics: PerformanceMetrics) -> None:
    whole = Rule("whole", "Whole", lambda _: Finding.told("It is."), "Mend it.", whole=True)
    noted(metrics, "op")
    of_all, of_one = gather(metrics, 24, NOW), gather(metrics, 24, NOW, "op")
    assert isinstance(of_one, Facts)
    assert (len(checked(of_all, [whole])), checked(of_one, [whole]), advise(of_one, [whole])) == (1, (), ())
