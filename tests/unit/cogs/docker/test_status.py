from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.status import SIGNS, health_words, port_line, sign_and_word, summary
from services.docker import Container, Health, Port, State


def container(state: str, status: str, health: Health = Health.NONE) -> Container:
    return Container(id="a" * 64, name="web", image="x", state=State(state), status=status, health=health)


@pytest.mark.parametrize(
    ("state", "status", "expected"),
    [
        ("running", "Up 3 minutes", "running 3 min"),
        ("running", "Up Less than a second", "running 1 s"),
        ("running", "Up About an hour (healthy)", "running 1 h"),
        ("running", "Up 5 weeks", "running 5 weeks"),
        ("paused", "Up 2 hours (Paused)", "paused 2 h"),
        ("exited", "Exited (137) 5 minutes ago", "exited 5 min ago (137)"),
        ("exited", "Exited (0) About a minute ago", "exited 1 min ago"),
        ("restarting", "Restarting (1) 5 seconds ago", "restarting 5 s ago (1)"),
        ("created", "Created", "created"),
        ("dead", "Dead", "dead"),
        ("removing", "Removal In Progress", "removing"),
        ("unknown", "something new", "unknown"),
        ("running", "", "running"),
    ],
)
def test_the_engines_words_become_short_ones(state: str, status: str, expected: str) -> None:
    assert summary(container(state, status)) == expected


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (Health.HEALTHY, "running 1 s · healthy"),
        (Health.STARTING, "running 1 s · health check begins"),
        (Health.UNHEALTHY, "running 1 s · ⚠ unhealthy"),
        (Health.NONE, "running 1 s"),
    ],
)
def test_health_is_told_in_words(health: Health, expected: str) -> None:
    assert summary(container("running", "Up 1 second", health)) == expected
    assert health_words(health) in expected


def test_every_state_has_a_sign_and_a_word() -> None:
    assert set(SIGNS) == set(State)
    assert sign_and_word(State.RUNNING) == "● running"


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        (Port(80, "tcp", 8080), "8080 → 80/tcp"),
        (Port(80, "tcp", 8080, "127.0.0.1"), "127.0.0.1:8080 → 80/tcp"),
        (Port(80, "tcp", 8080, "::1"), "[::1]:8080 → 80/tcp"),
        (Port(53, "udp"), "53/udp, not published"),
    ],
)
def test_a_port_reads_from_the_outside_in(port: Port, expected: str) -> None:
    assert port_line(port) == expected


@given(st.text(max_size=300), st.sampled_from(list(State)))
def test_whatever_an_engine_says_stays_short_and_without_effect(status: str, state: State) -> None:
    text = summary(Container(id="a" * 64, name="web", image="x", state=state, status=status))
    assert len(text) < 100
    assert "\n" not in text
