from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker import Health, InvalidName, Port, State
from services.docker.parse import check_name, container_from_list, info_from_inspect

ID = "0123456789ab" + "c" * 52

# As an engine of version 20.10 answers, shortened.
ROW: dict[str, Any] = {
    "Id": ID,
    "Names": ["/other/alias", "/web"],
    "Image": "nginx:1.27",
    "ImageID": "sha256:" + ID,
    "Command": "sh -c 'echo hunter2'",
    "Created": 1700000000,
    "Ports": [
        {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},  # noqa: S104 - read, not bound
        {"IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
        {"IP": "127.0.0.1", "PrivatePort": 81, "PublicPort": 8081, "Type": "tcp"},
        {"PrivatePort": 53, "Type": "udp"},
    ],
    "Labels": {"com.docker.compose.project": "site", "basicauth": "hunter2"},
    "State": "running",
    "Status": "Up 3 minutes (healthy)",
}

INSPECT: dict[str, Any] = {
    "Id": ID,
    "Name": "/web",
    "Created": "2023-11-14T22:13:20.123456789Z",
    "Image": "sha256:" + ID,
    "RestartCount": 2,
    "State": {
        "Status": "exited",
        "StartedAt": "2023-11-14T22:13:21.987654321Z",
        "FinishedAt": "2023-11-14T23:13:21+01:00",
        "ExitCode": 137,
        "OOMKilled": True,
        "Health": {"Status": "unhealthy"},
    },
    "Config": {
        "Image": "nginx:1.27",
        "Env": ["PASSWORD=hunter2"],
        "Cmd": ["hunter2"],
        "Labels": {"com.docker.compose.project": "site", "com.docker.compose.service": "web", "x": "hunter2"},
    },
    "HostConfig": {
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5},
        "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]},
    },
    "NetworkSettings": {"Ports": {}},
}


def test_a_row_of_the_list_is_read() -> None:
    container = container_from_list(ROW)
    assert (container.id, container.name, container.image) == (ID, "web", "nginx:1.27")
    assert (container.state, container.status) == (State.RUNNING, "Up 3 minutes (healthy)")
    assert (container.health, container.project) == (Health.HEALTHY, "site")
    assert container.created == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert container.ports == (
        Port(53, "udp"),
        Port(80, "tcp", 8080),
        Port(81, "tcp", 8081, "127.0.0.1"),
    )


def test_an_inspection_is_read() -> None:
    info = info_from_inspect(INSPECT)
    container = info.container
    assert (container.name, container.image, container.state) == ("web", "nginx:1.27", State.EXITED)
    assert (container.health, container.project, container.membership.service) == (Health.UNHEALTHY, "site", "web")
    assert info.started == datetime(2023, 11, 14, 22, 13, 21, 987654, tzinfo=UTC)
    assert info.finished == datetime(2023, 11, 14, 22, 13, 21, tzinfo=UTC)
    assert info.since == info.finished
    assert (info.exit_code, info.oom_killed) == (137, True)
    assert (info.restart_count, info.restart_policy) == (2, "on-failure:5")
    assert not info.terminal
    assert container.ports == (Port(80, "tcp", 8080),)


def test_neither_environment_nor_labels_nor_command_get_in() -> None:
    assert "hunter2" not in repr(container_from_list(ROW))
    assert "hunter2" not in repr(info_from_inspect(INSPECT))


def test_the_ports_in_force_win_over_those_asked_for() -> None:
    ports = {
        "80/tcp": [{"HostIp": "", "HostPort": "49153"}, {"HostIp": "::", "HostPort": "49153"}],
        "9/udp": None,
    }
    info = info_from_inspect(INSPECT | {"NetworkSettings": {"Ports": ports}})
    assert info.container.ports == (Port(9, "udp"), Port(80, "tcp", 49153))


@pytest.mark.parametrize(
    ("state", "since"),
    [("running", "started"), ("paused", "started"), ("exited", "finished"), ("created", "created"), ("removing", None)],
)
def test_since_is_when_the_present_state_began(state: str, since: str | None) -> None:
    info = info_from_inspect(INSPECT | {"State": INSPECT["State"] | {"Status": state}})
    moments = {"started": info.started, "finished": info.finished, "created": info.container.created, None: None}
    assert info.since == moments[since]


def test_a_running_container_has_no_exit_code_and_one_that_never_ran_neither() -> None:
    running = INSPECT | {"State": INSPECT["State"] | {"Status": "running", "ExitCode": 0}}
    never = {
        "Status": "created",
        "StartedAt": "0001-01-01T00:00:00Z",
        "FinishedAt": "0001-01-01T00:00:00Z",
        "ExitCode": 0,
    }
    assert info_from_inspect(running).exit_code is None
    created = info_from_inspect(INSPECT | {"State": never})
    assert (created.exit_code, created.started, created.finished) == (None, None, None)


def test_an_engine_that_says_next_to_nothing_is_understood() -> None:
    container = container_from_list({"Id": ID})
    assert (container.name, container.image, container.state) == ("0123456789ab", "unknown", State.UNKNOWN)
    info = info_from_inspect({"Id": ID, "State": {"Status": "sulking", "Health": {"Status": "meh"}}})
    assert (info.container.state, info.container.health) == (State.UNKNOWN, Health.NONE)
    assert (info.restart_policy, info.since) == ("no", None)


def test_an_image_without_a_name_is_shown_by_its_short_id() -> None:
    assert container_from_list({"Id": ID, "Image": "sha256:" + ID}).image == "0123456789ab"


@pytest.mark.parametrize(
    ("status", "health"),
    [
        ("Up 3 minutes", Health.NONE),
        ("Up 3 minutes (healthy)", Health.HEALTHY),
        ("Up 3 minutes (unhealthy)", Health.UNHEALTHY),
        ("Up 1 second (health: starting)", Health.STARTING),
        ("Exited (0) 3 minutes ago", Health.NONE),
    ],
)
def test_health_is_read_from_the_status_of_the_list(status: str, health: Health) -> None:
    assert container_from_list({"Id": ID, "Status": status}).health is health


@pytest.mark.parametrize("name", ["a", "A-1_b.c", "0", "x" * 255, " padded "])
def test_names_that_engines_allow_pass(name: str) -> None:
    assert check_name(name) == name.strip()


@pytest.mark.parametrize("name", ["", " ", "-a", ".a", "..", "a/b", "/a", "a b", "a?b", "a#b", "a%2fb", "ä", "x" * 256])
def test_names_that_could_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        check_name(name)


@given(st.text(max_size=300))
def test_whatever_passes_is_safe_in_a_path(text: str) -> None:
    try:
        name = check_name(text)
    except InvalidName:
        return
    assert name.isascii()
    assert not set(name) & set("/?#%\\ \n\t:@")
    assert name[0].isalnum()


def test_a_container_with_a_terminal_is_known_by_it() -> None:
    assert info_from_inspect({"Id": ID, "Config": {"Tty": True}}).terminal


@pytest.mark.parametrize(
    ("given", "seconds"), [(None, 10.0), (0, 0.0), (60, 60.0), (-1, math.inf), ("60", 10.0)], ids=repr
)
def test_the_time_to_stop_is_ten_seconds_unless_the_container_has_its_own(given: object, seconds: float) -> None:
    assert info_from_inspect({"Id": "a" * 64, "Config": {"StopTimeout": given}}).stop_timeout == seconds
    assert info_from_inspect({"Id": "a" * 64}).stop_timeout == 10.0
