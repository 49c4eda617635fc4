from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.analysis.week import Cell, by_hour
from utils.metrics.samples import OK, Samples
from utils.metrics.stats import percentile

if TYPE_CHECKING:
    from datetime import tzinfo

START = 1_792_800_000.0
LENGTH = 10 * 86_400.0  # over the night in which clocks are put back in Europe
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]).map(ZoneInfo)


@given(st.lists(st.tuples(st.floats(START - 9_000, START + LENGTH + 9_000), st.floats(0, 9), st.just(OK))), ZONES)
def test_each_call_counts_in_the_hour_that_clocks_of_the_zone_show(
    calls: list[tuple[float, float, int]], zone: tzinfo
) -> None:
    wanted: dict[tuple[int, int], list[float]] = {}
    for end, seconds, _ in calls:
        if START <= end < START + LENGTH:
            moment = datetime.fromtimestamp(end, zone)
            wanted.setdefault((moment.weekday(), moment.hour), []).append(seconds)
    found = by_hour(Samples.of(calls), START, START + LENGTH, zone)
    assert [len(row) for row in found] == [24] * 7
    for weekday, row in enumerate(found):
        for hour, cell in enumerate(row):
            values = sorted(wanted.get((weekday, hour), []))
            if not values:
                assert cell == Cell()
            else:
                assert cell.calls == len(values)
                assert cell.p50 == pytest.approx(percentile(values, 0.5))
                assert cell.p95 == pytest.approx(percentile(values, 0.95))
