"""From what happened to embeds. Pure: no clock, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from cogs.perf.kit import BAD, FINE, LOOK, PLAIN, Report, code, plain
from services.docker.events import Kind
from utils.metrics.format import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import discord

    from services.docker.events import Alert, AlertState, Bulletin, Rules

MOST_LISTED = 20
_NAME_WIDTH = 28
_INDENT = "\u2003"  # as wide as a sign; Discord keeps it, unlike blanks
_MUTED_LISTED = 15
_LATEST_LISTED = 5

_SIGNS: Mapping[Kind, str] = {Kind.RESTART_LOOP: "↻", Kind.OOM: "✗", Kind.DIED: "✗", Kind.UNHEALTHY: "⚠"}
_WORDS: Mapping[Kind, str] = {
    Kind.RESTART_LOOP: "restart loop",
    Kind.OOM: "out of memory",
    Kind.DIED: "died",
    Kind.UNHEALTHY: "unhealthy",
}
_ONE: Mapping[Kind, str] = {
    Kind.RESTART_LOOP: "A container restarts in a loop",
    Kind.OOM: "A container ran out of memory",
    Kind.DIED: "A container died",
    Kind.UNHEALTHY: "A container is unhealthy",
}
_MANY: Mapping[Kind, str] = {
    Kind.RESTART_LOOP: "containers restart in a loop",
    Kind.OOM: "containers ran out of memory",
    Kind.DIED: "containers died",
    Kind.UNHEALTHY: "containers are unhealthy",
}
_WATCHED = (Kind.DIED, Kind.OOM, Kind.UNHEALTHY, Kind.RESTART_LOOP)
_EXITS: Mapping[int, str] = {
    126: "its command can't be run",
    127: "its command was not found",
    134: "aborted",
    137: "killed",
    139: "crashed",
    143: "terminated",
}


@dataclass(frozen=True, slots=True)
class Posting:
    """How it goes with the posting.

    Attributes:
        problem: What is in the way, as a sentence; None while all is well.
        lost: How many messages could not be posted since the bot was started.
    """

    problem: str | None = None
    lost: int = 0


def bulletin_embed(bulletin: Bulletin) -> discord.Embed:
    """One message: what happened to each container, 20 at most, and what became of it.

    Args:
        bulletin: With at least one alert.
    """
    alerts = bulletin.alerts
    back = sum(alert.recovered is not None for alert in alerts)
    report = Report(_title(alerts, back), _colour(alerts, back))
    for alert in alerts[:MOST_LISTED]:
        report.line(_headline(alert)).line(f"{_INDENT}{_details(alert)}")
        if alert.recovered is not None:
            report.line(f"{_INDENT}● {_back(alert)} <t:{int(alert.recovered)}:R>")
    left = len(alerts) - MOST_LISTED
    if left > 0:
        report.line(f"… {left} more. `/docker list` shows them all.")
    return report.footer("/docker logs tells why · /docker mute silences one").build()


def state_embed(state: AlertState, posting: Posting) -> discord.Embed:
    """How it stands with the alerts."""
    well = state.channel_id is not None and state.trouble is None and posting.problem is None and not state.damage
    report = Report("Alerts", PLAIN if well else LOOK)
    if state.channel_id is None:
        where = "switched off in the chat" if state.chosen else "no channel is set"
        report.line(f"○ Posted nowhere: {where}. `/docker alerts channel:` sets one. All is measured in any case.")
    else:
        report.line(f"● Posted in <#{state.channel_id}>, {'set in the chat' if state.chosen else 'by the settings'}.")
    if posting.problem:
        report.line(f"⚠ The last one could not be posted: {posting.problem}")
    if posting.lost:
        report.line(f"⚠ {posting.lost} not posted since the bot was started.")
    if state.trouble is not None:
        report.line(f"⚠ Docker's events are not heard: {state.trouble.user_message}")
    elif not state.listening:
        report.line("… Docker's events are not heard yet.")
    if state.damage:
        report.line(f"⚠ {plain(state.damage)}")
    report.field("Watched", _watched(state.rules))
    report.field("Muted", "\n".join(_muted(state.mutes)) or "none")
    newest = (alert for bulletin in state.latest for alert in reversed(bulletin.alerts))
    latest = [f"{_headline(alert)} · {_when(alert)}" for alert in islice(newest, _LATEST_LISTED)]
    report.field("Last alerts", "\n".join(latest) or "none since the bot was started")
    return report.build()


def muted_embed(name: str, until: float | None) -> discord.Embed:
    """The answer to a mute."""
    ends = "until someone unmutes it" if until is None else f"until <t:{int(until)}:f> (<t:{int(until)}:R>)"
    return (
        Report("Muted", FINE)
        .line(f"Nothing is posted about {code(name)} {ends}. What happens to it is measured all the same.")
        .build()
    )


def unmuted_embed(name: str, *, was_muted: bool) -> discord.Embed:
    """The answer to an unmute."""
    if not was_muted:
        return Report("Not muted").line(f"{code(name)} was not muted, so there is nothing to do.").build()
    return Report("Unmuted", FINE).line(f"Alerts about {code(name)} are posted again.").build()


def _title(alerts: tuple[Alert, ...], back: int) -> str:
    kinds = {_worst(alert) for alert in alerts}
    if len(alerts) == 1:
        title = _ONE[_worst(alerts[0])]
        return f"{title} · {_back(alerts[0])}" if back else title
    title = f"{len(alerts)} {_MANY[kinds.pop()] if len(kinds) == 1 else 'containers in trouble'}"
    return f"{title} · {'all' if back == len(alerts) else back} well again" if back else title


def _colour(alerts: tuple[Alert, ...], back: int) -> discord.Colour:
    if back == len(alerts):
        return FINE
    serious = any(_worst(alert) is not Kind.UNHEALTHY for alert in alerts if alert.recovered is None)
    return BAD if serious else LOOK


def _worst(alert: Alert) -> Kind:
    return next(kind for kind in Kind if kind in alert.counts)


def _headline(alert: Alert) -> str:
    """What happened to one container, such as "✗ `web` died 3 times"."""
    words = " · ".join(_words(alert, kind) for kind in Kind if kind in alert.counts)
    return f"{_SIGNS[_worst(alert)]} {code(alert.container.name, _NAME_WIDTH)} {words}"


def _details(alert: Alert) -> str:
    """How and when it was, the last time: "exit code 137, killed · 5 minutes ago"."""
    if alert.exit_code is None:
        return _when(alert)
    meaning = _EXITS.get(alert.exit_code)
    return f"exit code {alert.exit_code}{f', {meaning}' if meaning else ''} · {_when(alert)}"


def _when(alert: Alert) -> str:
    return f"<t:{int(alert.at)}:R>"


def _words(alert: Alert, kind: Kind) -> str:
    count = alert.counts[kind]
    # How often a loop was noticed says nothing; how often it died does.
    return _WORDS[kind] if count == 1 or kind is Kind.RESTART_LOOP else f"{_WORDS[kind]} {count} times"


def _back(alert: Alert) -> str:
    match _worst(alert):
        case Kind.RESTART_LOOP:
            return "stays up"
        case _ if Kind.UNHEALTHY in alert.counts:
            return "healthy again"
        case _:
            return "running again"


def _watched(rules: Rules) -> str:
    if not rules.kinds:
        return "nothing, by the settings"
    loop = f"restart loop ({rules.loop_count} in {duration(rules.loop_seconds)})"
    kinds = [loop if kind is Kind.RESTART_LOOP else _WORDS[kind] for kind in _WATCHED if kind in rules.kinds]
    again = f"after {duration(rules.cooldown)}" if rules.cooldown else "at once"
    return f"{', '.join(kinds)}\nthe same again {again}\ngrouped within {duration(rules.group)}"


def _muted(mutes: Iterable[tuple[str, float | None]]) -> list[str]:
    lines = [
        f"{code(name, _NAME_WIDTH)} {'for good' if until is None else f'until <t:{int(until)}:R>'}"
        for name, until in mutes
    ]
    left = len(lines) - _MUTED_LISTED
    return [*lines[:_MUTED_LISTED], f"… {left} more"] if left > 0 else lines
