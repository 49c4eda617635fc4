from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.docker.live.model import Frame
from services.docker.live.parse import frame_from_stats
from tests.unit.services.docker.live.frames import recorded

ONE_SHOT = "docker-20.10-cgroup-v1-one-shot"
FIELDS = ["read", "preread", "cpu_stats", "precpu_stats", "memory_stats", "pids_stats", "networks", "blkio_stats"]
INNER = [
    *("cpu_usage", "total_usage", "percpu_usage", "system_cpu_usage", "online_cpus", "cpu", "usage", "limit", "stats"),
    *("inactive_file", "total_inactive_file", "current", "eth0", "rx_bytes", "tx_bytes", "io_service_bytes_recursive"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("2026-03-01T10:00:01Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER), inner, max_size=4),
    max_leaves=12,
)


def test_a_recorded_docker_frame_on_cgroup_v1_is_read() -> None:
    (frame,) = recorded(ONE_SHOT)
    assert (frame.cpu, frame.system, frame.cpus) == (2_391_621_857, 23_545_340_000_000, 2)
    assert (frame.memory, frame.ceiling, frame.pids) == (565_248, 268_435_456, 1)
    assert frame.network == {"eth0": (736, 0)}
    assert frame.read == 1_795_509_988.389098


def test_a_first_frame_has_no_former_sample_and_later_ones_do() -> None:
    assert recorded(ONE_SHOT)[0].former is None
    first, second, *_ = recorded("docker-20.10-cgroup-v1-restarted")
    assert first.former is None
    assert second.former == Frame(read=first.read, cpu=first.cpu, system=first.system, cpus=2)


def test_podmans_first_frame_that_has_itself_as_former_sample_has_none() -> None:
    first, second, _ = recorded("podman-4.3-cgroup-v1")
    assert first.former is None
    assert second.former is not None


def test_podmans_idea_of_the_machines_cpu_time_is_not_taken() -> None:
    assert [frame.system for frame in recorded("podman-4.3-cgroup-v1")] == [None] * 3


def test_podmans_memory_may_have_the_page_cache_in_it_and_says_so() -> None:
    (frame,) = recorded("podman-4.3-cgroup-v1-one-shot")
    assert (frame.memory, frame.with_cache, frame.ceiling) == (344_064, True, 67_108_864)


def test_the_page_cache_is_left_out_on_cgroup_v1() -> None:
    frames = recorded("docker-20.10-cgroup-v1-page-cache")
    # 60 MiB were read from a file and written to another; half of what is cached is active.
    assert [(frame.memory, frame.with_cache) for frame in frames] == [
        (851_968, False),
        (851_968, False),
        (851_968, False),
        (42_835_968 - 20_185_088, False),
        (128_356_352 - 62_914_560, False),
    ]


def test_the_page_cache_is_left_out_on_cgroup_v2_and_its_words_for_block_figures_are_known() -> None:
    first, second, _ = recorded("docker-cgroup-v2")
    assert (first.memory, first.with_cache) == (629_145_600 - 104_857_600, False)
    assert first.disk is None
    assert second.disk == (4096 + 1000, 8192)
    assert second.network == {"eth0": (2_100_000, 520_000), "eth1": (1_050_000, 1000)}
    assert second.cpus == 8


def test_an_old_engines_cpus_are_counted() -> None:
    first, _ = recorded("old-engine-without-online-cpus")
    assert (first.cpus, first.memory, first.pids, first.disk, first.network) == (4, 5_537_216, None, None, None)


def test_windows_units_are_not_taken_for_nanoseconds() -> None:
    for frame in recorded("windows"):
        assert (frame.cpu, frame.memory, frame.pids, frame.disk, frame.former) == (None, None, None, None, None)
        assert frame.network


def test_a_stopped_containers_frames_are_empty() -> None:
    frames = recorded("docker-20.10-cgroup-v1-stopped-and-started")
    assert [frame == Frame() for frame in frames] == [False] * 5 + [True] * 3 + [False] * 4


def test_more_cache_than_memory_is_no_negative_number() -> None:
    stats = {"usage": 100, "stats": {"inactive_file": 200}}
    frame = frame_from_stats({"read": "2026-03-01T10:00:01Z", "memory_stats": stats})
    assert (frame.memory, frame.with_cache) == (100, True)


@given(st.one_of(JSON, st.dictionaries(st.sampled_from(FIELDS), JSON)))
def test_whatever_comes_is_read_or_left_unknown(data: object) -> None:
    frame = frame_from_stats(data)
    numbers = (frame.cpu, frame.system, frame.cpus, frame.memory, frame.ceiling, frame.pids, *(frame.disk or ()))
    assert all(number is None or number >= 0 for number in numbers)
