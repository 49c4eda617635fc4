"""A real engine that speaks TLS and asks for a certificate: what works, and what each mistake is told as."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from services.docker import EngineUnreachable, State, Why
from services.docker.engine import AiodockerEngine
from tests.contract.docker.certificates import Authority
from tests.contract.docker.own import OwnEngine
from tests.contract.docker.real import Containers
from tests.contract.docker.servers import Relay
from tests.needs import needs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]


@dataclass(frozen=True)
class Secured:
    """An engine at a tcp port with TLS, and its authority.

    Attributes:
        engine: It.
        authority: Whose certificates it takes, and whose it has.
        good: A DOCKER_CERT_PATH with all that is needed.
        folder: Where a test may make others.
    """

    engine: OwnEngine
    authority: Authority
    good: Path
    folder: Path

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.engine.port}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def secured(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Secured]:
    needs("openssl")
    folder = tmp_path_factory.mktemp("tls")
    authority = await asyncio.to_thread(Authority, folder / "ca")
    server = await asyncio.to_thread(authority.server, folder / "server")
    good = await asyncio.to_thread(authority.client, folder / "client")
    async with OwnEngine(server) as engine:
        yield Secured(engine, authority, good, folder)


def over_tls(address: str, certificates: Path) -> AiodockerEngine:
    environ = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(certificates)}
    return AiodockerEngine(address, environ=environ, timeout=60.0)


async def failure(engine: AiodockerEngine) -> EngineUnreachable:
    with pytest.raises(EngineUnreachable) as caught:
        await engine.containers()
    await engine.close()
    return caught.value


async def test_with_the_right_certificates_everything_works(secured: Secured) -> None:
    engine = over_tls(secured.address, secured.good)
    async with Containers(str(secured.engine.socket)) as made:
        name = await made.make("created")
        assert await engine.start(name) is True
        assert (await engine.inspect(name)).container.state is State.RUNNING
        assert await engine.stop(name) is True
        assert name in {one.name for one in await engine.containers()}
    await engine.close()


async def test_a_wrong_authority_is_told_as_one(secured: Secured, tmp_path: Path) -> None:
    other = await asyncio.to_thread(Authority, tmp_path / "other")
    theirs = await asyncio.to_thread(other.client, tmp_path / "theirs")
    shutil.copy(secured.good / "cert.pem", theirs)
    shutil.copy(secured.good / "key.pem", theirs)
    error = await failure(over_tls(secured.address, theirs))
    assert error.why is Why.TLS_AUTHORITY
    assert "Put that engine's ca.pem into DOCKER_CERT_PATH" in error.user_message


@pytest.mark.parametrize("mistake", ["none", "of another authority", "expired"])
async def test_a_certificate_of_ours_that_is_missing_or_wrong_is_told_as_one(
    secured: Secured, tmp_path: Path, mistake: str
) -> None:
    ours = tmp_path / "ours"
    match mistake:
        case "none":
            ours.mkdir()
        case "expired":
            await asyncio.to_thread(secured.authority.client, ours, expired=True)
        case _:
            other = await asyncio.to_thread(Authority, tmp_path / "other")
            await asyncio.to_thread(other.client, ours)
    shutil.copy(secured.good / "ca.pem", ours)
    error = await failure(over_tls(secured.address, ours))
    # The engine's refusal comes after the handshake, and may be overtaken by the end of the connection.
    assert error.why in (Why.TLS_REFUSED, Why.HUNG_UP)
    assert "DOCKER_CERT_PATH" in error.user_message


async def test_an_engine_asked_without_tls_that_wants_it_says_how(secured: Secured) -> None:
    error = await failure(AiodockerEngine(secured.address, environ={}, timeout=60.0))
    assert error.why is Why.TLS_WANTED
    assert "Set DOCKER_TLS_VERIFY=1" in error.user_message


async def test_an_engine_asked_over_tls_that_speaks_none_says_how(secured: Secured, engine_socket: str) -> None:
    async with Relay(engine_socket) as plain:
        error = await failure(over_tls(plain.address, secured.good))
    assert error.why is Why.TLS_PLAIN
    assert "unset DOCKER_TLS_VERIFY" in error.user_message


@pytest.mark.parametrize(
    ("options", "why"),
    [({"expired": True}, Why.TLS_EXPIRED), ({"name": "DNS:docker.example"}, Why.TLS_NAME)],
)
async def test_an_engines_certificate_that_is_old_or_of_another_name_is_told_as_one(
    secured: Secured, tmp_path: Path, options: dict[str, bool | str], why: Why
) -> None:
    bad = await asyncio.to_thread(lambda: secured.authority.server(tmp_path / "bad", **options))  # type: ignore[arg-type]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(bad / "server.pem", bad / "server-key.pem")
    async with Relay(str(secured.engine.socket), tls=context) as relay:
        error = await failure(over_tls(relay.address, secured.good))
        assert error.why is why
        right = await asyncio.to_thread(secured.authority.server, tmp_path / "right")
        context.load_cert_chain(right / "server.pem", right / "server-key.pem")
        engine = over_tls(relay.address, secured.good)
        assert isinstance(await engine.containers(), tuple), "it was the certificate, and nothing else"
        await engine.close()


async def test_a_server_that_asks_for_no_certificate_needs_none_of_ours(secured: Secured, tmp_path: Path) -> None:
    server = await asyncio.to_thread(secured.authority.server, tmp_path / "server")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server / "server.pem", server / "server-key.pem")
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(secured.good / "ca.pem", alone)
    async with Relay(str(secured.engine.socket), tls=context) as relay:
        engine = over_tls(relay.address, alone)
        assert isinstance(await engine.containers(), tuple)
        await engine.close()


@pytest.mark.parametrize("mistake", ["no folder", "no key", "no certificate", "another's key", "pass phrase"])
async def test_files_that_cannot_be_used_are_told_before_anything_is_asked(
    secured: Secured, tmp_path: Path, mistake: str
) -> None:
    ours = tmp_path / "ours"
    if mistake != "no folder":
        shutil.copytree(secured.good, ours)
    match mistake:
        case "no key":
            (ours / "key.pem").unlink()
        case "no certificate":
            (ours / "cert.pem").write_text("nothing")
        case "another's key":
            other = await asyncio.to_thread(secured.authority.client, tmp_path / "another")
            shutil.copy(other / "key.pem", ours)
        case "pass phrase":
            encrypt = ["openssl", "pkey", "-aes256", "-passout", "pass:x", "-in", "key.pem", "-out", "locked.pem"]
            process = await asyncio.create_subprocess_exec(*encrypt, cwd=ours)
            assert await process.wait() == 0
            (ours / "locked.pem").replace(ours / "key.pem")
    error = await failure(over_tls("tcp://127.0.0.1:1", ours))
    assert error.why is Why.TLS_FILES
    assert "ca.pem" in error.user_message
    assert "cert.pem" in error.user_message
