"""``ddc-perf doctor`` as a process, against a sandbox in which something is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox import permissions as perms
from sandbox.server import Sandbox
from sandbox.world import GUILD_ID, REPORTS_ID
from tests.e2e.program import environment, files, program
from tests.e2e.world import living_bot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.program import Done

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "MTEyMzQ1Njc4OTAx.Gabcde.not-a-real-token-of-mine-0123456789"  # noqa: S105 - a wrong one


def verdicts(done: Done) -> dict[str, str]:
    """The verdict of each check."""
    told = json.loads(done.out)
    assert (done.code == 0) is told["ok"]
    return {one["check"]: one["verdict"] for one in told["checks"]}


def said(done: Done, check: str) -> str:
    """What a check said, and its cure."""
    (one,) = [one for one in json.loads(done.out)["checks"] if one["check"] == check]
    return f"{one['said']} {one['cure']}"


async def test_a_bot_that_runs_well_is_well(tmp_path: Path) -> None:
    async with living_bot(tmp_path / "bot") as world:
        environ = environment(world.sandbox, tmp_path, DISCORD_BOT_TOKEN=world.sandbox.token)
        environ |= {
            "DDC_METRICS_DIR": str(tmp_path / "bot" / "metrics"),
            "DDC_CONFIG": str(tmp_path / "bot" / "config.json"),
            "DDC_GUILD_ID": GUILD_ID,
        }
        found = verdicts(await program(environ, "doctor", "--json"))
        assert "fail" not in {found[name] for name in found if not name.startswith("Docker")}
        for check in ("Token", "Clock", "Intents", "Invitations", "Server", "Commands", "Bot", "Data folder"):
            assert found[check] == "ok", check
        shown = await program(environ, "doctor")
        assert "✓ Commands" in shown.out
        assert "It runs: healthy" in shown.out
        assert world.sandbox.token not in shown.out


async def test_before_the_first_start_the_commands_are_missing_and_nothing_is_written(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        environ = environment(sandbox, tmp_path, DISCORD_BOT_TOKEN=sandbox.token)
        done = await program(environ, "doctor", "--json")
    assert verdicts(done)["Commands"] == "fail"
    assert done.code == 1
    assert files(tmp_path) == []


async def test_no_token_a_strange_one_and_a_refused_one_are_told_apart_and_never_shown(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        none = await program(environment(sandbox, tmp_path), "doctor", "--json")
        assert "no token anywhere" in said(none, "Token's place")
        strange = await program(environment(sandbox, tmp_path, DISCORD_BOT_TOKEN=f"{SECRET} x"), "doctor", "--json")
        assert "blanks" in said(strange, "Token's place")
        refused = await program(environment(sandbox, tmp_path, DISCORD_BOT_TOKEN=SECRET), "doctor", "--json")
        assert "refused the token" in said(refused, "Token")
        assert "Reset Token" in said(refused, "Token")
    for done in (none, strange, refused):
        assert done.code == 1
        assert SECRET not in done.out + done.err


async def test_a_missing_permission_a_channel_that_is_gone_and_a_foreign_server(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    settings = tmp_path / "config" / "config.json"
    settings.write_text(json.dumps({"docker": {"alerts": {"channel_id": int(REPORTS_ID)}}}))
    async with Sandbox() as sandbox:
        sandbox.set_permissions("reports", "ddc-perf", deny=perms.SEND_MESSAGES)
        environ = environment(sandbox, tmp_path, DISCORD_BOT_TOKEN=sandbox.token)
        assert "Send Messages" in said(await program(environ, "doctor", "--json"), "Channel #reports")
        settings.write_text(json.dumps({"docker": {"alerts": {"channel_id": 42}}}))
        assert "/docker alerts channel:" in said(await program(environ, "doctor", "--json"), "Channel 42")
        elsewhere = await program({**environ, "DDC_GUILD_ID": "77"}, "doctor", "--json")
        assert "not in the server 77" in said(elsewhere, "Server")
        assert "guild_id=77" in said(elsewhere, "Server")


async def test_a_discord_in_trouble_is_told_and_the_rest_is_checked(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        sandbox.fault("503", path="/users/@me", times=9)
        done = await program(environment(sandbox, tmp_path, DISCORD_BOT_TOKEN=sandbox.token), "doctor", "--json")
    assert "trouble itself (503)" in said(done, "Discord")
    assert verdicts(done)["Python"] == "ok"


async def test_no_docker_and_wrong_settings_are_each_told_with_their_cure(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.json").write_text('{"guild_id": "mine"}')
    async with Sandbox() as sandbox:
        environ = environment(sandbox, tmp_path, DISCORD_BOT_TOKEN=sandbox.token)
        done = await program({**environ, "DOCKER_HOST": "unix:///nowhere/docker.sock"}, "doctor", "--json")
    assert "no such socket" in said(done, "Docker")
    assert "right-click the server" in said(done, "Settings")


async def test_a_wrong_docker_address_hides_no_other_check(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        environ = environment(sandbox, tmp_path, DISCORD_BOT_TOKEN=sandbox.token, DOCKER_HOST="ssh://there")
        done = await program(environ, "doctor", "--json")
    assert verdicts(done)["Docker"] == "fail"
    assert verdicts(done)["Server"] == "ok"
