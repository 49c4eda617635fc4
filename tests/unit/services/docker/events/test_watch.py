"""What is told of containers, and what is not: no alert for what was asked for, none twice, none lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.events.model import Kind, Rules
from services.docker.events.parse import Event, Happening
from services.docker.events.watch import Watch
from tests.contract.docker.happening import NOON

if TYPE_CHECKING:
    from services.docker.events.model import Bulletin, Finding

COOLDOWN, GROUP, LOOP = 900.0, 10.0, 600.0


@dataclass
class Story:
    """Events told one after the other, and what comes of them."""

    rules: Rules = field(default_factory=Rules)
    now: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    told: list[tuple[float, Bulletin]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch = Watch(self.rules)

    def happens(
        self,
        name: str,
        happening: Happening,
        *,
        exit_code: int | None = None,
        signal: int | None = None,
        muted: bool = False,
    ) -> tuple[Finding, ...]:
        at_ns = round((NOON + self.now) * 1_000_000_000)
        event = Event(f"id-{name}", name, happening, at_ns, exit_code=exit_code, signal=signal)
        found = self.watch.hear(event, self.now, muted=muted)
        self.findings += found
        return found

    def dies(self, name: str, exit_code: int = 1, *, muted: bool = False) -> tuple[Finding, ...]:
        return self.happens(name, Happening.DIE, exit_code=exit_code, muted=muted)

    def starts(self, name: str) -> tuple[Finding, ...]:
        return self.happens(name, Happening.START)

    def passes(self, seconds: float) -> list[Bulletin]:
        """Time goes by, and whatever is due is told at its moment."""
        end = self.now + seconds
        told: list[Bulletin] = []
        while (moment := self.watch.next_due()) is not None and moment <= end:
            self.now = max(self.now, moment)
            due = self.watch.due(self.now)
            assert due, "it woke up for nothing"
            told += due
            self.told += [(self.now, bulletin) for bulletin in due]
        self.now = end
        return told


def kinds(bulletin: Bulletin) -> list[tuple[str, dict[Kind, int]]]:
    return [(alert.container.name, dict(alert.counts)) for alert in bulletin.alerts]


def test_a_container_that_ends_with_an_error_unasked_has_died() -> None:
    story = Story()
    (finding,) = story.dies("web", 3)
    assert (finding.kind, finding.exit_code, finding.at) == (Kind.DIED, 3, NOON)
    (bulletin,) = story.passes(GROUP)
    assert kinds(bulletin) == [("web", {Kind.DIED: 1})]


def test_a_clean_end_is_no_alarm() -> None:
    story = Story()
    assert story.dies("job", 0) == ()
    assert story.passes(3600) == []


@pytest.mark.parametrize("signal", [15, 9, 2, 3, 37, None])
def test_an_end_that_was_asked_for_is_no_alarm_however_long_it_takes(signal: int | None) -> None:
    story = Story()
    story.happens("web", Happening.KILL, signal=signal)
    story.passes(500)
    assert story.dies("web", 137) == ()


def test_what_was_asked_of_one_container_excuses_no_other() -> None:
    story = Story()
    story.happens("web", Happening.KILL, signal=15)
    assert [finding.container.name for finding in story.dies("db")] == ["db"]


def test_what_was_asked_before_the_last_start_excuses_nothing() -> None:
    story = Story()
    story.happens("web", Happening.KILL, signal=15)
    story.dies("web", 143)
    story.happens("web", Happening.STOP)
    story.starts("web")
    assert len(story.dies("web")) == 1


def test_a_signal_that_is_a_message_excuses_an_end_for_a_moment_alone() -> None:
    story = Story()
    story.happens("web", Happening.KILL, signal=1)
    story.passes(60)
    assert len(story.dies("web")) == 1
    story.starts("web")
    story.happens("web", Happening.KILL, signal=1)
    story.passes(5)
    assert story.dies("web") == ()


def test_an_engine_that_tells_of_the_stop_after_the_end_alone_makes_no_alert() -> None:
    story = Story()
    story.dies("db")
    story.dies("web", 143)
    story.happens("web", Happening.STOP)
    (bulletin,) = story.passes(GROUP)
    assert kinds(bulletin) == [("db", {Kind.DIED: 1})]
    story.starts("web")
    story.dies("web")
    (bulletin,) = story.passes(GROUP)
    assert kinds(bulletin) == [("web", {Kind.DIED: 1})]


def test_when_all_is_taken_back_nothing_is_told() -> None:
    story = Story()
    story.dies("web", 143)
    story.happens("web", Happening.STOP)
    assert story.passes(3600) == []


def test_what_comes_within_a_few_seconds_becomes_one_message() -> None:
    story = Story()
    for name in ("a", "b", "c", "d"):
        story.dies(name)
        story.passes(2)
    (bulletin,) = story.passes(GROUP)
    assert [name for name, _ in kinds(bulletin)] == ["a", "b", "c", "d"]
    assert story.told[0][0] == GROUP


def test_out_of_memory_and_the_end_it_brings_stand_in_one_line() -> None:
    story = Story()
    story.happens("web", Happening.OOM)
    story.dies("web", 137)
    (bulletin,) = story.passes(GROUP)
    assert kinds(bulletin) == [("web", {Kind.OOM: 1, Kind.DIED: 1})]
    assert bulletin.alerts[0].exit_code == 137


def test_a_restart_by_docker_is_seen_as_a_recovery_in_the_same_message() -> None:
    story = Story()
    story.dies("web")
    story.now += 0.1
    story.starts("web")
    (bulletin,) = story.passes(GROUP)
    assert bulletin.alerts[0].recovered == pytest.approx(NOON + 0.1)


def test_a_later_recovery_brings_the_same_bulletin_again() -> None:
    story = Story()
    story.happens("web", Happening.UNHEALTHY)
    (first,) = story.passes(60)
    story.starts("web")
    assert story.passes(60) == [], "started is not healthy yet"
    story.happens("web", Happening.HEALTHY)
    (again,) = story.passes(60)
    assert (again.number, again.alerts[0].recovered) == (first.number, NOON + 120)


def test_three_restarts_in_ten_minutes_are_a_loop() -> None:
    story = Story()
    for _ in range(2):
        story.dies("web", 7)
        story.now += 0.1
        assert story.starts("web") == ()
    story.dies("web", 7)
    (finding,) = story.starts("web")
    assert (finding.kind, finding.exit_code) == (Kind.RESTART_LOOP, 7)
    (bulletin,) = story.passes(GROUP)
    assert kinds(bulletin) == [("web", {Kind.DIED: 3, Kind.RESTART_LOOP: 1})]
    assert bulletin.alerts[0].recovered is None, "in a loop a start is no recovery"


def test_restarts_that_are_further_apart_are_no_loop() -> None:
    story = Story()
    for _ in range(8):
        story.dies("web")
        story.starts("web")
        story.passes(LOOP / 2 + 1)
    assert Kind.RESTART_LOOP not in {finding.kind for finding in story.findings}


def test_a_clean_end_again_and_again_is_a_loop_when_docker_restarts_it_and_none_when_a_timer_does() -> None:
    story = Story()
    for _ in range(3):
        story.dies("web", 0)
        story.now += 1
        story.starts("web")
    assert [finding.kind for finding in story.findings] == [Kind.RESTART_LOOP]
    story = Story()
    for _ in range(9):
        story.dies("job", 0)
        story.passes(60)
        story.starts("job")
    assert story.findings == []


def test_restarts_that_someone_asks_for_are_no_loop() -> None:
    story = Story()
    for _ in range(9):
        story.happens("web", Happening.KILL, signal=15)
        story.dies("web", 143)
        story.happens("web", Happening.STOP)
        story.starts("web")
        story.happens("web", Happening.RESTART)
        story.now += 1
    assert story.findings == []


def test_a_loop_is_over_when_the_container_stayed_up() -> None:
    story = Story()
    for _ in range(3):
        story.dies("web")
        story.starts("web")
    (first,) = story.passes(LOOP - 1)
    (over,) = story.passes(2)
    assert (over.number, over.alerts[0].recovered) == (first.number, NOON)
    assert story.watch.next_due() is None


def test_the_same_again_within_the_cooldown_is_counted_in_the_message_that_is_there() -> None:
    story = Story()
    story.dies("web", 1)
    (first,) = story.passes(60)
    story.dies("web", 2)
    (again,) = story.passes(60)
    assert again.number == first.number
    assert kinds(again) == [("web", {Kind.DIED: 2})]
    assert (again.alerts[0].exit_code, again.alerts[0].at) == (2, NOON + 60)
    story.passes(COOLDOWN)
    story.dies("web", 3)
    (later,) = story.passes(60)
    assert later.number != first.number
    assert kinds(later) == [("web", {Kind.DIED: 1})]


def test_another_kind_of_the_same_container_is_told_within_the_cooldown() -> None:
    story = Story()
    story.dies("web")
    (first,) = story.passes(60)
    story.happens("web", Happening.UNHEALTHY)
    (second,) = story.passes(60)
    assert second.number != first.number


def test_the_cooldown_follows_the_name_when_the_container_is_made_anew() -> None:
    story = Story()
    story.dies("web")
    (first,) = story.passes(60)
    story.happens("web", Happening.DESTROY)
    event = Event("another id", "web", Happening.DIE, round((NOON + 60) * 1e9), exit_code=1)
    story.watch.hear(event, story.now)
    (again,) = story.passes(60)
    assert again.number == first.number


def test_what_is_muted_or_not_watched_is_found_and_not_told() -> None:
    story = Story(Rules(kinds=frozenset({Kind.DIED})))
    assert len(story.dies("quiet", muted=True)) == 1
    assert len(story.happens("web", Happening.OOM)) == 1
    assert story.passes(3600) == []


def test_a_long_life_leaves_little_behind() -> None:
    story = Story()
    for number in range(500):
        name = f"job-{number}"
        story.starts(name)
        story.dies(name)
        story.happens(name, Happening.DESTROY)
        story.passes(COOLDOWN)
    assert len(story.watch.latest()) <= 11
    assert not story.watch._pasts
    assert len(story.watch._told) <= 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(Happening),
        st.sampled_from([0, 1, 137]),
        st.sampled_from([1, 9, 15]),
        st.sampled_from([0.0, 0.5, 3.0, 9.0, 20.0, 400.0, 900.0]),
        st.integers(0, 9),
    ),
    max_size=60,
)
RULES = st.builds(
    Rules,
    kinds=st.frozensets(st.sampled_from(Kind)),
    cooldown=st.sampled_from([0.0, 5.0, 100.0, 900.0]),
    loop_count=st.integers(2, 4),
    loop_seconds=st.sampled_from([10.0, 600.0]),
    group=st.sampled_from([1.0, 10.0, 60.0]),
)


@given(RULES, STEPS)
def test_every_finding_is_counted_once_and_none_is_told_within_its_cooldown(
    rules: Rules, steps: list[tuple[str, Happening, int, int, float, int]]
) -> None:
    story = Story(rules)
    expected = 0
    placed: dict[tuple[str, Kind], list[float]] = {}
    for name, happening, exit_code, signal, pause, luck in steps:
        if happening is Happening.STOP:
            # As Docker does; a stop that is told right after the end, Podman's way, takes it back: a test of its own.
            story.passes(10.0)
            story.happens(name, Happening.KILL, signal=15)
        muted = luck == 0
        found = story.happens(name, happening, exit_code=exit_code, signal=signal, muted=muted)
        if not muted:
            expected += sum(finding.kind in rules.kinds for finding in found)
        story.passes(pause)
    story.passes(rules.group + rules.loop_seconds + 2 * rules.group)

    last: dict[int, Bulletin] = {}
    for moment, bulletin in story.told:
        before = last.get(bulletin.number)
        assert before != bulletin, "told again without news"
        known = lines(before) if before else set()
        for line in lines(bulletin) - known:
            placed.setdefault(line, []).append(moment)
        last[bulletin.number] = bulletin
    assert sum(count for one in last.values() for alert in one.alerts for count in alert.counts.values()) == expected
    for moments in placed.values():
        # A message comes up to `group` after what it tells.
        assert all(later - sooner >= rules.cooldown - rules.group for sooner, later in pairwise(moments))


def lines(bulletin: Bulletin) -> set[tuple[str, Kind]]:
    return {(alert.container.name, kind) for alert in bulletin.alerts for kind in alert.counts}
