"""Whether a container has come to what others wait for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.docker.labels import Condition
from services.docker.model import Health, State

from .progress import Cause, Reason

if TYPE_CHECKING:
    from services.docker.model import ContainerInfo


def judge(condition: Condition, info: ContainerInfo) -> Reason:
    """Judge by one look.

    A container without a health check counts as healthy while it runs: nothing can tell more.

    Args:
        condition: What it must have come to.
        info: What the look saw.

    Returns:
        The cause NONE when it has come to it, AWAITED when it still may, another one when it will not.
    """
    return _completed(info) if condition is Condition.COMPLETED else _up(condition, info)


def _completed(info: ContainerInfo) -> Reason:
    name = info.container.name
    if info.container.state.is_up:
        return Reason(Cause.AWAITED, name)
    if info.exit_code == 0:
        return Reason()
    return Reason(Cause.NOT_UP if info.exit_code is None else Cause.ENDED_BADLY, name, code=info.exit_code)


def _up(condition: Condition, info: ContainerInfo) -> Reason:
    name, state, health = info.container.name, info.container.state, info.container.health
    if not state.is_up:
        return Reason(Cause.NOT_UP, name)
    if condition is Condition.STARTED:
        return Reason()
    if health is Health.UNHEALTHY:
        return Reason(Cause.UNHEALTHY, name)
    still = health is Health.STARTING or state is State.RESTARTING
    return Reason(Cause.AWAITED, name) if still else Reason()


def too_late(condition: Condition, name: str) -> Reason:
    """What is said when it was still awaited at the end of the time."""
    return Reason(Cause.NOT_COMPLETED if condition is Condition.COMPLETED else Cause.NOT_HEALTHY, name)


def stayed(*, up: bool, info: ContainerInfo) -> Reason:
    """Judge, when all is done, whether a container is as it was left.

    Args:
        up: Whether it was started, rather than stopped.
        info: What the look saw.

    Returns:
        The cause NONE when it is; one that ended by itself without an error has done what it was for.
    """
    if not up:
        return Reason(Cause.CAME_BACK) if info.container.state.is_up else Reason()
    if info.container.state is State.RESTARTING or info.exit_code:
        return Reason(Cause.ENDED, code=info.exit_code)
    return Reason()
