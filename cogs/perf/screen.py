"""What a report looks like before it is a Discord message: an embed's content and where its buttons lead.

A screen is a frozen value that can draw itself from the metrics. Its links hold the next screens, so that going through
the reports needs no state but the screen that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics

    from .charts.picture import Picture
    from .kit import Report


class Screen(Protocol):
    """A place in the reports."""

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Read the metrics and lay out the page. It may block: call it in a thread.

        Args:
            metrics: Where to read.
            now: Unix seconds.
        """
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """A button.

    Args:
        key: Its custom id, unique on the page.
        label: At most 80 characters.
        to: Where it leads; None greys it out.
        current: Whether it stands for what is shown now.
    """

    key: str
    label: str
    to: Screen | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A line of a select.

    Args:
        label: At most 100 units.
        description: At most 100 units.
        to: Where it leads.
    """

    label: str
    description: str
    to: Screen


@dataclass(frozen=True, slots=True)
class Pick:
    """A select.

    Args:
        key: Its custom id.
        placeholder: What it says while nothing is picked.
        options: 1 to 25.
    """

    key: str
    placeholder: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn screen.

    Args:
        report: The embed in the making.
        rows: At most 5; a row is a select, or at most 5 buttons.
        picture: A chart below the text, which holds the numbers as well.
    """

    report: Report
    rows: tuple[tuple[Link, ...] | Pick, ...] = ()
    picture: Picture | None = None
