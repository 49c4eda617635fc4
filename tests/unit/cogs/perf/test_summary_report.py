"""The words of the summaries, kind by kind, on little and on much, and what schedules say of themselves."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from cogs.perf.reports import schedules
from cogs.perf.reports.summary import day, month, week
from cogs.perf.reports.summary.names import span_name
from cogs.perf.schedule import LAST, Kind, Schedule, State
from cogs.perf.schedule_store import Claim
from tests.unit.cogs.perf.conftest import embed_text
from tests.unit.golden import NOW
from utils.metrics.analysis.goals import Goal
from utils.metrics.analysis.regressions import Change
from utils.metrics.analysis.regressions import Kind as Worse
from utils.metrics.goals import read
from utils.metrics.summary import day as days
from utils.metrics.summary import month as months
from utils.metrics.summary import week as weeks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.unit.golden import Filled
    from utils.metrics.analysis.regressions import Told
    from utils.performance_metrics import PerformanceMetrics

DAY = 86_400.0
NINE = Schedule(1, 2, time(9), "Europe/Berlin", NOW)
BERLIN = ZoneInfo("Europe/Berlin")


def day_text(
    metrics: PerformanceMetrics,
    *,
    notes: tuple[str, ...] = (),
    told: Mapping[tuple[str, str], Told] | None = None,
    looked: float | None = None,
) -> str:
    facts = days.gather(metrics, NOW - DAY, NOW, NOW)
    worse = days.regressions(facts, told or {}, looked)
    mark = "summary due 2026-11-24"
    report = day.render(facts, "Monday 23 November", NOW, regressions=worse, notes=notes, mark=mark)
    return embed_text(report.build())


def week_text(metrics: PerformanceMetrics, *, notes: tuple[str, ...] = ()) -> str:
    facts = weeks.gather(metrics, NOW, NOW)
    report = week.render(facts, "Week of 17 to 23 November", NOW, notes=notes, mark="weekly summary due 2026-11-24")
    return embed_text(report.build())


def month_text(metrics: PerformanceMetrics, *, notes: tuple[str, ...] = ()) -> str:
    facts = months.gather(metrics, NOW - 31 * DAY, NOW)
    mark = "monthly summary due 2026-11-24"
    report = month.render(facts, "Month of 24 October to 23 November", NOW, UTC, notes=notes, mark=mark)
    return embed_text(report.build())


KINDS = {"day": day_text, "week": week_text, "month": month_text}


@pytest.fixture
def season(fill: Filled, metrics: PerformanceMetrics) -> None:
    """Five weeks: one operation got slower three days ago, one faster a week ago, one ceased, the engine went away."""
    for back in range(35):
        ago = back * DAY + 3_600
        durations = [0.3, 0.35, 0.4, 1.1 if back > 2 else 2.6] * 6
        fill("docker_operation", durations, ago=ago, action="restart", container="nginx")
        fill("config_load", [0.012 if back < 7 else 0.4] * 30, ago=ago)
        fill("command.docker.list", [0.08, 0.09] * 10, ago=ago)
        if back > 10:
            fill("command.old.one", [0.2] * 4, ago=ago)
        if back in (5, 20, 21):
            fill("docker_operation", [0.004] * 4, ago=ago + 7_200, action="list", outcome="error")
    fill("docker_operation", [0.4] * 2, ago=7_000, action="stop", container="postgres", queue_wait=2.1)
    for kind, container in (("died", "minecraft"), ("died", "minecraft"), ("oom", "plex")):
        about = {"event": kind, "container": container, "outcome": "error"}
        metrics.record("docker_event", 0.0, success=False, metadata=about, end_time=NOW - 9_000)


@pytest.mark.parametrize("kind", KINDS)
def test_a_span_without_a_call_is_one_line(
    kind: str, metrics: PerformanceMetrics, golden: Callable[[str, str], None]
) -> None:
    text = KINDS[kind](metrics)
    assert len(text.splitlines()) == 3, "title, line, footer"
    golden(f"empty-summary-{kind}", text)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", KINDS)
def test_a_small_span_reads_as_kept(kind: str, metrics: PerformanceMetrics, golden: Callable[[str, str], None]) -> None:
    golden(f"small-summary-{kind}", KINDS[kind](metrics, notes=("The last summary was missed (the bot was offline).",)))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("kind", KINDS)
def test_a_large_span_reads_as_kept(kind: str, metrics: PerformanceMetrics, golden: Callable[[str, str], None]) -> None:
    golden(f"large-summary-{kind}", KINDS[kind](metrics))


@pytest.mark.usefixtures("season")
@pytest.mark.parametrize("kind", KINDS)
def test_a_span_in_which_something_changed_reads_as_kept(
    kind: str, metrics: PerformanceMetrics, golden: Callable[[str, str], None]
) -> None:
    golden(f"season-summary-{kind}", KINDS[kind](metrics))


@pytest.mark.usefixtures("season")
def test_a_month_tells_whether_goals_are_met(metrics: PerformanceMetrics) -> None:
    facts = months.gather(metrics, NOW - 31 * DAY, NOW)
    wanted = [Goal("docker_operation", success=0.999), Goal("config_load", 0.95, 1.0), Goal("to.come", success=0.9)]
    stands = [read(metrics, goal, NOW) for goal in wanted]
    text = embed_text(month.render(facts, "November 2026", NOW, UTC, goals=stands).build())
    assert "✗ `docker_operation` success **not met**" in text
    assert "✓ `config_load` speed 100 % left" in text
    assert "· `to.come` no call yet" in text


@pytest.mark.usefixtures("changed")
def test_one_operation_that_changed_in_two_ways_is_named(metrics: PerformanceMetrics) -> None:
    facts = days.gather(metrics, NOW - DAY, NOW, NOW)
    new = tuple(change for change in facts.worse if change.operation == "token_decrypt")
    text = embed_text(day.render(facts, "Monday", NOW, regressions=days.Regressions(new)).build())
    assert "# Monday · token_decrypt fails more and got slower" in text


@pytest.mark.usefixtures("changed")
def test_a_days_chart_is_of_what_got_worse_else_of_what_failed(metrics: PerformanceMetrics) -> None:
    facts = days.gather(metrics, NOW - DAY, NOW, NOW)
    assert facts.telling(days.regressions(facts, {}, None)) == "token_decrypt"
    assert facts.telling(days.Regressions()) == facts.rows[0].stats.operation


def test_a_quiet_day_has_no_chart(metrics: PerformanceMetrics) -> None:
    metrics.record("task.perf_cog.tick", 0.1, end_time=NOW - 5)
    facts = days.gather(metrics, NOW - DAY, NOW, NOW)
    assert facts.telling(days.Regressions()) is None


@pytest.mark.usefixtures("changed")
def test_a_regression_is_news_once_then_goes_on_then_is_over(
    metrics: PerformanceMetrics, golden: Callable[[str, str], None], fill: Filled
) -> None:
    first = day_text(metrics)
    golden("changed-summary-day", first)
    facts = days.gather(metrics, NOW - DAY, NOW, NOW)
    told = days.regressions(facts, {}, None).told
    # 25 hours later, as on the day the clocks go back: the same is no news, and what ended is said once.
    later = NOW + 25 * 3600
    fill("docker_operation", [1.6, 1.9, 2.4, 1.7] * 12, ago=-25 * 3600 + 100)
    fill("token_decrypt", [0.1] * 60, ago=-25 * 3600 + 100)
    facts = days.gather(metrics, later - DAY, later, later)
    worse = days.regressions(facts, told, NOW)
    assert worse.new == ()
    assert [change.key for change in worse.old] == [("docker_operation", "slower")]
    assert worse.over == ("token_decrypt",)
    text = embed_text(day.render(facts, "Tuesday 24 November", later, regressions=worse).build())
    assert "docker_operation still slower" in text
    assert "Told before, and still so: `docker_operation` ▲ slower (p95" in text
    assert "As before again: `token_decrypt`." in text
    # What ended is not said again.
    again = days.regressions(facts, worse.told, later)
    assert again.over == ()


@pytest.mark.usefixtures("changed")
def test_a_regression_that_was_gone_for_a_day_is_news_again(metrics: PerformanceMetrics) -> None:
    facts = days.gather(metrics, NOW - DAY, NOW, NOW)
    told = days.regressions(facts, {}, None).told
    seen_long_ago = {key: type(one)(one.worst, NOW - 2 * DAY) for key, one in told.items()}
    assert len(days.regressions(facts, seen_long_ago, NOW - DAY).new) == len(told)
    assert days.regressions(facts, seen_long_ago, NOW - 2 * DAY).new == (), "two days ago was the last look"


def test_a_day_on_which_only_background_tasks_ran_is_quiet(metrics: PerformanceMetrics) -> None:
    for number in range(3):
        metrics.record("task.perf_cog.tick", 0.1, end_time=NOW - 5 - number)
    text = day_text(metrics)
    assert "Monday 23 November · all quiet" in text
    assert ", but background tasks 3 times; none failed." in text
    metrics.record("task.other", 0.1, success=False, end_time=NOW - 3)
    assert "1 failure" in day_text(metrics)


@pytest.mark.parametrize("kind", ["week", "month"])
def test_a_week_and_a_month_of_background_work_alone_are_quiet(kind: str, metrics: PerformanceMetrics) -> None:
    metrics.record("task.perf_cog.tick", 0.1, end_time=NOW - 5)
    metrics.record("discord_api", 0.1, end_time=NOW - 5)
    text = KINDS[kind](metrics)
    assert "· all quiet" in text
    assert ", but the bot's own background work 2 times; none failed." in text
    metrics.record("task.other", 0.1, success=False, end_time=NOW - 3)
    assert "all quiet" not in KINDS[kind](metrics)


def test_posting_the_summary_of_the_day_before_leaves_a_day_quiet(metrics: PerformanceMetrics) -> None:
    # What the bot's own post of yesterday's summary leaves behind.
    for method in ("GET", "POST"):
        about = {"method": method, "route": "/channels/{channel_id}/messages", "outcome": "ok"}
        metrics.record("discord_api", 0.1, metadata=about, end_time=NOW - DAY + 1)
    text = day_text(metrics)
    assert "Monday 23 November · all quiet" in text
    assert ", but Discord's API 2 times; none failed." in text
    metrics.record("task.perf_cog.tick", 0.1, end_time=NOW - 5)
    assert ", but background tasks 1 time and Discord's API 2 times; none failed." in day_text(metrics)


@pytest.mark.parametrize("outcome", ["error", "denied"])
def test_a_day_on_which_discord_refused_a_request_is_not_quiet(metrics: PerformanceMetrics, outcome: str) -> None:
    metrics.record("discord_api", 0.1, success=False, metadata={"outcome": outcome}, end_time=NOW - 5)
    assert "all quiet" not in day_text(metrics)


def test_a_day_on_which_a_container_died_is_not_quiet(metrics: PerformanceMetrics) -> None:
    about = {"event": "died", "container": "plex", "outcome": "error"}
    metrics.record("docker_event", 0.0, success=False, metadata=about, end_time=NOW - 5)
    text = day_text(metrics)
    assert "Monday 23 November · 1 event of containers" in text
    assert "⚠ `plex` died" in text


def test_a_day_on_which_nothing_failed_says_so(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 0.1, end_time=NOW - 5)
    text = day_text(metrics)
    assert "Monday 23 November · nothing failed" in text
    assert "Nothing failed in 1 call of 1 operation." in text


def test_a_refusal_is_no_failure(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 0.1, success=False, metadata={"outcome": "denied"}, end_time=NOW - 5)
    text = day_text(metrics)
    assert "nothing failed" in text
    assert "1 refused" in text
    assert "## Failures" not in text


@pytest.mark.parametrize(
    ("kind", "moment", "hours", "name"),
    [
        (Kind.DAILY, "2026-11-23T09:00", 24, "Sunday 22 November"),
        (Kind.DAILY, "2026-11-23T00:05", 24, "Sunday 22 November"),
        (Kind.DAILY, "2026-11-23T18:00", 24, "Monday 23 November"),
        (Kind.DAILY, "2026-11-23T23:59", 24, "Monday 23 November"),
        (Kind.WEEKLY, "2026-11-23T09:00", 168, "Week of 16 to 22 November"),
        (Kind.WEEKLY, "2026-12-07T09:00", 168, "Week of 30 November to 6 December"),
        (Kind.MONTHLY, "2026-11-01T09:00", 31 * 24 + 1, "October 2026"),
        (Kind.MONTHLY, "2026-11-30T23:00", 30 * 24, "November 2026"),
        (Kind.MONTHLY, "2026-11-15T09:00", 31 * 24, "Month of 15 October to 14 November"),
    ],
)
def test_a_summary_is_called_by_the_days_that_most_of_it_is_about(
    kind: Kind, moment: str, hours: int, name: str
) -> None:
    end = datetime.fromisoformat(moment).replace(tzinfo=BERLIN).astimezone(UTC)
    assert span_name(kind, end - timedelta(hours=hours), end, BERLIN) == name


def described(last: Claim | None, problem: str | None = None) -> str:
    standing = schedules.Standing(NINE, datetime.fromtimestamp(NOW, UTC), last, problem)
    return schedules.listed([standing]).build().description or ""


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


def test_a_full_list_of_schedules_reads_as_kept(golden: Callable[[str, str], None]) -> None:
    soon = datetime.fromtimestamp(NOW + 3_600, UTC)
    full = [
        schedules.Standing(NINE, soon, Claim(State.POSTED, NOW, 77)),
        schedules.Standing(Schedule(1, 3, time(18, 30), "America/Argentina/Salta", NOW, Kind.WEEKLY, 4, 2), soon),
        schedules.Standing(Schedule(1, 2, time(0), "UTC", NOW, Kind.MONTHLY, LAST, 3, paused=True), soon),
        schedules.Standing(
            Schedule(1, 4, time(9), "UTC", NOW, Kind.MONTHLY, 1, 4), soon, None, "I may not write to the channel."
        ),
    ]
    golden("schedule-list", embed_text(schedules.listed(full).build()))


def test_a_name_in_the_verdict_is_cut_in_its_middle_and_stays_a_name() -> None:
    name = "[link](https://example.org) " + "W" * 80 + " end"
    told = day._told([Change(name, Worse.SLOWER, 2.0, 1.0, 100, 7)])
    assert told.endswith(" end got slower")
    assert told.startswith("\\[link")
    assert len(told) < 90
