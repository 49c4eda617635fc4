"""From what the service returns to embeds. Pure: no clock, no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.utils import format_dt

from cogs.perf.kit import BAD, FINE, LOOK, PLAIN, Report, code, plain
from services.docker import Action, Health, State
from utils.metrics.format import duration

from .status import DOING, DONE, SIGNS, health_words, port_line, sign_and_word, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from services.docker import ActionResult, Container, ContainerInfo, EngineVersion

MOST_LISTED = 50
_NAME_WIDTH = 32
_LINE_WIDTH = 64
# A wait that a person may have noticed.
_NOTICED = 0.1


def list_embed(containers: Sequence[Container]) -> discord.Embed:
    """One line a container, in the given order, 50 at most and a note on the others.

    Args:
        containers: In the service's order: those that are up first.
    """
    if not containers:
        return (
            Report("No containers")
            .line("Docker has none here yet. Make one (`docker run`, or `docker compose up`), then look again.")
            .build()
        )
    up = sum(container.state.is_up for container in containers)
    wrong = any(one.health is Health.UNHEALTHY or one.state in (State.RESTARTING, State.DEAD) for one in containers)
    report = Report(f"Containers · {up} of {len(containers)} up", LOOK if wrong else PLAIN)
    for container in containers[:MOST_LISTED]:
        report.line(f"{SIGNS[container.state]} {code(container.name, _NAME_WIDTH)} {summary(container)}")
    left = len(containers) - MOST_LISTED
    if left > 0:
        report.line(f"… {left} more. `/docker info` shows each of them.")
    return report.build()


def info_embed(info: ContainerInfo, limits: str = "", engine: EngineVersion | None = None) -> discord.Embed:
    """A close look: never an environment, a label or a command line.

    Args:
        info: What was seen.
        limits: How long things may take, from `limit_lines`.
        engine: Which engine it is in; None when that isn't known.
    """
    container = info.container
    report = Report("Container", _colour(info)).line(_now(info))
    report.field("Image", code(container.image, 60))
    report.field("Ports", "\n".join(map(port_line, container.ports)) or "none", inline=True)
    policy = "no restart policy" if info.restart_policy == "no" else f"policy {plain(info.restart_policy)}"
    report.field("Restarts", f"{info.restart_count} by Docker\n{policy}", inline=True)
    if container.project:
        name = container.membership.service
        service = f"\nservice {code(name)}" if name else ""
        report.field("Compose", f"project {code(container.project)}{service}", inline=True)
    if container.created:
        report.field("Created", format_dt(container.created, "R"), inline=True)
    if limits:
        report.field("Time limits", limits)
    return report.footer(f"id {container.id[:12]}{f' · {engine}' if engine else ''}").build()


def confirm_embed(action: Action, info: ContainerInfo, warning: str = "") -> discord.Embed:
    """What is asked before a stop or a restart.

    Args:
        action: STOP or RESTART.
        info: The container.
        warning: What may go wrong with it.
    """
    then = (
        "It stays down until someone starts it."
        if action is Action.STOP
        else "Whoever uses it is cut off for a moment."
        if info.container.state.is_up
        else "It is not running, so this starts it."
    )
    report = Report(f"{action.value.capitalize()} this container?", LOOK).line(_now(info)).line(then)
    return (report.line(warning) if warning else report).build()


def working_embed(action: Action, name: str) -> discord.Embed:
    """What stands there while the engine works."""
    return Report(f"{DOING[action]}…").line(f"{DOING[action]} {code(name)}…").build()


def result_embed(result: ActionResult) -> discord.Embed:
    """How an action ended."""
    name = code(result.name)
    wait = f", after {duration(result.queue_wait)} in the queue" if result.queue_wait >= _NOTICED else ""
    took = f"Took {duration(result.duration)}{wait}."
    state = sign_and_word(result.state)
    if not result.changed:
        already = "stopped" if result.action is Action.STOP else "running"
        return Report(f"Already {already}").line(f"Nothing to do: {name} was {already} already. Now {state}.").build()
    done = DONE[result.action]
    if _as_wished(result):
        return Report(done, FINE).line(f"{done} {name}. Now {state}.").line(took).build()
    report = Report(f"{done}, but look again", LOOK).line(f"{done} {name}. Now {state}.")
    if result.state is State.UNKNOWN:
        return report.line("What it does now could not be seen; `/docker info` may tell.").line(took).build()
    return report.line("It did not stay as it should. Its own log tells why.").line(took).build()


def already_stopped_embed(name: str) -> discord.Embed:
    """The answer to a stop of what is not up."""
    return Report("Already stopped").line(f"{code(name)} is not running, so there is nothing to stop.").build()


def failed_embed(message: str) -> discord.Embed:
    """A failure in place of the message that asked for it."""
    return Report("That didn't work", BAD).line(message).build()


def _as_wished(result: ActionResult) -> bool:
    if result.action is Action.STOP:
        return not result.state.is_up and result.state is not State.UNKNOWN
    return result.state is State.RUNNING


def _now(info: ContainerInfo) -> str:
    """The name and the present state in words: "`nginx` ● running since 3 hours ago · healthy"."""
    state = info.container.state
    words = f"{code(info.container.name, _LINE_WIDTH)} {sign_and_word(state)}"
    if info.since:
        words += f" {'since ' if state.is_up else ''}{format_dt(info.since, 'R')}"
    if info.exit_code is not None:
        words += f" · exit code {info.exit_code}"
    if info.oom_killed:
        words += " · ⚠ out of memory"
    health = health_words(info.container.health)
    return f"{words} · {health}" if health and state.is_up else words


def _colour(info: ContainerInfo) -> discord.Colour:
    state = info.container.state
    if state is State.DEAD:
        return BAD
    if info.oom_killed or info.exit_code or state in (State.RESTARTING, State.PAUSED):
        return LOOK
    if state is State.RUNNING:
        return LOOK if info.container.health is Health.UNHEALTHY else FINE
    return PLAIN
