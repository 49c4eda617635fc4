"""Whether one look shows that a container has come to what is waited for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.docker import Condition, ContainerInfo, Health, State
from services.docker.groups.conditions import judge, stayed
from services.docker.groups.progress import Cause
from tests.unit.services.docker.groups.compose import container


def info(state: State, health: Health = Health.NONE, exit_code: int | None = None) -> ContainerInfo:
    return ContainerInfo(replace(container("db"), state=state, health=health), exit_code=exit_code)


@pytest.mark.parametrize(
    ("condition", "seen", "cause"),
    [
        (Condition.STARTED, info(State.RUNNING, Health.UNHEALTHY), Cause.NONE),
        (Condition.STARTED, info(State.EXITED, exit_code=0), Cause.NOT_UP),
        (Condition.HEALTHY, info(State.RUNNING, Health.HEALTHY), Cause.NONE),
        (Condition.HEALTHY, info(State.RUNNING), Cause.NONE),
        (Condition.HEALTHY, info(State.RUNNING, Health.STARTING), Cause.AWAITED),
        (Condition.HEALTHY, info(State.RESTARTING), Cause.AWAITED),
        (Condition.HEALTHY, info(State.RUNNING, Health.UNHEALTHY), Cause.UNHEALTHY),
        (Condition.HEALTHY, info(State.EXITED, Health.HEALTHY, exit_code=1), Cause.NOT_UP),
        (Condition.COMPLETED, info(State.RUNNING), Cause.AWAITED),
        (Condition.COMPLETED, info(State.EXITED, exit_code=0), Cause.NONE),
        (Condition.COMPLETED, info(State.EXITED, exit_code=3), Cause.ENDED_BADLY),
        (Condition.COMPLETED, info(State.CREATED), Cause.NOT_UP),
    ],
)
def test_one_look_tells_met_still_possible_or_out_of_reach(
    condition: Condition, seen: ContainerInfo, cause: Cause
) -> None:
    assert judge(condition, seen).cause is cause


@pytest.mark.parametrize(
    ("up", "seen", "cause"),
    [
        (True, info(State.RUNNING), Cause.NONE),
        (True, info(State.EXITED, exit_code=0), Cause.NONE),
        (True, info(State.EXITED, exit_code=1), Cause.ENDED),
        (True, info(State.RESTARTING), Cause.ENDED),
        (False, info(State.EXITED, exit_code=137), Cause.NONE),
        (False, info(State.RUNNING), Cause.CAME_BACK),
    ],
)
def test_the_last_look_tells_what_did_not_stay_as_it_was_left(*, up: bool, seen: ContainerInfo, cause: Cause) -> None:
    assert stayed(up=up, info=seen).cause is cause
