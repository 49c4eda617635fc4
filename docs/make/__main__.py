"""Write docs/commands.md and docs/settings.md anew."""

from __future__ import annotations

import asyncio
from pathlib import Path

from docs.make.commands import commands_page
from docs.make.settings import settings_page

DOCS = Path(__file__).parents[1]

if __name__ == "__main__":
    (DOCS / "commands.md").write_text(asyncio.run(commands_page(DOCS)), encoding="utf-8")
    (DOCS / "settings.md").write_text(settings_page(), encoding="utf-8")
