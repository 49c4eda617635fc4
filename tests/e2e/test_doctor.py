"""/perf doctor of the real bot, with its own checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.world import living_bot, settings_file, text_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_bot_looks_at_docker_its_settings_and_its_channels_too(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    settings_file(folder, {"docker": {"alerts": {"channel_id": 42}}})
    async with living_bot(folder, DOCKER_HOST="unix:///nowhere/docker.sock") as world:
        told = text_of(await world.run("perf doctor"))
        assert "✗ **Docker**" in told
        assert "there is no such socket" in told
        assert "✗ **Channel 42** There is no channel for the alerts" in told
        assert "✓ **Settings**" in told
        assert "✓ **Commands** Discord has all" in told
        (folder / "config.json").write_text("{")
        assert "✗ **Settings**" in text_of(await world.run("perf doctor"))
