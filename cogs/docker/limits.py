"""How long things may take, in words: which limit holds and why, and what became of what took longer. Pure."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

from cogs.perf.kit import BAD, FINE, LOOK, Report, code
from services.docker import PATIENCE, Action, Source, State
from utils.metrics.format import duration

from .status import DONE, sign_and_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import discord

    from services.docker import Later, Limit, OperationTimeout

LIMITED = (Action.INFO, Action.START, Action.STOP, Action.RESTART)
_NAME_WIDTH = 32
_WORDS = {Action.INFO: "looks", Action.START: "start", Action.STOP: "stop", Action.RESTART: "restart"}
_UNDONE = {Action.START: "Not started", Action.STOP: "Not stopped", Action.RESTART: "Not restarted"}
_REASONS = {
    Source.NAME: "set for it by name",
    Source.FAST: "fast kind",
    Source.SET: "set for all actions",
    Source.OWN: "what it needs to stop",
    Source.DEFAULT: "default",
}


def limit_lines(limits: Mapping[Action, Limit]) -> str:
    """Give each limit with where it comes from; what has the same limit shares a line.

    Args:
        limits: By action, in the order to show; INFO stands for looks and figures.
    """
    lines = []
    for limit, actions in groupby(limits, key=lambda action: (limits[action].seconds, _reason(limits[action]))):
        seconds, reason = limit
        words = ", ".join(_WORDS[action] for action in actions)
        lines.append(f"{words}: {seconds:g} s · {reason}")
    warnings = {warning(limit) for limit in limits.values() if limit.too_short}
    return "\n".join([*lines, *sorted(warnings)])


def warning(limit: Limit) -> str:
    """Say that a limit is too short for what the container may rightly take; nothing when it isn't."""
    if not limit.too_short:
        return ""
    if math.isinf(limit.needs):
        return f"⚠ Docker never kills it, so to stop may take longer than the limit of {limit.seconds:g} s."
    return f"⚠ To stop it may rightly take {limit.needs:g} s, longer than the limit of {limit.seconds:g} s."


def timed_out_embed(error: OperationTimeout) -> discord.Embed:
    """What stands there while it is looked at again."""
    report = Report("Not done in time", LOOK).line(error.user_message)
    return report.line(f"I go on looking for up to {duration(PATIENCE)}, and tell here what I see.").build()


def later_embed(error: OperationTimeout, later: Later) -> discord.Embed:
    """What became of it."""
    name, state = code(later.name, _NAME_WIDTH), sign_and_word(later.state)
    took = f"It took {duration(later.seconds)} longer than the limit of {error.seconds:g} s."
    if later.finished:
        wished = later.state.is_up != (later.action is Action.STOP) and later.state is not State.UNKNOWN
        report = Report(f"{DONE[later.action]} after all", FINE if wished else LOOK)
        now = "What it does now could not be seen." if later.state is State.UNKNOWN else f"Now {state}."
        return report.line(f"{DONE[later.action]} {name}. {now}").line(took).build()
    if later.problem:
        report = Report(_UNDONE[later.action] if later.seconds else "Not done in time", BAD)
        report.line(error.user_message).line(later.problem)
    else:
        report = Report(f"{_UNDONE[later.action]} in time", BAD).line(error.user_message)
    if later.state is State.UNKNOWN:
        return report.line("What it does now could not be seen; `/docker info` may tell.").build()
    return report.line(f"{duration(later.seconds)} later {name} was still {state}.").build()


def _reason(limit: Limit) -> str:
    if limit.source is Source.PATTERN:
        return f"set for {code(limit.by, _NAME_WIDTH)}"
    if limit.source is Source.SLOW:
        return f"slow kind, {code(limit.by, _NAME_WIDTH)}"
    return _REASONS[limit.source]
