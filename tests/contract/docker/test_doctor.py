"""The doctor's look at Docker: a real engine, one behind a proxy that refuses some calls, and none at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.doctor.engine import NOBODY, docker_findings
from cogs.perf.doctor import Verdict
from tests.contract.docker.own import PROXY_CONFIG, Haproxy

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.docker


async def test_all_calls_of_the_bot_come_through_to_a_real_engine_and_nothing_is_done(engine_socket: str) -> None:
    engine, calls = await docker_findings(f"unix://{engine_socket}", {})
    assert (engine.verdict, calls.verdict) == (Verdict.OK, Verdict.OK)
    assert "API 1." in engine.said
    assert calls.said == "All 7 that the bot makes are allowed."


async def test_our_own_proxy_allows_them_all(engine_socket: str) -> None:
    async with Haproxy(engine_socket) as proxy:
        found = await docker_findings(proxy.address, {})
    assert {one.verdict for one in found} == {Verdict.OK}


async def test_what_a_proxy_refuses_is_named(engine_socket: str, tmp_path: Path) -> None:
    narrow = tmp_path / "narrow.cfg"
    text = (
        PROXY_CONFIG.read_text()
        .replace("(start|stop|restart)", "(start|stop)")
        .replace("_ping|version|events|", "_ping|version|")
    )
    narrow.write_text(text)
    async with Haproxy(engine_socket, narrow) as proxy:
        _, calls = await docker_findings(proxy.address, {})
    assert calls.verdict is Verdict.FAIL
    assert calls.said.endswith("refuses: POST /containers/*/restart, GET /events.")
    assert NOBODY not in calls.said


async def test_a_proxy_that_refuses_the_list_is_a_failure_with_its_rule(engine_socket: str, tmp_path: Path) -> None:
    narrow = tmp_path / "narrow.cfg"
    narrow.write_text(PROXY_CONFIG.read_text().replace("|containers/json", ""))
    async with Haproxy(engine_socket, narrow) as proxy:
        (found,) = await docker_findings(proxy.address, {})
    assert found.verdict is Verdict.FAIL
    assert "GET /containers/json" in found.said


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("unix:///nowhere/docker.sock", "there is no such socket"),
        ("ssh://me@there", "ssh:// is not supported"),
        ("tcp://127.0.0.1:1", "nobody listens there"),
    ],
)
async def test_no_docker_is_told_with_the_cure(address: str, said: str) -> None:
    (found,) = await docker_findings(address, {})
    assert found.verdict is Verdict.FAIL
    assert said in found.said
    assert found.cure
