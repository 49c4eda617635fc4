"""Engines' replies, see replies/README.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from services.docker.live.parse import frame_from_stats

if TYPE_CHECKING:
    from services.docker.live.model import Frame

FOLDER = Path(__file__).parent / "replies"


def recorded(name: str) -> list[Frame]:
    """The frames of a file, in order."""
    return [frame_from_stats(json.loads(line)) for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()]
