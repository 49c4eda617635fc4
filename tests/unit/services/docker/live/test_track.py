from __future__ import annotations

from dataclasses import replace

from services.docker import Container, ContainerInfo, State
from services.docker.live.track import KEPT, Track
from tests.unit.services.docker.live.meter import MIB, frame

WEB = Container(id="5a" * 32, name="web", image="web:1", state=State.RUNNING)
STOPPED = {"read": "0001-01-01T00:00:00Z"}
LIMITED = ContainerInfo(WEB, restart_count=2, memory_limit=8 * 2**30)


def followed() -> Track:
    """A track that was looked at and has two frames, of seconds 0 and 1, in which half a CPU was used."""
    track = Track(WEB)
    assert track.wants_a_look(100.0)
    track.info = LIMITED
    track.take(frame(0), 100.0)
    track.take(frame(1, 0.5), 101.0)
    return track


def test_two_frames_make_the_figures_and_the_close_look_the_limit_and_the_restarts() -> None:
    live = followed().live(101.4, 10.0)
    assert live.fresh is not None
    assert (live.fresh.cpu, live.fresh.memory, live.fresh.limit, live.fresh.pids) == (50.0, 100 * MIB, 8 * 2**30, 3)
    assert live.restarts == 2
    assert live.age is not None
    assert round(live.age, 3) == 0.4


def test_old_figures_are_stale_and_not_fresh() -> None:
    track = followed()
    assert track.live(111.0, 10.0).fresh is not None
    old = track.live(141.0, 10.0)
    assert (old.stale, old.fresh, old.age) == (True, None, 40.0)
    assert old.sample is not None, "the last known figures are still told"


def test_one_frame_is_not_yet_measured() -> None:
    track = Track(WEB)
    assert not track.is_measured
    track.take(frame(0), 100.0)
    assert not track.is_measured
    track.take(frame(1), 101.0)
    assert track.is_measured


def test_one_whose_cpu_is_never_told_is_not_waited_for_for_ever() -> None:
    track = Track(WEB)
    for second in range(3):
        assert not track.is_measured
        track.take(frame(second) | {"cpu_stats": {}}, 100.0 + second)
    assert track.is_measured


def test_the_same_tick_asked_for_twice_makes_the_figures_no_younger() -> None:
    track = followed()
    track.take(frame(1, 0.5), 108.0)
    live = track.live(108.0, 10.0)
    assert (live.age, live.sample and live.sample.cpu) == (7.0, 50.0)


def test_a_restart_leaves_a_gap_and_makes_the_last_look_unknown() -> None:
    track = followed()
    track.take(frame(2, 0.1), 102.0)
    live = track.live(102.0, 10.0)
    assert (live.sample and live.sample.cpu, live.history, live.restarts) == (None, (None, 50.0, None), None)
    assert track.wants_a_look(102.0)
    track.take(frame(3, 0.2), 103.0)
    after = track.live(103.0, 10.0).fresh
    assert after is not None
    assert after.cpu is not None
    assert round(after.cpu) == 10


def test_a_stop_forgets_the_figures_and_a_start_does_not_count_across() -> None:
    track = followed()
    track.take(STOPPED, 102.0)
    assert track.live(102.0, 10.0).sample is None
    track.take(frame(5, 9.0), 105.0)
    started = track.live(105.0, 10.0).sample
    assert started is not None
    assert started.cpu is None


def test_a_list_that_says_it_is_stopped_forgets_the_figures() -> None:
    track = followed()
    track.listed(replace(WEB, state=State.EXITED))
    assert track.live(102.0, 10.0).sample is None


def test_the_history_is_bounded_and_knows_its_span() -> None:
    track = Track(WEB)
    for second in range(KEPT + 30):
        track.take(frame(second, second / 4), 100.0 + second)
    live = track.live(200.0, 10.0)
    assert (len(live.history), live.span) == (KEPT, KEPT - 1)
    assert set(live.history) == {25.0}


def test_a_close_look_is_due_once_a_minute() -> None:
    track = followed()
    assert [track.wants_a_look(now) for now in (110.0, 159.0, 160.0, 161.0)] == [False, False, True, False]


def test_pauses_double_up_to_the_longest_and_a_frame_ends_them() -> None:
    track = followed()
    pauses = []
    for _ in range(7):
        track.fail("away", 200.0, 1.0, 30.0)
        pauses.append(track.not_before - 200.0)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert track.live(200.0, 10.0).problem == "away"
    track.take(frame(200, 60.0), 300.0)
    assert (track.live(300.0, 10.0).problem, track.failures) == ("", 0)
