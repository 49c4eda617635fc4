"""An engine's events become small values without a secret in them, whatever the engine sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.events.parse import Event, Happening, event_of
from tests.contract.docker.happening import NOON, raw_event

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_a_death_is_read_with_its_exit_code_and_its_time_to_the_nanosecond() -> None:
    raw = raw_event("web", "die", exitCode="137", **{"com.docker.compose.project": "site"})
    raw["timeNano"] = 1_760_000_000_123_456_789
    event = event_of(raw)
    assert event == Event(
        id=raw["id"],
        name="web",
        happening=Happening.DIE,
        at_ns=1_760_000_000_123_456_789,
        exit_code=137,
        project="site",
        image="image:1",
    )
    assert "hunter2" not in repr(event)


@pytest.mark.parametrize(
    ("action", "attributes", "happening"),
    [
        ("start", {}, Happening.START),
        ("oom", {}, Happening.OOM),
        ("health_status: unhealthy", {}, Happening.UNHEALTHY),
        ("health_status: healthy", {}, Happening.HEALTHY),
        ("health_status", {"health_status": "unhealthy"}, Happening.UNHEALTHY),
        ("died", {"containerExitCode": "1"}, Happening.DIE),
        ("destroy", {}, Happening.DESTROY),
    ],
)
def test_docker_and_podman_say_the_same(action: str, attributes: dict[str, str], happening: Happening) -> None:
    event = event_of(raw_event("web", action, **attributes))
    assert event is not None
    assert event.happening is happening


@pytest.mark.parametrize(
    "action", ["exec_die", "exec_start: echo hunter2", "health_status: starting", "healthy", "copy", "", "attach"]
)
def test_what_concerns_nobody_here_is_left_out(action: str) -> None:
    assert event_of(raw_event("web", action)) is None


def test_what_happens_to_a_network_is_left_out() -> None:
    assert event_of(raw_event("bridge", "destroy") | {"Type": "network"}) is None


def test_a_signal_is_read_as_its_number() -> None:
    event = event_of(raw_event("web", "kill", signal="15"))
    assert event is not None
    assert (event.signal, event.exit_code) == (15, None)


def test_an_engine_that_gives_whole_seconds_alone_is_understood() -> None:
    raw = raw_event("web", "start")
    del raw["timeNano"]
    event = event_of(raw)
    assert event is not None
    assert event.at == NOON


@given(
    st.dictionaries(
        st.sampled_from(["Actor", "Action", "status", "id", "Type", "time", "timeNano", "from"]),
        JSON | st.fixed_dictionaries({"ID": JSON, "Attributes": JSON}) | st.sampled_from(["die", "container", "oom"]),
    )
)
def test_no_json_object_breaks_the_reading(raw: dict[str, object]) -> None:
    event = event_of(raw)
    assert event is None or (event.id and event.name and event.at_ns > 0)
