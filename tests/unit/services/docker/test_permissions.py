"""The service asks the policy whoever comes in, and tells nobody more than they may know."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from services.docker import (
    BOT,
    Action,
    Actor,
    AdminsOnly,
    AuditLog,
    Busy,
    ContainerNotFound,
    DockerError,
    DockerService,
    EngineError,
    Forbidden,
    Policy,
    Protected,
    Right,
    Rule,
    State,
    TooSoon,
)
from tests.contract.docker.fake_engine import FakeEngine
from tests.contract.docker.people import ADMIN

if TYPE_CHECKING:
    from pathlib import Path

    from services.docker import AuditEntry, ContainerInfo
    from utils.performance_metrics import PerformanceMetrics

MAX = Actor(user_id=7, name="max", channel_id=2)
STARTER = Rule(frozenset({Right.START}), containers=("web*", "vault"), user_ids=frozenset({7}))
POLICY = Policy(rules=(STARTER,), hidden=("vault",), protected=("proxy",))


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine()
    for name in ("web", "web-2", "vault", "proxy", "db"):
        engine.add(name)
    return engine


@pytest.fixture
def service(engine: FakeEngine, metrics: PerformanceMetrics, tmp_path: Path) -> DockerService:
    return DockerService(
        engine,
        metrics,
        policy=POLICY,
        names_max_age=0.0,
        cooldowns={Action.START: 60.0, Action.RESTART: 60.0},
        audit=AuditLog(tmp_path / "audit.jsonl"),
    )


async def records(metrics: PerformanceMetrics, action: str) -> list[dict[str, Any]]:
    await asyncio.to_thread(metrics.flush)
    text = await asyncio.to_thread(metrics.path.read_text)
    found = [json.loads(line)["metadata"] for line in text.splitlines()]
    return [one for one in found if one["action"] == action]


async def audit(service: DockerService) -> list[tuple[str, str, str, str | None]]:
    found: tuple[AuditEntry, ...] = await service.audited(ADMIN, 99)
    return [(one.action, one.container, one.outcome, one.error_type) for one in reversed(found)]


async def told(service: DockerService, actor: Actor, verb: str, name: str) -> str:
    """What the asker reads, with the name they gave taken out."""
    with pytest.raises(DockerError) as caught:
        await getattr(service, verb)(actor, name)
    return f"{type(caught.value).__name__}: {caught.value.user_message.replace(name, '…')}"


async def test_lists_and_suggestions_hold_only_what_may_be_seen(service: DockerService) -> None:
    assert [one.name for one in await service.list(MAX)] == ["web", "web-2"]
    assert [one.name for one in await service.names(MAX)] == ["web", "web-2"]
    assert [one.name for one in await service.names(MAX, Right.STOP)] == []
    with pytest.raises(ContainerNotFound) as caught:
        await service.info(MAX, "vaul")
    assert caught.value.suggestions == ()
    with pytest.raises(ContainerNotFound) as caught:
        await service.info(MAX, "webb")
    assert set(caught.value.suggestions) == {"web", "web-2"}


@pytest.mark.parametrize("verb", ["info", "start", "stop", "restart"])
async def test_what_is_hidden_gets_the_answer_of_what_is_not_there(
    service: DockerService, engine: FakeEngine, verb: str
) -> None:
    missing = await told(service, MAX, verb, "zzzzz")
    assert await told(service, MAX, verb, "vault") == missing
    assert await told(service, MAX, verb, engine.add("vault").id[:12]) == missing
    assert await told(service, MAX, verb, "db") == missing
    assert engine.state("vault") is State.RUNNING


async def test_a_refusal_is_recorded_as_denied_with_the_real_name_for_admins(
    service: DockerService, metrics: PerformanceMetrics
) -> None:
    for verb, name in (("stop", "web"), ("stop", "vault"), ("stop", "nobody")):
        await told(service, MAX, verb, name)
    assert [(one["container"], one["outcome"]) for one in await records(metrics, "stop")] == [
        ("web", "denied"),
        ("vault", "denied"),
        ("nobody", "not_found"),
    ]


class ShortIds(FakeEngine):
    """Says of what it is asked that several ids begin so, as engines do."""

    async def inspect(self, ref: str) -> ContainerInfo:
        raise EngineError(400, f"Multiple IDs found with provided prefix: {ref}")


async def test_an_id_cut_too_short_tells_a_member_nothing(metrics: PerformanceMetrics) -> None:
    service = DockerService(ShortIds(), metrics, policy=POLICY)
    with pytest.raises(ContainerNotFound):
        await service.info(MAX, "a")
    with pytest.raises(EngineError):
        await service.info(ADMIN, "a")


class Talkative(FakeEngine):
    """Names one container when another is started."""

    async def start(self, ref: str) -> bool:
        raise EngineError(500, f"cannot link to a non running container: /vault AS /web/vault, asked by {ref[:3]}")


async def test_what_the_engine_says_names_no_container_that_the_asker_may_not_see(metrics: PerformanceMetrics) -> None:
    engine = Talkative()
    engine.add("web")
    engine.add("vault")
    service = DockerService(engine, metrics, policy=POLICY, names_max_age=0.0)
    with pytest.raises(EngineError) as caught:
        await service.start(MAX, "web")
    assert "vault" not in caught.value.user_message
    assert "/web/" in caught.value.user_message
    with pytest.raises(EngineError, match="/vault"):
        await service.start(ADMIN, "web")


async def test_seeing_is_not_doing(service: DockerService, engine: FakeEngine) -> None:
    with pytest.raises(Forbidden, match="no right to stop `web`"):
        await service.stop(MAX, "web")
    assert (await service.start(MAX, "web")).name == "web"
    assert [call for call in engine.calls if call.startswith(("start", "stop"))] == ["start web"]


@pytest.mark.parametrize("actor", [ADMIN, BOT])
async def test_what_is_protected_nobody_stops_but_it_may_be_restarted(
    service: DockerService, engine: FakeEngine, actor: Actor
) -> None:
    with pytest.raises(Protected, match="`proxy` is protected"):
        await service.stop(actor, "proxy")
    assert "stop proxy" not in engine.calls
    assert "proxy" not in [one.name for one in await service.names(actor, Right.STOP)]
    assert (await service.restart(actor, "proxy")).state is State.RUNNING


async def test_the_question_is_refused_already_and_the_refusal_is_in_the_audit(service: DockerService) -> None:
    for actor, action, name, error in (
        (MAX, Action.STOP, "web", Forbidden),
        (MAX, Action.STOP, "vault", ContainerNotFound),
        (ADMIN, Action.STOP, "proxy", Protected),
    ):
        with pytest.raises(error):
            await service.preview(actor, action, name)
    await service.preview(ADMIN, Action.STOP, "web")
    assert await audit(service) == [
        ("stop", "web", "denied", "Forbidden"),
        ("stop", "vault", "denied", "Unseen"),
        ("stop", "proxy", "denied", "Protected"),
    ]


@pytest.mark.parametrize("actor", [MAX, ADMIN])
async def test_the_same_again_at_once_is_too_soon_for_admins_as_well(
    service: DockerService, engine: FakeEngine, actor: Actor
) -> None:
    await service.start(actor, "web")
    for name in ("web", engine.add("web").id[:12]):
        with pytest.raises(TooSoon, match="start of `web`"):
            await service.start(actor, name)
    with pytest.raises(TooSoon):
        await service.preview(actor, Action.START, "web")
    await service.start(actor, "web-2")
    assert engine.calls.count("start web") == 1


async def test_two_presses_at_once_act_once(service: DockerService, engine: FakeEngine) -> None:
    first, second = await asyncio.gather(
        service.restart(ADMIN, "web"), service.restart(ADMIN, "web"), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in (first, second)) == ["ActionResult", "TooSoon"]
    assert engine.calls.count("restart web") == 1


async def test_the_bot_itself_never_waits(service: DockerService) -> None:
    await service.restart(BOT, "web")
    await service.restart(BOT, "web")


async def test_a_refusal_charges_no_cooldown(engine: FakeEngine, metrics: PerformanceMetrics) -> None:
    service = DockerService(engine, metrics, concurrency=1, queue_limit=0, cooldowns={Action.START: 60.0})
    await service.queue.acquire()
    with pytest.raises(Busy):
        await service.start(ADMIN, "web")
    service.queue.release()
    await service.start(ADMIN, "web")


async def test_what_is_hidden_is_never_too_soon(service: DockerService) -> None:
    for _ in range(2):
        with pytest.raises(ContainerNotFound):
            await service.start(MAX, "vault")


async def test_every_action_leaves_a_line_done_failed_and_refused(service: DockerService, engine: FakeEngine) -> None:
    await service.start(MAX, "web")
    for actor, verb, name in (
        (MAX, "start", "web"),
        (MAX, "stop", "web"),
        (ADMIN, "stop", "proxy"),
        (MAX, "stop", "x"),
    ):
        await told(service, actor, verb, name)
    engine.broken = EngineError(500, "no memory")
    await told(service, ADMIN, "restart", "db")
    await service.names(ADMIN)
    assert await audit(service) == [
        ("start", "web", "ok", None),
        ("start", "web", "denied", "TooSoon"),
        ("stop", "web", "denied", "Forbidden"),
        ("stop", "proxy", "denied", "Protected"),
        ("stop", "x", "not_found", "ContainerNotFound"),
        ("restart", "db", "error", "EngineError"),
    ]
    newest = (await service.audited(ADMIN, 1, user_id=7))[0]
    assert (newest.user_id, newest.name, newest.channel) == (7, "max", 2)


async def test_the_audit_is_for_admins_alone(service: DockerService) -> None:
    with pytest.raises(AdminsOnly, match="Only admins can see the audit"):
        await service.audited(MAX, 5)


async def test_closing_writes_the_last_lines(service: DockerService, tmp_path: Path) -> None:
    await service.start(ADMIN, "web")
    await service.close()
    assert b'"container":"web"' in await asyncio.to_thread((tmp_path / "audit.jsonl").read_bytes)
