"""The reports as people read them, kept as text; and what leads from one to the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.reports.chart import Chart, Kind
from cogs.perf.reports.compare import Compare
from cogs.perf.reports.detail import Detail
from cogs.perf.reports.entries import Recent, Slow
from cogs.perf.reports.live import render
from cogs.perf.reports.overview import Overview
from cogs.perf.reports.spent import _SIGNS, TimeSpent, bar
from cogs.perf.screen import Page, Pick
from utils.metrics.analysis.spans import Span
from utils.metrics.pulse import gather
from utils.metrics.spent import PARTS, Spent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import discord

    from cogs.perf.screen import Link, Screen
    from tests.unit.golden import Filled
    from utils.performance_metrics import PerformanceMetrics

NOW = 1_795_500_000.0
SPANS = (Span(NOW - 2 * 86_400, NOW - 86_400, "previous 24 h"), Span(NOW - 86_400, NOW, "last 24 h"))
Golden = "Callable[[str, str], None]"
Drawn = "Callable[[Screen], str]"


def link(page: Page, key: str) -> Link:
    return next(one for row in page.rows if not isinstance(row, Pick) for one in row if one.key == key)


@pytest.mark.parametrize(
    ("name", "screen"),
    [
        ("empty-stats", Overview(24)),
        ("empty-recent", Recent()),
        ("empty-recent-failures", Recent(failures_only=True)),
        ("empty-slow", Slow()),
    ],
)
def test_without_a_measurement_a_report_says_what_to_do(
    name: str, screen: Screen, drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    text = drawn(screen)
    assert "Nothing was measured yet. Run any command" in text
    golden(name, text)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("name", "screen"),
    [
        ("small-stats", Overview(24)),
        ("small-stats-6h", Overview(6)),
        ("small-detail", Detail("docker_operation", 24, Overview(24))),
        ("small-detail-few", Detail("command.docker.restart", 24)),
        ("small-detail-fine", Detail("config_load", 24)),
        ("small-detail-not-called", Detail("token_decrypt", 6, Overview(6))),
        ("small-recent", Recent()),
        ("small-recent-docker", Recent("docker_operation", limit=5)),
        ("small-recent-failures", Recent(failures_only=True)),
        ("small-recent-no-failure", Recent("config_load", failures_only=True)),
        ("small-slow", Slow("docker_operation", back=Overview(24))),
        ("small-slow-threshold", Slow(threshold=1.5)),
        ("small-slow-none", Slow("config_load", threshold=5.0)),
    ],
)
def test_a_small_data_set_reads_as_kept(
    name: str, screen: Screen, drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    golden(name, drawn(screen))


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize(
    ("name", "screen"),
    [
        ("changed-stats", Overview(24)),
        ("changed-detail-slower", Detail("docker_operation", 24, Overview(24))),
        ("changed-detail-failing", Detail("token_decrypt", 24, Overview(24))),
        ("changed-compare", Compare("docker_operation", *SPANS, back=Overview(24))),
        ("changed-compare-same", Compare("config_load", *SPANS)),
        ("changed-compare-few", Compare("nothing", *SPANS)),
        ("changed-detail-by", Detail("docker_operation", 24, by="container")),
    ],
)
def test_what_is_not_as_usual_comes_first_and_is_named(
    name: str, screen: Screen, drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    golden(name, drawn(screen))


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize("kind", list(Kind))
def test_a_chart_has_its_numbers_as_text_beside(
    kind: Kind, drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    golden(f"changed-chart-{kind.value}", drawn(Chart("docker_operation", 24 * 7, kind, back=Overview(24))))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("kind", list(Kind))
def test_a_chart_of_a_name_from_outside_reads_as_kept(
    kind: Kind, metrics: PerformanceMetrics, drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    golden(f"large-chart-{kind.value}", drawn(Chart(metrics.get_operations()[0], 24, kind)))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", list(Kind))
def test_a_chart_without_a_call_says_so_and_offers_other_windows(kind: Kind, metrics: PerformanceMetrics) -> None:
    page = Chart("nothing", 24 * 7, kind).draw(metrics, NOW)
    assert page.picture is None
    assert any(words in (page.report.build().description or "") for words in ("Not called in the", "Too few calls"))
    assert link(page, "window_720").to is not None


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", [Kind.HEATMAP, Kind.BUSY])
def test_a_chart_by_weekday_shows_a_week_at_least(kind: Kind, metrics: PerformanceMetrics) -> None:
    page = Chart("docker_operation", 24, kind).draw(metrics, NOW)
    assert link(page, "window_168").current
    assert link(page, "window_24").to is None


@pytest.mark.usefixtures("small")
def test_a_live_view_shows_the_last_minutes_and_what_runs(
    metrics: PerformanceMetrics, text_of: Callable[[discord.Embed], str], golden: Callable[[str, str], None]
) -> None:
    pulse = gather(metrics, NOW)
    running = [("command.docker.restart", NOW - 20)]
    golden("small-live", text_of(render(pulse, running, NOW, until=NOW + 300).build()))
    golden("small-live-ended", text_of(render(pulse, (), NOW, until=None, why="You stopped it.").build()))


@pytest.mark.parametrize(
    ("name", "screen"),
    [
        ("spent", TimeSpent(24)),
        ("spent-one", TimeSpent(24, "command.docker.restart", back=TimeSpent(24))),
        ("spent-none", TimeSpent(1)),
    ],
)
def test_where_time_goes_reads_as_kept(
    name: str, screen: Screen, fill: Filled, drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    parts = {"docker": 1.4, "queue": 0.4, "discord": 0.2}
    fill("command.docker.restart", [2.2, 2.4, 2.6] * 8, ago=9_000, ack=0.08, parts=parts)
    fill("command.perf.stats", [0.3] * 5, ago=9_000, ack=0.03, parts={"discord": 0.21})
    fill("autocomplete.docker.restart.container_with_a_long_name", [0.02] * 3, ago=9_000)
    fill("docker_operation", [9.0] * 3, ago=9_000)
    golden(name, drawn(screen))


@pytest.mark.parametrize(
    ("name", "screen"),
    [("spent-watched", TimeSpent(24)), ("spent-watched-one", TimeSpent(24, "command.b", back=TimeSpent(24)))],
)
def test_what_held_the_process_meanwhile_stands_beside_the_bar(
    name: str, screen: Screen, fill: Filled, drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    fill("command.a", [0.4] * 20, ack=0.08, parts={"discord": 0.2, "lag": 0.06, "gc": 0.0021})
    fill("command.b", [0.2] * 5, ack=0.08, parts={"discord": 0.1})
    fill("process_sample", [0.004] * 59 + [0.304], gc=0.03, gc_max=0.008)
    golden(name, drawn(screen))


@given(st.dictionaries(st.sampled_from(PARTS), st.floats(0, 1e9)), st.integers(1, 40))
def test_a_bar_is_as_wide_as_asked_and_shows_each_part_of_a_whole_sign(seconds: dict[str, float], width: int) -> None:
    spent = Spent("x", seconds=dict.fromkeys(PARTS, 0.0) | seconds)
    drawn = bar(spent, width)
    assert len(drawn) == width
    assert all((drawn.count(_SIGNS[part]) > 0) >= (spent.share(part) * width >= 1) for part in PARTS)


def test_a_live_view_of_nothing_says_so(
    metrics: PerformanceMetrics, text_of: Callable[[discord.Embed], str], golden: Callable[[str, str], None]
) -> None:
    golden("empty-live", text_of(render(gather(metrics, NOW), (), NOW, until=NOW + 300).build()))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("name", "screen"),
    [
        ("large-stats", Overview(24)),
        ("large-stats-last-page", Overview(24, page=3)),
        ("large-recent", Recent()),
        ("large-slow", Slow()),
    ],
)
def test_a_large_data_set_with_wild_names_reads_as_kept(
    name: str, screen: Screen, drawn: Callable[[Screen], str], golden: Callable[[str, str], None]
) -> None:
    golden(name, drawn(screen))


@pytest.mark.usefixtures("large")
def test_a_long_wild_name_can_be_opened(metrics: PerformanceMetrics, golden: Callable[[str, str], None]) -> None:
    page = Overview(24).draw(metrics, NOW)
    pick = page.rows[0]
    assert isinstance(pick, Pick)
    opened = pick.options[0].to.draw(metrics, NOW)
    embed = opened.report.build()
    golden("large-detail", f"{embed.title}\n{embed.description}\n".replace("\u00a0", " "))


def test_an_empty_window_offers_longer_ones(metrics: PerformanceMetrics, fill: Callable[..., None]) -> None:
    fill("op", [0.1], ago=7 * 3600)
    page = Overview(6).draw(metrics, NOW)
    assert page.report.build().description == "Nothing was called in the last 6\u00a0h. Choose a longer window."
    assert link(page, "window_24").to == Overview(24)


def test_operations_that_fail_come_first_then_the_slowest(
    metrics: PerformanceMetrics, fill: Callable[..., None]
) -> None:
    fill("fine_but_slow", [9.0] * 3)
    fill("fine", [0.1] * 3)
    fill("fails", [0.01], outcome="error")
    fill("refuses", [20.0], outcome="denied")
    page = Overview(24).draw(metrics, NOW)
    pick = page.rows[0]
    assert isinstance(pick, Pick)
    assert [option.label for option in pick.options] == ["fails", "refuses", "fine_but_slow", "fine"]


def test_refusals_are_no_failures(metrics: PerformanceMetrics, fill: Callable[..., None]) -> None:
    fill("command.x", [0.1], outcome="denied")
    fill("command.x", [0.1], outcome="bad_input")
    embed = Overview(24).draw(metrics, NOW).report.build()
    assert "Nothing failed in 2 calls of 1 operation." in (embed.description or "")
    assert "2 refused" in (embed.description or "")
    detail = Detail("command.x", 24).draw(metrics, NOW).report.build()
    assert "None of 2 calls failed. Refused: 1 " in (detail.description or "")


def test_percentiles_are_withheld_until_there_are_calls_enough(
    metrics: PerformanceMetrics, fill: Callable[..., None]
) -> None:
    fill("op", [0.1] * 19)
    assert "p95 needs 20 calls · p99 needs 100 calls" in described(Detail("op", 24), metrics)
    fill("op", [0.1], ago=30)
    assert "p95 100 ms · p99 needs 100 calls" in described(Detail("op", 24), metrics)
    fill("op", [0.1] * 80, ago=10)
    assert "p95 100 ms · p99 100 ms" in described(Detail("op", 24), metrics)


def described(screen: Screen, metrics: PerformanceMetrics) -> str:
    return (screen.draw(metrics, NOW).report.build().description or "").replace("\u00a0", " ")


@pytest.mark.usefixtures("small")
def test_turning_pages_shows_the_same_calls_though_new_ones_came(
    metrics: PerformanceMetrics, fill: Callable[..., None]
) -> None:
    first = Recent(limit=12).draw(metrics, NOW)
    fill("new", [0.1] * 20, ago=0)
    to = link(first, "next").to
    assert to is not None
    second = to.draw(metrics, NOW)
    assert "`new`" not in (second.report.build().description or "")
    assert link(second, "page").label == "2/2"
    assert link(second, "next").to is None
    back = link(second, "previous").to
    assert back is not None
    assert back.draw(metrics, NOW).report.build() == first.report.build()


@pytest.mark.usefixtures("small")
def test_back_leads_to_where_one_came_from(metrics: PerformanceMetrics) -> None:
    overview = Overview(24 * 7)
    detail = Detail("docker_operation", 24, overview)
    for key in ("slowest", "failures", "recent"):
        to = link(detail.draw(metrics, NOW), key).to
        assert to is not None
        onward = to.draw(metrics, NOW)
        back = link(onward, "back").to
        assert isinstance(back, Detail)
        assert replace(back, facts=None, chart=None) == detail
    assert link(detail.draw(metrics, NOW), "back").to == overview


@pytest.mark.usefixtures("small")
def test_a_window_button_reads_that_window_anew(metrics: PerformanceMetrics) -> None:
    page = Overview(6).draw(metrics, NOW)
    assert not any(one.current for row in page.rows if not isinstance(row, Pick) for one in row)
    week = link(page, "window_168")
    assert week.to == Overview(168)
    assert link(Overview(168).draw(metrics, NOW), "window_168").current


def test_what_is_wrong_with_the_data_stands_under_the_report(
    metrics: PerformanceMetrics, fill: Callable[..., None], tmp_path: Path
) -> None:
    fill("op", [0.1])
    metrics.flush()
    with (tmp_path / "metrics" / "performance_metrics.jsonl").open("a") as file:
        file.write("rubbish\n")
    assert "1 damaged line skipped" in (Overview(24).draw(metrics, NOW).report.build().footer.text or "")


def test_a_failing_disk_is_told_before_the_numbers(metrics: PerformanceMetrics, fill: Callable[..., None]) -> None:
    fill("op", [0.1])
    overview = Overview(24)
    overview.draw(metrics, NOW)
    page = overview.draw(metrics, NOW)
    to = link(page, "window_24").to
    assert to is not None
    from utils.metrics.overview import gather  # noqa: PLC0415

    facts = gather(metrics, 24, NOW)
    broken = replace(facts, health=replace(facts.health, last_error="no space left on device", dropped=7))
    embed = overview.page_of(broken).report.build()
    assert "⚠ New measurements can't be saved: no space left on device" in (embed.description or "")
    assert "7 dropped" in (embed.footer.text or "")
