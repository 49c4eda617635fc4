"""The summary's words, and what the schedule says of itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from cogs.perf.reports import summary
from cogs.perf.reports.housekeeping import schedule_state
from cogs.perf.schedule import Schedule, State
from cogs.perf.schedule_store import Claim
from tests.unit.cogs.perf.conftest import NOW, embed_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from utils.performance_metrics import PerformanceMetrics

DAY = 86_400.0
NINE = Schedule(1, 2, time(9), "Europe/Berlin", NOW)


def text_of(metrics: PerformanceMetrics, *, notes: tuple[str, ...] = ()) -> str:
    facts = summary.gather(metrics, NOW - DAY, NOW, NOW)
    report = summary.render(facts, "Monday 23 November", NOW, notes=notes, mark="summary due 2026-11-24")
    return embed_text(report.build())


def test_a_day_without_a_call_is_one_line(metrics: PerformanceMetrics, golden: Callable[[str, str], None]) -> None:
    golden("empty-summary", text_of(metrics))


@pytest.mark.usefixtures("small")
def test_a_small_day_reads_as_kept(metrics: PerformanceMetrics, golden: Callable[[str, str], None]) -> None:
    golden("small-summary", text_of(metrics, notes=("Yesterday's summary was missed (the bot was offline).",)))


@pytest.mark.usefixtures("large")
def test_a_large_day_reads_as_kept(metrics: PerformanceMetrics, golden: Callable[[str, str], None]) -> None:
    golden("large-summary", text_of(metrics))


def test_a_day_on_which_only_background_tasks_ran_is_quiet(metrics: PerformanceMetrics) -> None:
    for number in range(3):
        metrics.record("task.perf_cog.tick", 0.1, end_time=NOW - 5 - number)
    text = text_of(metrics)
    assert "Monday 23 November · all quiet" in text
    assert ", but background tasks 3 times; none failed." in text
    metrics.record("task.other", 0.1, success=False, end_time=NOW - 3)
    assert "1 failure" in text_of(metrics)


def test_posting_the_summary_of_the_day_before_leaves_a_day_quiet(metrics: PerformanceMetrics) -> None:
    # What the bot's own post of yesterday's summary leaves behind.
    for method in ("GET", "POST"):
        about = {"method": method, "route": "/channels/{channel_id}/messages", "outcome": "ok"}
        metrics.record("discord_api", 0.1, metadata=about, end_time=NOW - DAY + 1)
    text = text_of(metrics)
    assert "Monday 23 November · all quiet" in text
    assert ", but Discord's API 2 times; none failed." in text
    metrics.record("task.perf_cog.tick", 0.1, end_time=NOW - 5)
    assert ", but background tasks 1 time and Discord's API 2 times; none failed." in text_of(metrics)


@pytest.mark.parametrize("outcome", ["error", "denied"])
def test_a_day_on_which_discord_refused_a_request_is_not_quiet(metrics: PerformanceMetrics, outcome: str) -> None:
    metrics.record("discord_api", 0.1, success=False, metadata={"outcome": outcome}, end_time=NOW - 5)
    assert "all quiet" not in text_of(metrics)


def test_a_day_on_which_nothing_failed_says_so(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 0.1, end_time=NOW - 5)
    text = text_of(metrics)
    assert "Monday 23 November · nothing failed" in text
    assert "Nothing failed in 1 call of 1 operation." in text


def test_a_refusal_is_no_failure(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 0.1, success=False, metadata={"outcome": "denied"}, end_time=NOW - 5)
    text = text_of(metrics)
    assert "nothing failed" in text
    assert "1 refused" in text
    assert "## Failures" not in text


def test_the_window_holds_its_start_and_not_its_end(metrics: PerformanceMetrics) -> None:
    for moment in (NOW - DAY - 0.5, NOW - DAY, NOW - 0.5, NOW, NOW + 0.5):
        metrics.record("op", 0.1, end_time=moment)
    facts = summary.gather(metrics, NOW - DAY, NOW, NOW + 6 * 3600)
    assert facts.calls == 2


def test_the_slowest_three_come_slowest_first_and_the_failures_newest_first(metrics: PerformanceMetrics) -> None:
    for number in range(6):
        metrics.record("op", number, success=False, end_time=NOW - 100 + number)
    facts = summary.gather(metrics, NOW - DAY, NOW, NOW)
    assert [entry.duration for entry in facts.slowest] == [5, 4, 3]
    assert [entry.duration for entry in facts.failures] == [5, 4, 3]


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("2026-11-23T09:00", "Sunday 22 November"),
        ("2026-11-23T00:05", "Sunday 22 November"),
        ("2026-11-23T18:00", "Monday 23 November"),
        ("2026-11-23T23:59", "Monday 23 November"),
    ],
)
def test_a_summary_is_called_by_the_day_that_most_of_it_is_about(moment: str, name: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert summary.day_name(datetime.fromisoformat(moment).replace(tzinfo=berlin), berlin) == name


def test_dates_are_english_whatever_the_host_speaks() -> None:
    assert summary.date_name(date(2026, 5, 3)) == "Sunday 3 May"


def described(last: Claim | None, problem: str | None = None) -> str:
    report = schedule_state(NINE, datetime.fromtimestamp(NOW, UTC), last, problem)
    return report.build().description or ""


def test_a_schedule_links_to_its_last_summary() -> None:
    text = described(Claim(State.POSTED, NOW, 77))
    assert f"Last: [posted](https://discord.com/channels/1/2/77) <t:{int(NOW)}:f>" in text


@pytest.mark.parametrize(
    ("state", "words"),
    [(State.CLAIMED, "being posted since"), (State.SKIPPED, "missed, noticed"), (State.GIVEN_UP, "given up")],
)
def test_a_schedule_tells_what_became_of_its_last_summary(state: State, words: str) -> None:
    assert f"Last: {words} <t:{int(NOW)}:f>" in described(Claim(state, NOW))


def test_a_schedule_tells_what_is_in_its_way() -> None:
    assert "⚠ I may not write to the channel." in described(None, "I may not write to the channel.")
