"""Lists of groups, and what an action on one would do. Pure: no clock, no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.docker.status import SIGNS, summary
from cogs.perf.kit import LOOK, Report, code
from services.docker import Action

from .words import KINDS, NAME_WIDTH, counted, held_words, listed, share, target_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from services.docker.groups import Group, Plan, Step

MOST_LISTED = 20
_MOST_GROUPS = 40


def groups_embed(groups: Sequence[Group]) -> discord.Embed:
    """One line a group."""
    if not groups:
        return (
            Report("No groups")
            .line(
                "A compose project is a group, and so are containers with the same value in their group label: "
                "`docker run --label ddc.group=games …`, unless the settings name another label."
            )
            .build()
        )
    report = Report(f"Groups · {len(groups)}")
    for group in groups[:_MOST_GROUPS]:
        up = sum(one.state.is_up for one in group.containers)
        sign = "○" if not up else "●" if up == len(group.containers) else "◐"
        report.line(f"{sign} {code(group.text, NAME_WIDTH)} {share(group.containers)} · {KINDS[group.target.kind]}")
    left = len(groups) - _MOST_GROUPS
    if left > 0:
        report.line(f"… {left} more. `/docker group info` shows each of them.")
    return report.build()


def group_embed(plan: Plan) -> discord.Embed:
    """A group's containers in the order in which they start.

    Args:
        plan: Of a start.
    """
    containers = [step.container for step in plan.steps]
    report = Report("Group").line(f"{target_words(plan.target)} · {share(containers)}")
    _steps(report, plan, held=False)
    _notes(report, plan)
    if len(plan.levels) > 1:
        report.footer("In the order in which they start")
    return report.build()


def question_embed(plan: Plan) -> discord.Embed:
    """What is asked before anything is done: which containers, in which order, and what is left alone."""
    report = Report(f"{plan.action.capitalize()} {counted(len(plan.acted))}?", LOOK)
    containers = [step.container for step in plan.steps]
    report.line(f"{target_words(plan.target)} · {share(containers)}{_then(plan.action)}")
    _steps(report, plan, held=True)
    _notes(report, plan)
    return report.footer("Takes at most 13 minutes; what is not done by then is told").build()


def untouchable_embed(plan: Plan) -> discord.Embed:
    """The answer when nothing of the group may be acted on by the asker."""
    report = Report(f"Nothing to {plan.action}").line(f"Nothing of {target_words(plan.target)} can be acted on:")
    _steps(report, plan, held=True)
    return report.build()


def idle_embed(plan: Plan) -> discord.Embed:
    """The answer when all is as it should be already."""
    state = "stopped" if plan.action is Action.STOP else "running"
    number = len(plan.acted)
    all_of = "its one container is" if number == 1 else f"all {number} containers are"
    report = Report(f"Already {state}")
    return report.line(f"Nothing to do for {target_words(plan.target)}: {all_of} {state}.").build()


def _then(action: Action) -> str:
    match action:
        case Action.STOP:
            return ". They stay down until someone starts them."
        case Action.RESTART:
            return ". One after the other; those that are down are started."
        case _:
            return ""


def _steps(report: Report, plan: Plan, *, held: bool) -> None:
    numbered = len(plan.levels) > 1
    lines = [
        _line(step, plan, f"**{number}** " if numbered else "", held=held)
        for number, level in enumerate(plan.levels, 1)
        for step in level
    ]
    for line in lines[:MOST_LISTED]:
        report.line(line)
    left = len(lines) - MOST_LISTED
    if left > 0:
        up = sum(step.container.state.is_up for step in plan.steps[MOST_LISTED:])
        report.line(f"… {left} more, {up} of them up")


def _line(step: Step, plan: Plan, number: str, *, held: bool) -> str:
    container = step.container
    if held and step.held is not None:
        return f"{number}⊘ {code(container.name, NAME_WIDTH)} {held_words(step.held, plan.action)}"
    return f"{number}{SIGNS[container.state]} {code(container.name, NAME_WIDTH)} {summary(container)}"


def _notes(report: Report, plan: Plan) -> None:
    for who, whom in plan.circles[:MOST_LISTED]:
        report.line(f"⚠ {code(who, NAME_WIDTH)} and {code(whom, NAME_WIDTH)} need each other; one had to come first.")
    if plan.against:
        report.line(f"⚠ {listed(plan.against)}: the number in `ddc.order` goes before what is depended on.")
    if plan.outside:
        report.line(f"{listed(plan.outside)}: also in need of something that is not part of this.")
