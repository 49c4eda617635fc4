from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker import BadAddress
from services.docker.address import Address, find, parse
from utils.metrics.outcome import Outcome


@pytest.mark.parametrize(
    ("argument", "environ", "expected"),
    [
        (None, {}, "unix:///var/run/docker.sock"),
        ("", {"DOCKER_HOST": ""}, "unix:///var/run/docker.sock"),
        (None, {"DOCKER_HOST": "tcp://proxy:2375"}, "tcp://proxy:2375"),
        ("unix:///mine.sock", {"DOCKER_HOST": "tcp://proxy:2375"}, "unix:///mine.sock"),
    ],
)
def test_the_argument_wins_over_the_environment_and_that_over_the_default(
    argument: str | None, environ: dict[str, str], expected: str
) -> None:
    assert find(argument, environ) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unix:///var/run/docker.sock", Address("unix:///var/run/docker.sock", socket="/var/run/docker.sock")),
        ("tcp://proxy", Address("tcp://proxy:2375", host="proxy", port=2375)),
        ("tcp://10.0.0.2:99/", Address("tcp://10.0.0.2:99", host="10.0.0.2", port=99)),
        ("tcp://[::1]:99", Address("tcp://[::1]:99", host="::1", port=99)),
        ("TCP://proxy:99", Address("tcp://proxy:99", host="proxy", port=99)),
    ],
)
def test_sockets_and_tcp_addresses_are_read(text: str, expected: Address) -> None:
    assert parse(text) == expected


def test_with_tls_the_port_is_another_when_none_is_named() -> None:
    assert parse("tcp://host", tls=True).port == 2376
    assert parse("tcp://host:2375", tls=True).port == 2375


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("/var/run/docker.sock", "Write unix:///var/run/docker.sock"),
        ("unix://docker.sock", "whole path"),
        ("unix:///" + "a" * 107, "at most 107 bytes"),
        ("ssh://someone@host", "ssh:// is not supported"),
        ("npipe:////./pipe/docker_engine", "only unix:// and tcp://"),
        ("https://host:2376", "only unix:// and tcp://"),
        ("tcp://", "host and a port only"),
        ("tcp://host:port", "can't be read"),
        ("tcp://host:99999", "can't be read"),
        ("tcp://host:2375/v1.41", "host and a port only"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(BadAddress) as caught:
        parse(text)
    assert hint in caught.value.user_message
    assert caught.value.outcome is Outcome.BAD_INPUT


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadAddress) as caught:
        parse("tcp://user:hunter2@host:2375")
    assert "hunter2" not in str(caught.value)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        address = parse(text)
    except BadAddress:
        return
    assert bool(address.socket) != bool(address.host)
    assert parse(address.text) == address
