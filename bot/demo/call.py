"""One measurement of the story."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One measurement.

    Attributes:
        end: When it ended, in seconds since the epoch.
        operation: Its name.
        duration: Seconds.
        metadata: Its metadata; an outcome other than ok makes it a failure.
    """

    end: float
    operation: str
    duration: float
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def success(self) -> bool:
        """Whether it succeeded."""
        return bool(self.metadata.get("outcome", "ok") == "ok")
