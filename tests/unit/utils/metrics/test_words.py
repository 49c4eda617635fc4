"""The words that a chat and a terminal share."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics import words
from utils.metrics.model import CleanupPreview, Health, MetricEntry
from utils.metrics.stats import summarise
from utils.metrics.tally import Group


def call(*, success: bool = True, **metadata: object) -> MetricEntry:
    return MetricEntry("op", 1.0, 2.0, 1.0, success, "1970-01-01T00:00:02", dict(metadata))


def group(calls: int, **outcomes: int) -> Group:
    made = Group([1.0] * calls)
    made.outcomes.update(outcomes)
    return made


@pytest.mark.parametrize(
    ("hours", "told"),
    [(1, "1 h"), (24, "24 h"), (36, "36 h"), (48, "48 h"), (72, "3 d"), (168, "7 d"), (0.5, "30 min")],
)
def test_a_window_is_told_in_hours_up_to_two_days_and_then_in_days(hours: float, told: str) -> None:
    assert words.window(hours) == told


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_any_window_has_a_name(hours: float) -> None:
    assert words.window(hours)


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        (1, "p50 1 s · p95 needs 20 calls · p99 needs 100 calls"),
        (20, "p50 1 s · p95 1 s · p99 needs 100 calls"),
        (100, "p50 1 s · p95 1 s · p99 1 s"),
    ],
)
def test_a_percentile_that_needs_more_calls_is_not_told(calls: int, told: str) -> None:
    stats = summarise("op", [1.0] * calls, successes=calls, last_24h=calls, last_hour=calls)
    assert words.percentiles(stats) == told


@pytest.mark.parametrize(
    ("calls", "outcomes", "told"),
    [
        (1, {}, "The one call succeeded."),
        (3, {}, "All 3 calls succeeded."),
        (3, {"denied": 1}, "None of 3 calls failed. Refused: 1 denied."),
        (3, {"failed": 2}, "✗ *2* of 3 calls failed."),
        (9, {"timeout": 2, "bad_input": 1}, "✗ *2* of 9 calls failed (timeout). Refused: 1 bad input."),
        (9, {"timeout": 2, "error": 1}, "✗ *3* of 9 calls failed (2 timeout, 1 error)."),
    ],
)
def test_failures_are_told_with_their_ways_and_refusals_apart(calls: int, outcomes: dict[str, int], told: str) -> None:
    stats = summarise("op", [1.0] * calls, successes=calls - sum(outcomes.values()), last_24h=calls, last_hour=calls)
    assert words.endings(stats, group(calls, **outcomes), strong=lambda text: f"*{text}*") == told


@pytest.mark.parametrize(
    ("entry", "told", "kind"),
    [
        (call(), "ok", None),
        (call(success=False), "failed", None),
        (call(success=False, outcome="bad_input"), "bad input", None),
        (call(success=False, outcome="error", error_type="KeyError"), "error", "KeyError"),
        (call(success=False, outcome="timeout", error_type="TimeoutError"), "timeout", None),
        (call(success=False, outcome=7), "failed", None),
    ],
)
def test_the_end_of_a_call_has_a_name(entry: MetricEntry, told: str, kind: str | None) -> None:
    assert (words.outcome(entry), words.error_type(entry)) == (told, kind)


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.floats() | st.text() | st.lists(st.integers())))
def test_any_metadata_has_its_words(metadata: dict[str, Any]) -> None:
    entry = call(success=False, **{f"{key}": value for key, value in metadata.items()})
    words.outcome(entry)
    words.error_type(entry)
    words.subject(entry)
    words.waits(entry)
    assert len(words.untold(entry.metadata)) <= len(metadata)


@pytest.mark.parametrize("value", [True, "3", None, math.nan, math.inf, 0.0001, -1])
def test_what_is_no_time_worth_telling_is_left_out(value: object) -> None:
    assert words.waits(call(queue_wait=value, ack=0.08)) == ["ack 80 ms"]


def test_a_report_says_how_exact_it_is_and_whether_all_is_loaded() -> None:
    assert words.exact(4812) == "exact over 4,812 calls"
    assert words.exact(1, approximate=True) == "percentiles within 1 %, over 1 call"
    health = Health(7, 0, 3, 1, 100, None, None, Path("x"), index_state="loading 43 %")
    assert words.freshness(health, 95.0, 100.0) == [
        "still loading 43 %", "last write 5 s ago", "3 dropped", "1 damaged line skipped",
    ]  # fmt: skip
    assert words.freshness(replace(health, index_state="ready", dropped=0, corrupt_lines=0), 99.0, 100.0) == [
        "last write just now"
    ]


def test_a_list_says_how_much_it_shows() -> None:
    assert words.shown(50, "latest", 50) == "the latest 50"
    assert words.shown(7, "slowest", 50, ("discord_api",)) == "all 7 there are · discord_api left out"
    assert words.shown(1, "slowest", 50) == "the only one"


def test_a_cleanup_says_what_goes_and_what_stays() -> None:
    preview = CleanupPreview(removed=4812, kept=61_204, bytes_freed=900_000, cutoff=0)
    assert words.cleanup_question(preview, "1 May") == "Delete 4,812 entries older than 1 May? 61,204 stay."
    assert words.cleanup_question(replace(preview, removed=1, kept=1), "1 May").endswith(
        "1 entry older than 1 May? 1 stays."
    )
    assert words.cleanup_cost(preview, "a backup").startswith("The file shrinks by 0.9 MB.")
    assert words.cleanup_nothing(1) == "Nothing is older than 1 day."
    assert words.cleanup_nothing(0.5) == "Nothing is older than 0.5 days."


def test_what_a_call_consisted_of_is_told_by_a_report_of_its_own() -> None:
    assert words.untold({"parts": {"docker": 0.2}, "route": "/x"}) == [("route", "/x")]
