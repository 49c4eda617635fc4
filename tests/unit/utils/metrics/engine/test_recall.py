from __future__ import annotations

from utils.metrics.engine.recall import MAX_BYTES, MAX_ENTRIES, Recall
from utils.metrics.model import MetricEntry


def entry(number: int) -> MetricEntry:
    metadata = {"n": number, "list": [1], "object": {"a": 1}}
    return MetricEntry("op", 1.0, 2.0, 1.0, True, "then", metadata, {"host": "alpha"})


def test_an_entry_comes_back_equal_and_shares_nothing_that_can_be_changed() -> None:
    recall = Recall()
    recall.put(0, entry(1), 100)
    recall.put(1, MetricEntry("op", 1.0, 2.0, 1.0, success=True, timestamp="then"), 100)
    for _ in range(2):
        found, plain = recall.get(0), recall.get(1)
        assert found == entry(1)
        assert plain == MetricEntry("op", 1.0, 2.0, 1.0, success=True, timestamp="then")
        found.metadata["list"].append(2)
        found.metadata["object"]["b"] = 2
        found.extra["port"] = 1
        plain.metadata["new"] = 1


def test_what_the_caller_changes_is_not_remembered() -> None:
    recall, mine = Recall(), entry(1)
    recall.put(0, mine, 100)
    mine.metadata.clear()
    found = recall.get(0)
    assert found == entry(1)
    found.metadata.clear()
    assert recall.get(0) == entry(1)


def test_the_entries_that_were_not_asked_for_longest_are_forgotten() -> None:
    recall = Recall()
    for number in range(MAX_ENTRIES):
        recall.put(number, entry(number), 1)
    recall.get(0)
    recall.put(MAX_ENTRIES, entry(MAX_ENTRIES), 1)
    assert recall.get(0) == entry(0)
    assert recall.get(1) is None
    assert recall.get(MAX_ENTRIES) == entry(MAX_ENTRIES)
    recall.clear()
    assert recall.get(0) is None


def test_long_lines_take_no_more_than_their_share_of_memory() -> None:
    recall = Recall()
    for number in range(20):
        recall.put(number, entry(number), MAX_BYTES // 4)
    assert [number for number in range(20) if recall.get(number)] == [16, 17, 18, 19]
