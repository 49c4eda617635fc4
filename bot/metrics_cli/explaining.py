"""``explain``: what of the measurements is not as it should be, told on a terminal."""

from __future__ import annotations

import math
import os
import sys
import time
from typing import TYPE_CHECKING

from bot.metrics_cli import codes, shapes, source
from bot.metrics_cli.codes import Ending
from bot.metrics_cli.terminal import Terminal, name_of, say
from utils.metrics.analysis.advice import advise, checked, sentence
from utils.metrics.analysis.rules import RULES
from utils.metrics.grounds import gather
from utils.metrics.words import exact, plural, window

if TYPE_CHECKING:
    import argparse

    from rich.console import RenderableType

    from utils.metrics.analysis.advice import Advice, Facts


def explain(options: argparse.Namespace) -> int:
    """Hold the measurements against the rules."""
    hours: float | None = options.hours
    if hours is None or not math.isfinite(hours):
        raise Ending(codes.USAGE, "--hours all makes no advice: rules are about a stretch of time. Try --hours 168.")
    with source.opened(options) as metrics:
        name = source.find(metrics, options)
        facts = gather(metrics, hours, time.time(), name)
        found = advise(facts, RULES)
        rules = len(checked(facts, RULES))
        if options.json:
            say(shapes.text_of(shapes.explain(found, rules, facts)))
            return codes.FINE if facts.calls or found else codes.NOTHING
        if not facts.calls and not found:
            raise source.nothing(facts.health, "Nothing was called", hours)
        say(_report(facts, found, rules, Terminal.of(sys.stdout, os.environ), source.written(metrics)))
    return codes.FINE


def _report(facts: Facts, found: tuple[Advice, ...], rules: int, terminal: Terminal, written: float | None) -> str:
    from rich.text import Text  # noqa: PLC0415 - `--json` does without, and starts faster

    from bot.metrics_cli.tables import footer  # noqa: PLC0415 - as above

    rested = f"checked {plural(rules, 'rule')} over {plural(facts.calls, 'call')}."
    verdict = f"{plural(len(found), 'thing')} to look at; {rested}" if found else f"Nothing to advise: {rested}"
    name = "Explain" if facts.operation is None else f"Explain {name_of(facts.operation)}"
    parts: list[RenderableType] = [
        Text(f"{name} · last {window(facts.hours)}", "bold"),
        Text(verdict, "yellow" if found else "green"),
    ]
    for number, advice in enumerate(found, 1):
        parts += [
            Text(""),
            Text(f"{number}. {advice.rule.title}", "bold red" if advice.finding.bad else "bold"),
            Text(sentence(advice.finding.evidence, name_of)),
            Text(f"→ {advice.rule.cure}"),
        ]
        if advice.settings:
            names = ", ".join(name for name, _ in advice.settings)
            parts.append(Text(f"{'Setting' if len(advice.settings) == 1 else 'Settings'}: {names}"))
        parts.append(Text(f"More: {advice.rule.docs}", "dim"))
    return terminal.draw(*parts, Text(""), footer(facts.health, written, time.time(), exact(facts.calls)))
