"""Engines and proxies of a test's own: a dockerd that can be stopped, with or without TLS, and haproxy before one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.contract.docker.real import IMAGE, answers, until
from tests.needs import needs

if TYPE_CHECKING:
    from collections.abc import Sequence

PROXY_CONFIG = Path(__file__).parents[3] / "deploy/docker-socket-proxy.cfg"
_PATIENCE = 60
# Its own network, where it needs no bridge: with none in ours it would take away the one of the machine's engine.
_LAUNCH = 'LISTEN_PID=$$ LISTEN_FDS=1 exec unshare --net dockerd "$@"'


class Process:
    """A program that runs until the block is left."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="ddc-own-"))  # the tests' own is too deep for a socket

    async def _run(self, command: Sequence[str], environ: dict[str, str], inherited: Sequence[int] = ()) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.to_thread(
                subprocess.Popen,
                command,
                env=os.environ | environ,
                pass_fds=inherited,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def _until_answers(self, path: Path) -> None:
        def answers_or_ended() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, (self.folder / "log").read_text()
            return answers(str(path))

        await until(answers_or_ended)

    async def down(self) -> None:
        """End it, as the machine's service manager does, and wait for its end."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, _PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        self._process = None

    async def __aexit__(self, *_: object) -> None:
        await self.down()
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)


class OwnEngine(Process):
    """A dockerd beside the machine's, with a network and data of its own, and the test image in it.

    Its containers have no network. Leaving the block ends it, with all that runs in it.

    Args:
        certificates: A folder with `ca.pem`, `server.pem` and `server-key.pem`: it then speaks TLS at `port`, too, and
            asks for the caller's certificate.
    """

    def __init__(self, certificates: Path | None = None) -> None:
        super().__init__()
        self._certificates = certificates
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.socket = self.folder / "s"

    async def __aenter__(self) -> Self:
        needs("dockerd", "docker", "unshare", "bash", root=True)
        (self.folder / "none.json").write_text("{}")
        try:
            await self.up()
            await asyncio.to_thread(self._copy_image)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self.down()
            await asyncio.to_thread(self._clear_up)
        finally:
            await super().__aexit__()
            self._listening.close()

    async def up(self) -> None:
        """Start it, and wait until it answers."""
        folder = self.folder
        options = [
            *("--host", f"unix://{self.socket}", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
            *("--pidfile", f"{folder}/pid", "--config-file", f"{folder}/none.json"),
            *("--bridge", "none", "--iptables=false", "--ip6tables=false"),
        ]
        if self._certificates:
            pems = self._certificates
            options += ["--host", "fd://", "--tlsverify", "--tlscacert", f"{pems}/ca.pem"]
            options += ["--tlscert", f"{pems}/server.pem", "--tlskey", f"{pems}/server-key.pem"]
        # systemd's way to hand over a socket (as number 3): this one is in our network, whatever the engine's is.
        given = os.dup(self._listening.fileno())
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, given)
            launch = f"exec 3<&{given}; {_LAUNCH}"
            await self._run(["bash", "-c", launch, "bash", *options], {}, [given])
        await self._until_answers(self.socket)

    def _clear_up(self) -> None:
        """End what a container that was started while the engine ended left behind, and take its file systems away."""
        ours = str(self.folder).encode()
        minders = {file.parent.name for file in Path("/proc").glob("[0-9]*/cmdline") if ours in _read(file)}
        minded = {
            file.parent.name
            for file in Path("/proc").glob("[0-9]*/stat")
            if (fields := _read(file).rpartition(b")")[2].split()) and fields[1].decode() in minders
        }
        for process in (*(minded - minders), *minders):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for place in sorted((one for one in mounted if one.startswith(str(self.folder))), reverse=True):
            subprocess.run(["umount", "--lazy", place], check=False, capture_output=True)

    def _copy_image(self) -> None:
        saved = subprocess.run(["docker", "save", IMAGE], check=True, capture_output=True, timeout=_PATIENCE)
        load = ["docker", "--host", f"unix://{self.socket}", "load"]
        subprocess.run(load, input=saved.stdout, check=True, capture_output=True, timeout=_PATIENCE)


def _read(file: Path) -> bytes:
    """Read a file of /proc, which may go at any moment."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


class Haproxy(Process):
    """The socket proxy of the documentation, as it is in the repository, before an engine.

    Args:
        engine: The engine's socket.
        config: The configuration.
    """

    def __init__(self, engine: str, config: Path = PROXY_CONFIG) -> None:
        super().__init__()
        self._engine = engine
        self._config = config
        self.socket = self.folder / "proxy.sock"
        self.address = f"unix://{self.socket}"

    async def __aenter__(self) -> Self:
        needs("haproxy")
        environ = {"DDC_PROXY_BIND": f"unix@{self.socket}", "DDC_PROXY_ENGINE": self._engine}
        await self._run(["haproxy", "-db", "-f", str(self._config)], environ)
        await self._until_answers(self.socket)
        return self
