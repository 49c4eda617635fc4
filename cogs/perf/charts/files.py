"""Pictures as files of a message: in the reports, and for whoever posts one beside them."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC
from typing import TYPE_CHECKING

import discord

from utils.metrics.standing import judge

from .over_time import OverTime
from .painter import PAINTER, ChartError
from .subject import Subject

if TYPE_CHECKING:
    from datetime import tzinfo

    from cogs.perf.kit import Report
    from utils.metrics.analysis.spans import Span
    from utils.performance_metrics import PerformanceMetrics

    from .picture import Picture

NAME = "chart.png"


async def attach(report: Report, picture: Picture | None) -> list[discord.File]:
    """Put a picture under a report; where it can't be drawn the report says why.

    Args:
        report: Which one.
        picture: What; None leaves the report as it is.

    Returns:
        The files that its message needs.
    """
    if picture is None:
        return []
    try:
        file = await drawn(picture)
    except ChartError as error:
        report.line(f"⚠ {error.user_message}")
        return []
    report.image(NAME)
    return [file]


async def drawn(picture: Picture) -> discord.File:
    """Draw a picture as a file, its words as the text for who can't see it.

    Raises:
        ChartError: It can't be drawn.
    """
    data = await asyncio.wrap_future(PAINTER.paint(picture))
    return discord.File(io.BytesIO(data), NAME, description=picture.alt)


async def chart_file(
    metrics: PerformanceMetrics, operation: str, span: Span, now: float, zone: tzinfo = UTC
) -> discord.File | None:
    """Draw an operation over time, for a message that is not one of the reports.

    An embed shows it by `Report.image(NAME)`; who posts it in a channel needs the right to attach files.

    Args:
        metrics: Where to read.
        operation: Whose calls.
        span: The window.
        now: Seconds since the epoch.
        zone: Whose clock the chart shows.

    Returns:
        None when there was no call in the window.

    Raises:
        ChartError: It can't be drawn.
        StorageError: The metrics can't be read.
    """
    found = await asyncio.to_thread(read_over_time, metrics, Subject(operation, span, zone), now)
    return await drawn(found.picture()) if found.whole.calls else None


def read_over_time(metrics: PerformanceMetrics, subject: Subject, now: float) -> OverTime:
    """Read what the chart over time shows; blocks.

    Args:
        metrics: Where to read.
        subject: Whose and when.
        now: Seconds since the epoch.
    """
    samples = metrics.get_samples(subject.operation, subject.span.start, subject.span.end)
    standing = judge(metrics, now, [subject.operation]).get(subject.operation)
    usual = standing.usual.p95 if standing is not None and standing.usual is not None else None
    return OverTime.of(subject, samples, usual)
