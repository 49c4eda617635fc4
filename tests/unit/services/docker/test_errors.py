from __future__ import annotations

import pytest

from services.docker import (
    BadAddress,
    Busy,
    ContainerNotFound,
    DockerError,
    EngineError,
    EngineUnreachable,
    InvalidName,
    OperationTimeout,
    Stopping,
    Why,
)
from utils.metrics.outcome import Outcome


@pytest.mark.parametrize("why", list(Why))
def test_an_unreachable_engine_names_the_address_that_was_tried_and_what_to_do(why: Why) -> None:
    error = EngineUnreachable("unix:///var/run/docker.sock", why)
    assert error.user_message.startswith("Docker can't be reached at `unix:///var/run/docker.sock`: ")
    assert len(error.user_message) < 250


def test_a_denied_permission_is_explained_with_its_cure() -> None:
    message = EngineUnreachable("unix:///s", Why.PERMISSION).user_message
    assert "permission denied. Add the bot's user to the group `docker` or use the socket proxy" in message


@pytest.mark.parametrize(
    ("action", "container", "expected"),
    [
        ("restart", "web", "Restart of `web` took longer than 30 s. Docker may still finish it"),
        ("info", "web", "Info of `web` took longer than 30 s. Try again"),
        ("list", None, "List took longer than 30 s. Try again"),
        ("", None, "The call took longer than 30 s. Try again"),
    ],
)
def test_a_timeout_says_whether_docker_may_still_finish_it(action: str, container: str | None, expected: str) -> None:
    assert OperationTimeout(30.0, action, container).user_message.startswith(expected)


def test_a_container_not_found_suggests_close_names() -> None:
    assert ContainerNotFound("ngnix").user_message == (
        "There is no container called `ngnix`. The list of containers shows which there are."
    )
    assert ContainerNotFound("ngnix", ("nginx",)).user_message.endswith("Did you mean `nginx`?")
    assert ContainerNotFound("ngnix", ("nginx", "b", "c")).user_message.endswith("Did you mean `nginx`, `b` or `c`?")


def test_a_forbidden_call_points_to_the_proxy() -> None:
    forbidden = EngineError(403, "<h1>403 Forbidden</h1>", "POST /containers/*/stop")
    assert "Let the socket proxy allow `POST /containers/*/stop`" in forbidden.user_message
    assert "socket proxy" in EngineError(403, "no").user_message


def test_what_an_engine_says_is_redacted_in_every_form_of_the_error() -> None:
    error = EngineError(500, "PASSWORD=hunter2")
    for text in (str(error), repr(error), error.user_message, error.message, repr(vars(error))):
        assert "hunter2" not in text


@pytest.mark.parametrize(
    "error",
    [
        ContainerNotFound("a`**b**`\nc", ("d`e",)),
        InvalidName("a`**b**`\nc"),
        EngineError(500, "a`**b**`\nc"),
        OperationTimeout(1, "stop", "a`**b**`\nc"),
    ],
)
def test_nothing_from_outside_can_break_out_of_its_code_span(error: DockerError) -> None:
    parts = error.user_message.split("`")
    assert len(parts) % 2 == 1
    assert "**" not in "".join(parts[::2])
    assert "\n" not in error.user_message


def test_a_wrong_name_is_shown_shortened() -> None:
    assert len(InvalidName("x" * 5000).user_message) < 250
    assert InvalidName("").user_message.startswith("(nothing) can't be")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (BadAddress("x"), Outcome.BAD_INPUT),
        (InvalidName("x"), Outcome.BAD_INPUT),
        (ContainerNotFound("x"), Outcome.NOT_FOUND),
        (OperationTimeout(1), Outcome.TIMEOUT),
        (EngineUnreachable("x", Why.CUT), Outcome.ERROR),
        (EngineError(500, "x"), Outcome.ERROR),
        (Busy(1), Outcome.ERROR),
        (Stopping(), Outcome.CANCELLED),
    ],
)
def test_every_error_tells_its_outcome(error: DockerError, outcome: Outcome) -> None:
    assert error.outcome is outcome
