from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.live.arithmetic import condense, limit, restarted, sample
from services.docker.live.model import Frame, Sample
from tests.unit.services.docker.live.frames import recorded

COUNTS = st.integers(0, 2**62)
FRAMES = st.builds(
    Frame,
    read=st.none() | st.floats(1e9, 2e9),
    cpu=st.none() | COUNTS,
    system=st.none() | COUNTS,
    cpus=st.none() | st.integers(1, 1024),
    memory=st.none() | COUNTS,
    ceiling=st.none() | COUNTS,
    pids=st.none() | COUNTS,
    network=st.none() | st.dictionaries(st.sampled_from(["eth0", "eth1"]), st.tuples(COUNTS, COUNTS)),
    disk=st.none() | st.tuples(COUNTS, COUNTS),
)


def samples(name: str) -> list[Sample]:
    """What each frame of a file tells beside the frame before it."""
    frames = recorded(name)
    return [sample(before, now) for before, now in pairwise(frames)]


def cpu(name: str) -> list[float | None]:
    return [None if one.cpu is None else round(one.cpu, 1) for one in samples(name)]


def test_a_busy_loop_takes_one_cpu_whole_and_a_restart_is_no_negative_number() -> None:
    # By hand, for the first: (3390429045 - 2391621857) / (23547350000000 - 23545340000000) * 2 * 100.
    assert cpu("docker-20.10-cgroup-v1-restarted") == [99.4, 99.0, 99.0, None, 98.8, 99.6, 88.7]


def test_what_stopped_and_began_anew_has_no_rates_across_the_gap() -> None:
    frames = recorded("docker-20.10-cgroup-v1-stopped-and-started")
    assert [sample(before, now).cpu is None for before, now in pairwise(frames)] == (
        [False] * 4 + [True] * 4 + [False] * 3
    )


def test_docker_on_cgroup_v2_is_measured_by_the_machines_own_time() -> None:
    second, third = samples("docker-cgroup-v2")
    assert second.cpu == pytest.approx(120.0)
    assert third.cpu == pytest.approx(40.0)
    # Both interfaces: 100,000 + 50,000 received and 20,000 sent within a second.
    assert second.received == pytest.approx(150_000)
    assert second.sent == pytest.approx(20_000)
    assert (second.disk_read, second.disk_written) == (None, None), "the frame before had no block figures"
    assert third.disk_read == pytest.approx(1_048_576)
    assert third.disk_written == 0.0


def test_podman_is_measured_by_the_clock() -> None:
    # Its own figures for the same two spans were 89.42 and 83.66.
    assert cpu("podman-4.3-cgroup-v1") == [89.4, 83.7]


def test_an_old_engine_is_measured_too() -> None:
    # 0.2 s of CPU within 4 s of all four CPUs.
    assert cpu("old-engine-without-online-cpus") == [20.0]


def test_windows_has_its_network_and_no_cpu() -> None:
    (one,) = samples("windows")
    assert (one.cpu, one.received, one.memory) == (None, 1000.0, None)


def test_a_frame_with_a_real_former_sample_tells_the_cpu_alone() -> None:
    _, second, *_ = recorded("docker-20.10-cgroup-v1-restarted")
    one = sample(None, second)
    assert (round(one.cpu or 0, 1), one.received, one.disk_read) == (99.4, None, None)


def test_a_first_frame_tells_memory_and_processes_and_no_rates() -> None:
    (frame,) = recorded("docker-20.10-cgroup-v1-one-shot")
    assert sample(None, frame, 268_435_456) == Sample(cpus=2, memory=565_248, limit=268_435_456, pids=1)


def test_two_frames_of_the_same_moment_tell_no_rates() -> None:
    (frame,) = recorded("docker-20.10-cgroup-v1-one-shot")
    assert sample(frame, frame).cpu is None


def test_an_interface_that_came_meanwhile_counts_from_the_next_frame_on() -> None:
    before = Frame(read=10.0, network={"eth0": (100, 100)})
    now = Frame(read=11.0, network={"eth0": (150, 100), "eth1": (10**9, 10**9)})
    assert (sample(before, now).received, sample(before, now).sent) == (50.0, 0.0)


@pytest.mark.parametrize(
    ("reported", "given", "expected"),
    [
        (268_435_456, 268_435_456, 268_435_456),
        (25_276_502_016, 0, None),  # the machine's memory, which Docker reports without a limit
        (2**63 - 4096, 0, None),
        (2**63 - 4096, 512, None),
        (0, 512, None),
        (None, 512, None),
        (268_435_456, None, None),
    ],
)
def test_a_limit_is_one_that_was_given(reported: int | None, given: int | None, expected: int | None) -> None:
    assert limit(reported, given) == expected


@pytest.mark.parametrize(
    ("one", "share"),
    [
        (Sample(memory=50, limit=200), 0.25),
        (Sample(memory=50), None),
        (Sample(limit=200), None),
    ],
)
def test_the_share_of_the_limit(one: Sample, share: float | None) -> None:
    assert one.memory_share == share


@given(FRAMES, FRAMES)
def test_no_figure_is_ever_negative(before: Frame, now: Frame) -> None:
    one = sample(before, now)
    for figure in (one.cpu, one.received, one.sent, one.disk_read, one.disk_written):
        assert figure is None or figure >= 0


@given(st.floats(1e9, 2e9), st.floats(1, 60), st.integers(1, 64), st.integers(0, 10**12))
def test_the_clock_and_the_machines_own_time_agree(read: float, seconds: float, cpus: int, used: int) -> None:
    before = Frame(read=read, cpu=0, system=0, cpus=cpus)
    now = Frame(read=read + seconds, cpu=used, system=int(seconds * cpus * 1e9), cpus=cpus)
    by_machine = sample(before, now).cpu
    by_clock = sample(replace(before, system=None), now).cpu
    assert by_clock == pytest.approx(by_machine, rel=1e-5)


@given(FRAMES, FRAMES)
def test_a_restart_is_seen_when_any_counter_falls(before: Frame, now: Frame) -> None:
    assert restarted(before, before) is False
    if before.cpu is not None and now.cpu is not None and now.cpu < before.cpu:
        assert restarted(before, now)
        assert sample(before, now).received is None


@given(st.lists(st.none() | st.floats(0, 1e4), max_size=100), st.integers(1, 20))
def test_condensed_values_stay_within_the_width_and_between_the_extremes(
    values: list[float | None], width: int
) -> None:
    few = condense(tuple(values), width)
    assert len(few) == min(len(values), width)
    known = [value for value in values if value is not None]
    assert all(min(known) - 1e-6 <= value <= max(known) + 1e-6 for value in few if value is not None)
    assert (not known) == all(value is None for value in few)
