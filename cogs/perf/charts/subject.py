"""What a chart is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from cogs.perf.kit import clean, cut
from utils.metrics.format import cut_middle

from .axes import zone_name

if TYPE_CHECKING:
    from utils.metrics.analysis.spans import Span

_TITLE = 28
_NAME = 100
_ALT = 1_024


@dataclass(frozen=True, slots=True)
class Subject:
    """An operation in a window.

    Args:
        operation: Its name, a text from outside.
        span: The window.
        zone: Whose clock the chart shows.
    """

    operation: str
    span: Span
    zone: tzinfo = UTC

    @property
    def title(self) -> str:
        """The operation, as short as a picture needs it."""
        return cut_middle(self._bare, _TITLE)

    @property
    def note(self) -> str:
        """The window and the zone."""
        return cut(f"{self.span.name} · {zone_name(self.zone)}", _TITLE)

    def alt(self, kind: str, *sentences: str) -> str:
        """Put a chart into words, at most as many as Discord takes.

        Args:
            kind: Such as "Line chart".
            sentences: What it shows; those without a word are left out.
        """
        head = f"{kind} of {cut_middle(self._bare, _NAME)}, {self.span.name} ({zone_name(self.zone)})."
        return cut(" ".join([head, *filter(None, sentences)]), _ALT)

    @property
    def _bare(self) -> str:
        return " ".join(clean(self.operation).split())
