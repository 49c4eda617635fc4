"""From lines of the audit to an embed. Pure: no clock, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from discord.utils import format_dt

from cogs.perf.kit import Report, code, plain
from utils.metrics.format import cut_middle, duration

if TYPE_CHECKING:
    import discord

    from services.docker import AuditEntry

PAGE = 8
_CONTAINER_WIDTH = 24
_NAME_WIDTH = 32
_WHY = {
    "Forbidden": "no right",
    "Unseen": "may not see it",
    "Protected": "protected",
    "TooSoon": "too soon",
    "Busy": "queue full",
    "Stopping": "bot was stopping",
    "Interrupted": "bot was stopped",
    "ContainerNotFound": "no such container",
    "OperationTimeout": "timeout",
    "EngineUnreachable": "Docker away",
    "EngineError": "Docker said no",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, and what for.

    Attributes:
        entries: The newest first.
        limit: How many were asked for at most.
        container: Of this container alone.
        user: Of the person of this name alone.
        lost: How many lines could not be written since the bot was started.
    """

    entries: tuple[AuditEntry, ...]
    limit: int
    container: str | None = None
    user: str | None = None
    lost: int = 0

    @property
    def pages(self) -> int:
        """How many pages they fill, at least one."""
        return max(1, -(-len(self.entries) // PAGE))


def audit_embed(found: Found, page: int = 0) -> discord.Embed:
    """One page.

    Args:
        found: What was read.
        page: From 0.
    """
    report = Report("Docker audit · newest first")
    about = [code(found.container, _CONTAINER_WIDTH)] if found.container is not None else []
    about += [f"by {plain(cut_middle(found.user, _NAME_WIDTH))}"] if found.user is not None else []
    if about:
        report.line(f"Only {' '.join(about)}").line()
    if not found.entries:
        report.line(
            "No line is about that." if about else "Nobody has started, stopped or restarted a container from here yet."
        )
    for entry in found.entries[page * PAGE : (page + 1) * PAGE]:
        report.line(_what(entry)).line(_who(entry))
    return report.footer(_footer(found, page)).build()


def _what(entry: AuditEntry) -> str:
    name = code(entry.container, _CONTAINER_WIDTH)
    if entry.outcome == "ok":
        return f"✓ {plain(entry.action)} {name} · {duration(entry.seconds)}"
    why = _WHY.get(entry.error_type or "") or plain(entry.error_type or entry.outcome)
    return f"✗ {plain(entry.action)} {name} · {'denied, ' if entry.outcome == 'denied' else ''}{why}"


def _who(entry: AuditEntry) -> str:
    where = f" in <#{entry.channel}>" if entry.channel else ""
    # A blank of its own width: chats drop plain ones at the beginning of a line.
    return f"\u2003{plain(cut_middle(entry.name, _NAME_WIDTH)) or entry.user_id}{where} {format_dt(entry.time, 'R')}"


def _footer(found: Found, page: int) -> str:
    count = len(found.entries)
    parts = [f"page {page + 1} of {found.pages}"] if found.pages > 1 else []
    if count >= found.limit:
        parts.append(f"the latest {count}, older ones are left out")
    elif count:
        parts.append(f"{count} {'line' if count == 1 else 'lines'}")
    if found.lost:
        parts.append(f"⚠ {found.lost} could not be written since the start; the bot's log tells why")
    return " · ".join(parts)
