"""What goes wrong between the bot and an engine, with real sockets, and what the bot makes of it."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import ssl
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from services.docker import (
    ContainerNotFound,
    DockerService,
    EngineError,
    EngineUnreachable,
    OperationTimeout,
    State,
    Timeouts,
    Why,
)
from services.docker.engine import AiodockerEngine
from tests.contract.docker.people import ADMIN
from tests.contract.docker.real import until
from tests.contract.docker.servers import Relay, Script, drip, hang, reply
from tests.needs import needs
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.contract.docker.real import Containers
    from tests.contract.docker.servers import Answer

ROOT = Path(__file__).parents[3]
NOT_FOUND = json.dumps({"message": "No such container: web"})


@asynccontextmanager
async def engine_at(
    address: str, *, seconds: float = 90.0, environ: dict[str, str] | None = None
) -> AsyncIterator[AiodockerEngine]:
    engine = AiodockerEngine(address, environ=environ or {}, timeout=seconds)
    try:
        yield engine
    finally:
        await engine.close()


async def why_unreachable(address: str, environ: dict[str, str] | None = None) -> Why:
    async with engine_at(address, environ=environ) as engine:
        with pytest.raises(EngineUnreachable) as caught:
            await engine.containers()
    assert caught.value.address == address
    assert address in caught.value.user_message
    return caught.value.why


async def test_a_socket_that_is_not_there(tmp_path: Path) -> None:
    assert await why_unreachable(f"unix://{tmp_path}/none.sock") is Why.NO_SOCKET
    assert await why_unreachable(f"unix://{tmp_path}/none/none.sock") is Why.NO_SOCKET


async def test_a_socket_file_that_nobody_listens_on(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(tmp_path / "old.sock"))
    assert await why_unreachable(f"unix://{tmp_path}/old.sock") is Why.REFUSED


async def test_a_file_that_is_no_socket(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert await why_unreachable(f"unix://{tmp_path}/file") is Why.REFUSED


async def test_a_port_that_nobody_listens_on() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert await why_unreachable(f"tcp://127.0.0.1:{port}") is Why.REFUSED


async def test_a_host_that_nobody_knows() -> None:
    assert await why_unreachable("tcp://no-such-host.invalid:2375") is Why.UNKNOWN_HOST


ASK_AS_ANOTHER = """
import asyncio, os, sys
from services.docker.engine import AiodockerEngine

async def main():
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
    engine = AiodockerEngine(sys.argv[1], environ={})
    try:
        await engine.containers()
    except Exception as error:
        print(type(error).__name__, error)
    finally:
        await engine.close()

asyncio.run(main())
"""


@pytest.mark.docker
async def test_a_real_engines_socket_that_the_bots_user_may_not_use(engine_socket: str) -> None:
    needs(root=True)
    asked = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", ASK_AS_ANOTHER, f"unix://{engine_socket}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "EngineUnreachable" in asked.stdout, asked.stderr
    assert "permission denied. Add the bot's user to the group `docker`" in asked.stdout


async def test_an_engine_that_accepts_and_never_answers_is_given_up_in_time(tmp_path: Path) -> None:
    async with Script(tmp_path / "s", hang) as server, engine_at(server.address, seconds=0.3) as engine:
        for ask, action in ((engine.inspect, "info"), (engine.restart, "restart")):
            with pytest.raises(OperationTimeout) as caught:
                await asyncio.wait_for(ask("web"), timeout=20)
            assert (caught.value.seconds, caught.value.action, caught.value.container) == (0.3, action, "web")


async def test_an_engine_that_takes_no_connection_is_given_up_in_time(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as full:
        full.bind(str(path))
        full.listen(0)
        with socket.socket(socket.AF_UNIX) as waiting:
            waiting.connect(str(path))  # the one place in the line
            engine = AiodockerEngine(f"unix://{path}", environ={}, timeout=0.5, connect_timeout=0.2)
            with pytest.raises((EngineUnreachable, OperationTimeout)):
                await asyncio.wait_for(engine.containers(), timeout=20)
            await engine.close()


async def cut_at_once(_request: str, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def cut_in_the_head(_request: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
    await writer.drain()


async def cut_in_the_body(_request: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{"Id":')
    await writer.drain()


@pytest.mark.parametrize("cut", [cut_at_once, cut_in_the_head, cut_in_the_body])
async def test_an_engine_that_breaks_off_midway(tmp_path: Path, cut: object) -> None:
    async with Script(tmp_path / "s", cut) as server:  # type: ignore[arg-type] # parametrize has no types
        assert await why_unreachable(server.address) is Why.CUT


@pytest.mark.parametrize("cut", [cut_at_once, cut_in_the_head, cut_in_the_body])
async def test_an_engine_that_hangs_up_before_anything_is_asked_is_not_told_as_uncertain(
    tmp_path: Path, cut: Answer
) -> None:
    async with Script(tmp_path / "s", cut) as server, engine_at(server.address) as engine:
        server.version = {}
        with pytest.raises(EngineUnreachable) as caught:
            await engine.restart("web")
    assert caught.value.why is Why.HUNG_UP
    assert "may or may not" not in caught.value.user_message
    assert set(server.requests) == {"GET /version"}


@pytest.mark.parametrize("stream", ["logs", "stats", "events"])
async def test_a_stream_that_is_cut_midway_ends_with_the_reason_and_what_came_before_is_not_lost(
    tmp_path: Path, stream: str
) -> None:
    line = json.dumps({"Type": "container"}) + "\n"

    async def answer(_request: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(f"{len(line):x}\r\n{line}\r\n{len(line):x}\r\n{line[:5]}".encode())
        await writer.drain()

    came: list[Any] = []

    async def read(pieces: AsyncIterator[Any]) -> None:
        async for piece in pieces:
            came.append(piece)  # noqa: PERF401 - what came before the error is what it is about

    async with Script(tmp_path / "s", answer) as server, engine_at(server.address) as engine:
        with pytest.raises(EngineUnreachable) as caught:
            await read(engine.events() if stream == "events" else getattr(engine, stream)("web"))
    assert caught.value.why in (Why.CUT, Why.NOT_DOCKER)
    assert b"".join(came).startswith(line.encode()) if stream == "logs" else came[:1] == [json.loads(line)]


async def test_an_engine_that_answers_a_byte_at_a_time_is_understood(tmp_path: Path) -> None:
    row = {"Id": "ab" * 32, "Names": ["/web"], "Image": "image", "State": "running"}

    async def answer(_request: str, writer: asyncio.StreamWriter) -> None:
        await drip(writer, json.dumps([row]).encode())

    async with Script(tmp_path / "s", answer) as server, engine_at(server.address) as engine:
        (container,) = await engine.containers()
    assert (container.name, container.state) == ("web", State.RUNNING)


async def test_an_engine_that_goes_on_answering_for_ever_is_given_up_in_time(tmp_path: Path) -> None:
    async def answer(_request: str, writer: asyncio.StreamWriter) -> None:
        await drip(writer, b" " * 1_000_000, pause=0.01)

    async with Script(tmp_path / "s", answer) as server, engine_at(server.address, seconds=0.5) as engine:
        with pytest.raises(OperationTimeout):
            await asyncio.wait_for(engine.containers(), timeout=30)


async def test_an_action_that_was_broken_off_is_not_asked_for_twice(tmp_path: Path) -> None:
    async with Script(tmp_path / "s", cut_at_once) as server, engine_at(server.address) as engine:
        with pytest.raises(EngineUnreachable, match="may or may not be done"):
            await engine.restart("web")
    assert [one for one in server.requests if one.startswith("POST")] == ["POST /v1.41/containers/web/restart"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("<html>Welcome</html>", "text/html", 200),
        ("[{]", "application/json", 200),
        ('[{"no": "id"}]', "application/json", 200),
        ('["text"]', "application/json", 200),
        ('"text"', "application/json", 200),
        ("null", "application/json", 200),
        ("{", "application/json", 500),
        ("{}", "application/json", 500),
    ],
)
async def test_what_answers_but_is_no_engine(tmp_path: Path, body: str, content_type: str, status: int) -> None:
    async def answer(_request: str, writer: asyncio.StreamWriter) -> None:
        await reply(writer, body, status, content_type)

    async with Script(tmp_path / "s", answer) as server:
        assert await why_unreachable(server.address) is Why.NOT_DOCKER


async def test_a_version_that_is_none(tmp_path: Path) -> None:
    async with Script(tmp_path / "s", hang) as server:
        server.version = {"Version": "?"}
        assert await why_unreachable(server.address) is Why.NOT_DOCKER


async def test_what_does_not_even_speak_http() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await why_unreachable(f"tcp://127.0.0.1:{port}") in (Why.NOT_DOCKER, Why.CUT)


async def test_an_error_of_the_engine_is_told_without_the_secrets_in_it(tmp_path: Path) -> None:
    async def answer(_request: str, writer: asyncio.StreamWriter) -> None:
        await reply(writer, json.dumps({"message": "mount failed: smb://me:hunter2@nas, PASSWORD=hunter2"}), 500)

    async with Script(tmp_path / "s", answer) as server, engine_at(server.address) as engine:
        with pytest.raises(EngineError) as caught:
            await engine.start("web")
    assert caught.value.status == 500
    assert "mount failed" in caught.value.user_message
    assert "hunter2" not in caught.value.user_message


async def test_a_proxy_that_does_not_let_a_call_through(tmp_path: Path) -> None:
    async def answer(_request: str, writer: asyncio.StreamWriter) -> None:
        await reply(writer, "<html><body><h1>403 Forbidden</h1></body></html>", 403, "text/html")

    async with Script(tmp_path / "s", answer) as server, engine_at(server.address) as engine:
        with pytest.raises(EngineError, match="socket proxy") as caught:
            await engine.restart("web")
    assert caught.value.message == "403 Forbidden"


async def test_only_a_missing_container_is_not_found_not_any_404(tmp_path: Path) -> None:
    bodies = iter([NOT_FOUND, json.dumps({"message": "page not found"})])

    async def answer(_request: str, writer: asyncio.StreamWriter) -> None:
        await reply(writer, next(bodies), 404)

    async with Script(tmp_path / "s", answer) as server, engine_at(server.address) as engine:
        with pytest.raises(ContainerNotFound):
            await engine.start("web")
        with pytest.raises(EngineError):
            await engine.start("web")


async def test_hanging_calls_do_not_keep_others_from_being_answered(tmp_path: Path) -> None:
    async def answer(request: str, writer: asyncio.StreamWriter) -> None:
        if "slow" in request:
            await hang(request, writer)
        await reply(writer, NOT_FOUND, 404)

    async with Script(tmp_path / "s", answer) as server, engine_at(server.address, seconds=30) as engine:
        hanging = [asyncio.create_task(engine.inspect("slow")) for _ in range(150)]
        await until(lambda: sum("slow" in one for one in server.requests) == len(hanging))
        with pytest.raises(ContainerNotFound):
            await asyncio.wait_for(engine.inspect("quick"), timeout=20)
        for task in hanging:
            task.cancel()
        await asyncio.wait(hanging)


async def test_an_engine_replaced_by_another_version_is_asked_for_its_version_anew(tmp_path: Path) -> None:
    async def answer(request: str, writer: asyncio.StreamWriter) -> None:
        if not request.split()[1].startswith(f"/v{server.version['ApiVersion']}/"):
            await reply(writer, json.dumps({"message": "client version 1.41 is too old."}), 400)
        else:
            await reply(writer, "[]")

    async with Script(tmp_path / "s", answer) as server, engine_at(server.address) as engine:
        assert await engine.containers() == ()
        server.version = {"ApiVersion": "1.52"}
        assert await engine.containers() == ()
    assert server.requests[-1] == "GET /v1.52/containers/json"


async def test_after_a_failure_the_version_is_asked_for_anew(tmp_path: Path) -> None:
    answers = iter([reply, None, reply])

    async def answer(_request: str, writer: asyncio.StreamWriter) -> None:
        if (give := next(answers)) is not None:
            await give(writer, "[]")

    async with Script(tmp_path / "s", answer) as server, engine_at(server.address) as engine:
        await engine.containers()
        with pytest.raises(EngineUnreachable):
            await engine.restart("web")
        await engine.containers()
    assert server.requests.count("GET /version") == 2


async def test_a_docker_context_does_not_win_over_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(_request: str, writer: asyncio.StreamWriter) -> None:
        await reply(writer, "[]")

    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text(json.dumps({"currentContext": "elsewhere"}))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONTEXT", "elsewhere")
    async with Script(tmp_path / "s", answer) as server:
        monkeypatch.setenv("DOCKER_HOST", server.address)
        engine = AiodockerEngine()
        assert engine.address == server.address
        assert await engine.containers() == ()
        await engine.close()


async def test_tls_without_certificates_and_without_a_server_that_speaks_it(tmp_path: Path) -> None:
    certificates = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    assert await why_unreachable("tcp://127.0.0.1:1", certificates) is Why.TLS_FILES


@pytest.mark.docker
async def test_tls_with_the_right_certificates_works_and_with_others_does_not(
    tmp_path: Path, engine_socket: str
) -> None:
    needs("openssl")
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        await asyncio.to_thread(_certificates, folder)
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(ours / "ca.pem"))
    server_tls.load_cert_chain(ours / "cert.pem", ours / "key.pem")
    server_tls.verify_mode = ssl.CERT_REQUIRED
    async with Relay(engine_socket, tls=server_tls) as relay:
        good = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(ours)}
        async with engine_at(relay.address, environ=good) as engine:
            assert isinstance(await engine.containers(), tuple)
        assert await why_unreachable(relay.address, good | {"DOCKER_CERT_PATH": str(theirs)}) is Why.TLS_AUTHORITY


def _certificates(folder: Path) -> None:
    """Make one self-signed certificate for 127.0.0.1 that is its own authority, in the names that Docker uses."""
    folder.mkdir()
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    shutil.copy(folder / "cert.pem", folder / "ca.pem")


@pytest.mark.docker
async def test_an_engine_that_goes_and_comes_back_is_reached_again(
    containers: Containers, engine_socket: str, tmp_path: Path
) -> None:
    name = await containers.make("exited")
    async with Relay(engine_socket, tmp_path / "relay.sock") as relay, engine_at(relay.address) as engine:
        assert await engine.start(name) is True
        await relay.down()
        with pytest.raises(EngineUnreachable) as caught:
            await engine.restart(name)
        assert caught.value.why is Why.NO_SOCKET
        await relay.up()
        await engine.restart(name)
        assert await engine.stop(name) is True


@pytest.mark.docker
async def test_an_engine_that_goes_while_actions_are_queued_leaves_none_hanging(
    containers: Containers, engine_socket: str, tmp_path: Path
) -> None:
    names = [await containers.make("created") for _ in range(6)]
    metrics = PerformanceMetrics(tmp_path / "metrics")
    async with Relay(engine_socket, tmp_path / "relay.sock") as relay:
        service = DockerService.connect(relay.address, metrics, timeouts=Timeouts(90.0))
        actions = [asyncio.create_task(service.start(ADMIN, name)) for name in names]
        await until(lambda: service.queue.waiting > 0)
        await relay.down()
        results = await asyncio.wait_for(asyncio.gather(*actions, return_exceptions=True), timeout=180)
        assert all(isinstance(one, EngineUnreachable) or getattr(one, "changed", False) for one in results)
        assert isinstance(results[-1], EngineUnreachable)
        await relay.up()
        assert (await service.restart(ADMIN, names[-1])).state is State.RUNNING
        assert await service.close() is True
    await asyncio.to_thread(metrics.close)
    records = await asyncio.to_thread(lambda: list(metrics.iter_entries("docker_operation")))
    assert len(records) == len(names) + 1
    assert {one.metadata["outcome"] for one in records} <= {"ok", "error"}
