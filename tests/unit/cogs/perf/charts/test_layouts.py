"""What charts show, as numbers and words: nothing is drawn here."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.perf.charts import axes
from cogs.perf.charts.before_after import BeforeAfter
from cogs.perf.charts.heatmap import SHADES, Heatmap, Measure
from cogs.perf.charts.histogram import Histogram
from cogs.perf.charts.over_time import CROSSES, FEW, OverTime
from cogs.perf.charts.picture import GREY, ORANGE, RED, Picture
from cogs.perf.charts.subject import Subject
from utils.metrics.analysis.spans import Span
from utils.metrics.samples import FAILED, OK, Samples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NOW = 1_795_500_000.0  # Tuesday 24 November 2026, 06:00 UTC
HOUR, DAY = 3_600.0, 86_400.0
LAST = Span(NOW - DAY, NOW, "last 24 h")
BEFORE = Span(NOW - 2 * DAY, NOW - DAY, "previous 24 h")
SUBJECT = Subject("docker_operation", LAST)
CALLS = st.lists(
    st.tuples(st.floats(NOW - 40 * DAY, NOW, exclude_max=True), st.floats(0, 1e6), st.sampled_from((FAILED, OK))),
    min_size=1,
)
DURATIONS = st.lists(st.floats(0, 1e7), min_size=1)


def busy(seconds: float = 0.3) -> Samples:
    """Forty calls an hour, none from three to six at night, one in forty slow, failures at ten in the evening."""
    calls = []
    for number in range(24 * 40):
        end = NOW - DAY + number * 90.0
        hour = datetime.fromtimestamp(end, UTC).hour
        if not 3 <= hour < 6:
            failed = hour == 22 and number % 10 == 0
            calls.append((end, 30.0 if failed else seconds * (1 + number % 40 / 10), FAILED if failed else OK))
    return Samples.of(calls)


def failing(each_hour: Sequence[int], seconds: float = 0.3) -> Samples:
    """Forty calls an hour of which so many fail, spread over the hour."""
    return Samples.of(
        (NOW - (len(each_hour) - hour) * HOUR + number * 90.0, seconds, FAILED if number * failed % 40 < failed else OK)
        for hour, failed in enumerate(each_hour)
        for number in range(40)
    )


def text_of(picture: Picture) -> str:
    """A picture as a few lines: its texts, its axes, and what stands on them with few digits."""
    lines = [f"# {picture.title} | {picture.note}", f"key: {' '.join(f'[{e.sign} {e.text}]' for e in picture.key)}"]
    for name, axis in (("x", picture.x), ("y", picture.y)):
        scale = "log" if axis.log else "linear"
        lines.append(f"{name}: {scale} {axis.low:.6g} to {axis.high:.6g}: {', '.join(t for _, t in axis.ticks)}")
    for line in picture.lines:
        values = " ".join("-" if y is None else f"{y:.3g}" for y in line.ys)
        lines.append(f"line {line.colour} {line.style}: {values}")
    lines += [f"marks {m.shape} {m.colour}: {len(m.xs)}" for m in picture.marks]
    lines += [f"rule {r.colour} {r.style} at {r.at:.4g}" for r in picture.rules]
    lines += [f"box {b.colour} {b.x:.4g} {b.y:.4g} {b.width:.3g} {b.height:.4g}" for b in picture.boxes if b.height > 0]
    return "\n".join([*lines, picture.alt]) + "\n"


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("chart-time", lambda: OverTime.of(SUBJECT, busy(), 1.1).picture()),
        ("chart-time-failing", lambda: OverTime.of(SUBJECT, failing([4] * 12 + [20, 0] + [1] * 10), 1.1).picture()),
        ("chart-time-few", lambda: OverTime.of(SUBJECT, Samples.of([(NOW - 60, 0.3, OK), (NOW - 5, 2, FAILED)]), None)
         .picture()),
        ("chart-histogram", lambda: Histogram.of(SUBJECT, busy()).picture()),
        ("chart-heatmap", lambda: Heatmap.of(SUBJECT, busy(), slow=True).picture()),
        ("chart-busy", lambda: Heatmap.of(SUBJECT, busy(), slow=False).picture()),
        ("chart-before-after", lambda: BeforeAfter.of(SUBJECT, busy().with_more(
            (end - DAY, seconds / 2, ending) for end, seconds, ending in zip(
                busy().ends, busy().durations, busy().endings, strict=True)), BEFORE).picture()),
    ],
)  # fmt: skip
def test_a_chart_shows_the_numbers_that_are_kept(
    name: str, picture: Callable[[], Picture], golden: Callable[[str, str], None]
) -> None:
    golden(name, text_of(picture()))


def test_where_nothing_was_called_the_lines_have_a_gap() -> None:
    chart = OverTime.of(SUBJECT, busy(), None)
    for line in chart.picture().lines:
        assert all(y is None for part, y in zip(chart.slices, line.ys, strict=True) if not part.calls)
    assert any(y is None for y in chart.picture().lines[0].ys)


def test_p95_has_no_point_where_fewer_than_20_calls_stand_behind_it() -> None:
    few = Samples.of((NOW - DAY + number * 220.0, 0.1, OK) for number in range(FEW + 60))
    sparse = Span(NOW - DAY, NOW, "last 24 h")
    chart = OverTime.of(Subject("x", sparse), few.with_more([(NOW - 1, 9.0, OK)]), None)
    (p95,) = [line for line in chart.picture().lines if line.colour == ORANGE]
    assert [y is not None for y in p95.ys] == [part.calls >= 20 for part in chart.slices]


def test_failures_have_a_shape_and_their_number_stands_in_the_key() -> None:
    picture = OverTime.of(SUBJECT, busy(), None).picture()
    assert {marks.shape for marks in picture.marks} == {"x"}
    assert [entry.text for entry in picture.key if entry.sign == "x"] == ["4 failed"]


@given(st.lists(st.integers(0, 40), min_size=24, max_size=24), st.sampled_from((0.0, 1e-5, 0.3, 1e5)))
def test_many_failures_are_bars_below_the_lines_as_high_as_their_share(each_hour: list[int], seconds: float) -> None:
    calls = failing(each_hour, seconds).with_more([(NOW - 1, 50.0, OK)])
    chart = OverTime.of(SUBJECT, calls, None)
    picture = chart.picture()
    check(picture)
    failed = [part for part in chart.slices if part.failed]
    signs = [entry.sign for entry in picture.key if "failed" in entry.text]
    if len(failed) <= CROSSES:
        assert (picture.boxes, signs) == ((), ["x"] if failed else [])
        return
    assert (picture.marks, signs) == ((), ["box"])
    lowest = min(y for line in picture.lines for y in line.ys if y is not None)
    heights = dict(zip((part.failure_share for part in failed), picture.boxes, strict=True))
    for box, part in zip(picture.boxes, failed, strict=True):
        assert part.start <= box.x < box.x + box.width <= part.end
        assert picture.y.low == box.y < box.y + box.height < lowest
    ordered = [heights[share].height for share in sorted(heights)]
    assert ordered == sorted(ordered)
    assert "Up to " in picture.alt


@pytest.mark.parametrize(("hours", "bars"), [(CROSSES, False), (CROSSES + 1, True)])
def test_bars_come_where_crosses_would_be_too_many(hours: int, bars: bool) -> None:  # noqa: FBT001
    picture = OverTime.of(SUBJECT, failing([0] * (24 - hours) + [1] * hours), None).picture()
    assert (bool(picture.boxes), bool(picture.marks)) == (bars, not bars)
    texts = [entry.text for entry in picture.key if "failed" in entry.text]
    assert texts == ([f"{hours} failed, up to 5 %"] if bars else [f"{hours} failed"])


def test_many_failures_among_few_calls_have_small_crosses() -> None:
    sizes = []
    for number in (48, 49):
        calls = Samples.of((NOW - 60 - at, 0.1, FAILED) for at in range(number))
        sizes += [marks.size for marks in OverTime.of(SUBJECT, calls, None).picture().marks]
    assert sizes[0] > sizes[1]


def test_no_two_lines_differ_by_colour_alone() -> None:
    for picture in (OverTime.of(SUBJECT, busy(), 1.1).picture(), Histogram.of(SUBJECT, busy()).picture()):
        signs = {(line.style, line.width) for line in picture.lines} | {(rule.style, 0.0) for rule in picture.rules}
        assert len(signs) == len(picture.lines) + len(picture.rules)


def test_the_usual_p95_is_a_dashed_line_with_its_value_in_the_key() -> None:
    picture = OverTime.of(SUBJECT, busy(), 1.1).picture()
    assert [(rule.at, rule.style) for rule in picture.rules] == [(1.1, "--")]
    assert ("usual 1.1 s", GREY) in [(entry.text, entry.colour) for entry in picture.key]
    assert "Usual p95 1.1 s." in picture.alt


def test_few_calls_are_drawn_one_by_one() -> None:
    picture = OverTime.of(SUBJECT, Samples.of([(NOW - 60, 0.3, OK), (NOW - 5, 2, FAILED)]), None).picture()
    assert [(marks.shape, marks.xs) for marks in picture.marks] == [("o", (NOW - 60,)), ("x", (NOW - 5,))]
    assert RED in {marks.colour for marks in picture.marks}


def test_by_the_hour_p95_gives_way_to_p50_and_that_to_numbers_where_calls_are_few() -> None:
    def each_hour(number: int) -> Samples:
        return Samples.of((NOW - DAY + h * HOUR + n, 0.1, OK) for h in range(24) for n in range(number))

    found = [Heatmap.of(SUBJECT, each_hour(number), slow=True).measure for number in (20, 19, 5, 4)]
    assert found == [Measure.P95, Measure.P50, Measure.P50, Measure.CALLS]


def test_a_cell_with_too_few_calls_has_a_dot_and_no_shade() -> None:
    calls = [(NOW - DAY + h * HOUR + n, 0.1, OK) for h in range(23) for n in range(20)]
    picture = Heatmap.of(SUBJECT, Samples.of([*calls, (NOW - 1, 5.0, OK)]), slow=True).picture()
    (dots,) = picture.marks
    assert len(dots.xs) == 1
    assert picture.key[-1].text == "<20 calls"
    place = dots.xs[0], dots.ys[0]
    (box,) = [box for box in picture.boxes if (math.floor(box.x) + 0.5, math.floor(box.y) + 0.5) == place]
    assert box.colour not in SHADES


def test_hours_and_labels_are_those_of_the_zone() -> None:
    there = Subject("x", LAST, ZoneInfo("Asia/Kolkata"))
    chart = Heatmap.of(there, Samples.of([(NOW - 60, 0.1, OK)]), slow=False)
    assert chart.ranked()[0][1:3] == (1, 11)  # Tuesday, 06:00 UTC less a minute is 11:29 there
    assert there.note == "last 24 h · Kolkata"
    labels = dict(axes.moments(LAST.start, LAST.end, there.zone).ticks)
    assert {datetime.fromtimestamp(at, there.zone).strftime("%H:%M") for at in labels} == set(labels.values())


@given(CALLS, st.sampled_from((1, 24, 168, 720, 8_760)), st.floats(0, 100) | st.none())
def test_whatever_was_measured_a_chart_is_whole(
    calls: list[tuple[float, float, int]], hours: int, usual: float | None
) -> None:
    span = Span(NOW - hours * HOUR, NOW, f"last {hours} h")
    samples, subject = Samples.of(calls), Subject("x" * 3_000 + "\ud800\n", span)
    pictures = [OverTime.of(subject, samples, usual).picture(), Histogram.of(subject, samples).picture()]
    pictures += [Heatmap.of(subject, samples, slow=slow).picture() for slow in (True, False)]
    if samples.between(span.start - hours * HOUR, span.end):
        before = Span(span.start - hours * HOUR, span.start, "before")
        pictures.append(BeforeAfter.of(subject, samples, before).picture())
    for picture in pictures:
        check(picture)


def check(picture: Picture) -> None:
    """What must hold of any picture: it can be sent, fits, and everything stands on its axes."""
    json.dumps(asdict(picture), allow_nan=False)
    assert 0 < len(picture.alt) <= 1_024
    assert len(picture.title) + len(picture.note) <= 60
    assert sum(len(entry.text) + 4 for entry in picture.key) <= 80
    for axis in (picture.x, picture.y):
        assert axis.low < axis.high
        assert not axis.log or axis.low > 0
        assert all(axis.low <= at <= axis.high * (1 + 1e-9) for at, _ in axis.ticks)
    places: list[Any] = [(x, y) for line in picture.lines for x, y in zip(line.xs, line.ys, strict=True)]
    places += [(x, y) for marks in picture.marks for x, y in zip(marks.xs, marks.ys, strict=True)]
    places += [(box.x, box.y) for box in picture.boxes]
    places += [(rule.at, None) if rule.upright else (None, rule.at) for rule in picture.rules]
    for x, y in places:
        assert x is None or inside(picture.x.low, x, picture.x.high)
        assert y is None or inside(min(picture.y.low, axes.FLOOR), y, picture.y.high)


def inside(low: float, value: float, high: float) -> bool:
    slack = 1e-9 * max(abs(low), abs(high))
    return low - slack <= value <= high + slack


@given(DURATIONS, st.sampled_from((True, False, None)))
def test_an_axis_of_durations_holds_them_all_with_few_labels(values: list[float], log: bool | None) -> None:  # noqa: FBT001
    axis = axes.durations(values, log=log)
    assert axis.high >= max(values)
    assert axis.low <= max(min(values), axes.FLOOR)
    assert 1 <= len(axis.ticks) <= 8
    assert all(before < after for (before, _), (after, _) in pairwise(axis.ticks))


@given(st.integers(0, 10**12))
def test_an_axis_of_calls_holds_them_all_with_few_labels(number: int) -> None:
    axis = axes.calls(number)
    assert axis.high > number
    assert 1 <= len(axis.ticks) <= 8


@given(
    st.floats(HOUR, 20 * 365 * DAY),
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - hypothesis takes it so
    st.sampled_from(("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns")),
)
def test_an_axis_of_moments_has_labels_that_leave_each_other_room(length: float, end: datetime, zone: str) -> None:
    at = end.replace(tzinfo=UTC).timestamp()
    axis = axes.moments(at - length, at, ZoneInfo(zone))
    assert len(axis.ticks) <= 9
    assert all(later - earlier >= length / 7.5 for (earlier, _), (later, _) in pairwise(axis.ticks))
    if length > 3 * HOUR:
        assert axis.ticks


def test_labels_tell_the_year_where_days_come_twice() -> None:
    start = datetime(2024, 11, 24, tzinfo=UTC)
    axis = axes.moments(start.timestamp(), (start + timedelta(days=800)).timestamp(), UTC)
    assert "2025" in " ".join(text for _, text in axis.ticks)
