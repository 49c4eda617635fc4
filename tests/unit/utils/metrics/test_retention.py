"""Retention: what goes is the oldest, no more than must, and never for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.metrics.kit import NOW, ManualClock
from utils.metrics.model import CleanupPreview
from utils.metrics.retention import ROOM, Cut, Done, Policy, decide, keep
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = 86_400


class Store:
    """Entries as ages in seconds with their bytes, beside bytes that belong to no entry."""

    def __init__(self, entries: list[tuple[int, int]], junk: int = 0) -> None:
        self.entries = entries
        self.junk = junk
        self.looks = 0

    @property
    def size(self) -> int:
        return self.junk + sum(size for _, size in self.entries)

    def preview(self, days: float) -> CleanupPreview:
        self.looks += 1
        gone = [size for age, size in self.entries if age > days * DAY]
        return CleanupPreview(len(gone), len(self.entries) - len(gone), sum(gone), 0.0)

    def decide(self, policy: Policy) -> Cut:
        return decide(policy, self.size, self.preview)

    def after(self, cut: Cut) -> Store:
        stay = self.entries if cut.days is None else [one for one in self.entries if one[0] <= cut.days * DAY]
        return Store(stay, self.junk)


stores = st.builds(
    Store, st.lists(st.tuples(st.integers(1, 4_000 * DAY), st.integers(40, 2_000)), max_size=60), st.integers(0, 3_000)
)
policies = st.builds(Policy, st.none() | st.integers(1, 2_000).map(float), st.none() | st.integers(1_000, 60_000))


@settings(deadline=None)
@given(stores, policies)
def test_after_a_cut_the_policy_holds_and_nothing_more_is_to_be_done(store: Store, policy: Policy) -> None:
    cut = store.decide(policy)
    left = store.after(cut)
    if policy.max_bytes is not None:
        assert cut.hopeless or left.size <= policy.max_bytes
    if policy.days is not None:
        assert all(age <= (policy.days + 1) * DAY for age, _ in left.entries)
    again = left.decide(policy)
    assert again == Cut(None, hopeless=cut.hopeless)


@settings(deadline=None)
@given(stores, policies)
def test_no_entry_goes_that_could_stay(store: Store, policy: Policy) -> None:
    cut = store.decide(policy)
    left = store.after(cut)
    gone = [age for age, _ in store.entries if cut.days is not None and age > cut.days * DAY]
    if cut.for_size:
        assert policy.max_bytes is not None
        assert left.size <= policy.max_bytes * ROOM
        one_more = [size for age, size in store.entries if age == min(gone)]
        assert left.size + sum(one_more) > policy.max_bytes * (ROOM - 0.01)
    elif gone:
        assert policy.days is not None
        assert all(age > policy.days * DAY for age in gone)


@settings(deadline=None)
@given(stores, policies)
def test_the_oldest_go_and_never_a_younger_one_before_them(store: Store, policy: Policy) -> None:
    left = store.after(store.decide(policy))
    gone = set(store.entries) - set(left.entries)
    assert all(age > stays for age, _ in gone for stays, _ in left.entries)


@settings(deadline=None)
@given(stores)
def test_without_a_policy_everything_stays(store: Store) -> None:
    assert Policy().keeps_all
    assert store.decide(Policy()) == Cut(None)


@settings(deadline=None)
@given(stores, policies)
def test_a_decision_takes_few_looks(store: Store, policy: Policy) -> None:
    store.decide(policy)
    assert store.looks < 70


def test_a_cleanup_waits_until_the_oldest_is_a_day_over_its_age() -> None:
    policy = Policy(days=30)
    assert Store([(30 * DAY + 100, 50), (31 * DAY - 100, 50)]).decide(policy).days is None
    assert Store([(30 * DAY + 100, 50), (31 * DAY + 100, 50)]).decide(policy).days == 30


def test_a_file_full_of_other_lines_does_not_cost_the_entries() -> None:
    store = Store([(100, 500), (5 * DAY, 500)], junk=10_000)
    assert store.decide(Policy(max_bytes=9_000)) == Cut(None, hopeless=True)
    assert store.decide(Policy(days=1, max_bytes=9_000)) == Cut(1, hopeless=True)


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path, clock=ManualClock())
    yield made
    made.close()


def fill(metrics: PerformanceMetrics, days: range) -> None:
    for day in days:
        metrics.record("op", 1.0, metadata={"day": day}, end_time=NOW - day * DAY - 1)


def test_entries_over_their_age_are_removed_from_the_file(metrics: PerformanceMetrics) -> None:
    fill(metrics, range(100))
    before = metrics.health().file_bytes
    done = keep(metrics, Policy(days=30))
    assert isinstance(done, Done)
    assert (done.removed, done.kept) == (70, 30)
    assert done.bytes_freed == before - metrics.health().file_bytes
    assert str(done).startswith("Removed 70 entries older than 30 days; 30 stay; the file shrank by ")
    assert keep(metrics, Policy(days=30)) == Cut(None)


def test_a_file_over_its_size_loses_the_oldest_until_it_fits(metrics: PerformanceMetrics) -> None:
    fill(metrics, range(400))
    limit = metrics.health().file_bytes // 2
    done = keep(metrics, Policy(max_bytes=limit))
    assert isinstance(done, Done)
    assert limit * 0.88 < metrics.health().file_bytes <= limit * ROOM
    assert [entry.metadata["day"] for entry in metrics.get_recent_metrics(limit=999)] == list(range(done.kept))
    assert "to keep the file below" in str(done)
    assert keep(metrics, Policy(max_bytes=limit)) == Cut(None)


def test_nothing_to_keep_is_nothing_to_do(metrics: PerformanceMetrics) -> None:
    assert keep(metrics, Policy(days=1, max_bytes=1)) == Cut(None)
