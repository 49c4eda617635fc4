"""From what was seen to the status message. Pure: the time comes in as an argument."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from discord.utils import format_dt

from cogs.docker.status import SIGNS, exit_code, health_words
from cogs.perf.kit import BAD, FINE, LOOK, Report, code
from services.docker import Health, State
from utils.metrics.format import cpu_use, size

from .planner import Content

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    import discord

    from services.docker import Container
    from services.docker.live import Sample

    from .lookout import Sight

MOST_SHOWN = 30
"""Lines of a message. As many of the longest fit into an embed, and a phone shows no more without much scrolling."""
_NAME_WIDTH = 24


def shown_first(containers: Iterable[Container]) -> list[Container]:
    """Put what needs a look first, the others by name: a line keeps its place while all is well."""
    return sorted(containers, key=lambda one: (not _is_wrong(one), one.name.casefold(), one.name))


@dataclass(frozen=True, slots=True)
class Drawing:
    """What one channel's message is to show.

    Args:
        sight: What was seen.
        containers: Those that may be shown there.
    """

    sight: Sight
    containers: tuple[Container, ...]

    def content(self) -> Content:
        """What is compared with what the message shows."""
        return Content(self._text(figures=False), self._text(figures=True))

    def embed(self, now: float) -> discord.Embed:
        """The message itself.

        Args:
            now: Unix seconds.
        """
        return self._report(figures=True).line().line(f"Updated <t:{int(now)}:R>").build()

    def _text(self, *, figures: bool) -> str:
        return json.dumps(self._report(figures=figures).build().to_dict(), sort_keys=True)

    def _report(self, *, figures: bool) -> Report:
        if self.sight.away is not None:
            return self._old(self.sight.away)
        if not self.containers:
            return Report("No containers").line("There is none that may be shown here.")
        up = sum(one.state.is_up for one in self.containers)
        wrong = any(map(_is_wrong, self.containers))
        report = Report(f"Containers · {up} of {len(self.containers)} up", LOOK if wrong else FINE)
        return self._lines(report, figures=figures)

    def _old(self, away: float) -> Report:
        what = "does not answer" if self.sight.silent else "can't be reached"
        report = Report("Containers · last known state" if self.containers else "Containers · not known", BAD)
        report.line(f"⚠ **Docker {what}** since <t:{int(away)}:R>.")
        if self.containers:
            report.line("This is how it was before; it may have changed.").line()
        return self._lines(report, figures=False)

    def _lines(self, report: Report, *, figures: bool) -> Report:
        ordered = shown_first(self.containers)
        for container in ordered[:MOST_SHOWN]:
            sample = self.sight.figures.get(container.id) if figures else None
            report.line(container_line(container, self.sight.since, sample))
        left = len(ordered) - MOST_SHOWN
        if left > 0:
            report.line(f"… {left} more. `/docker list` shows them.")
        return report


def container_line(container: Container, since: Mapping[str, datetime], sample: Sample | None = None) -> str:
    """One container: "● `web` running since 3 hours ago · healthy · 12 % · 340 MB"; Discord keeps the time right.

    Args:
        container: It.
        since: When the present state began, by id, as far as that is known.
        sample: What it uses of the machine; what is not known of it is left out.
    """
    state = container.state
    words = f"{SIGNS[state]} {code(container.name, _NAME_WIDTH)} {state}"
    began = since.get(container.id)
    if began is not None:
        words += f" {'since ' if state.is_up else ''}{format_dt(began, 'R')}"
    if (number := exit_code(container)) not in (None, 0):
        words += f" ({number})"
    health = health_words(container.health) if state.is_up else ""
    parts = [words, health]
    if sample is not None and container.state.is_up:
        figures = [
            "" if sample.cpu is None else cpu_use(sample.cpu),
            "" if sample.memory is None else size(sample.memory),
        ]
        parts += figures
    return " · ".join(filter(None, parts))


def _is_wrong(container: Container) -> bool:
    return container.state in (State.RESTARTING, State.DEAD) or (
        container.state.is_up and container.health is Health.UNHEALTHY
    )
