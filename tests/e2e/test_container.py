"""The image is built as anybody builds it, and the bot in it works: read-only, without rights, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from sandbox.server import Sandbox
from tests.contract.docker.own import PROXY_CONFIG, Process
from tests.contract.docker.real import until
from tests.e2e import compose
from tests.e2e.bot_process import ROOT
from tests.e2e.container import IMAGE, BotContainer
from tests.e2e.world import CHANNEL, Containers, bot_environment, docker, find_component, text_of, until_text
from tests.needs import missing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sandbox.interactions import Interaction

pytestmark = pytest.mark.docker

MOST_MEGABYTES = 250
_BUILD_PATIENCE = 900
_LABEL = "ddc-perf.test"


@pytest.fixture(scope="session")
def image(engine: None) -> str:  # noqa: ARG001 - it must be there
    """Build the image from the Dockerfile as it is."""
    base = dockerfile_argument("PYTHON_IMAGE")
    if subprocess.run(["docker", "image", "inspect", base], capture_output=True, check=False).returncode:
        missing(f"no base image {base} in the engine; run `.ci/base-image`")
    # The builder has a name, too: so what it fetched is kept for the next time, and what is of former times can go.
    build("--target=builder", f"--tag={IMAGE}-builder")
    build(f"--tag={IMAGE}")
    docker("image", "prune", "--force", f"--filter=label={_LABEL}")
    return IMAGE


def build(*options: str) -> None:
    """Build a stage of the Dockerfile, with the machine's own package index if it names one."""
    index = [f"--build-arg={name}" for name in ("PIP_INDEX_URL", "PIP_TRUSTED_HOST") if os.environ.get(name)]
    built = subprocess.run(
        ["docker", "build", f"--label={_LABEL}", *options, *index, str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=_BUILD_PATIENCE,
    )
    assert built.returncode == 0, f"{built.stdout[-4000:]}\n{built.stderr[-4000:]}"


def dockerfile_argument(name: str) -> str:
    """The value that the Dockerfile gives an argument."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    (value,) = {line.partition("=")[2] for line in lines if line.startswith(f"ARG {name}=")}
    return value


def engine_socket() -> str:
    """The path of the engine's socket."""
    return (os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock").removeprefix("unix://")


def engine_group() -> int:
    """The number of the group that may use it."""
    return Path(engine_socket()).stat().st_gid


class Proxy(Process):
    """The socket proxy as compose.yaml runs it, but on this machine's own address."""

    def __init__(self) -> None:
        super().__init__()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        self.address = f"tcp://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        told = compose.read()["services"]["docker-proxy"]["environment"]
        ours = {"DDC_PROXY_BIND": f"127.0.0.1:{self.port}", "DDC_PROXY_ENGINE": engine_socket()}
        assert told.keys() == ours.keys()
        await self._run(["haproxy", "-db", "-f", str(PROXY_CONFIG)], ours)
        await until(self._listens)
        return self

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@contextlib.contextmanager
def a_file(text: str) -> Iterator[Path]:
    """A file that any user may read, as long as the block lasts."""
    handle, name = tempfile.mkstemp(prefix="ddc-t-")
    os.write(handle, text.encode())
    os.fchmod(handle, 0o444)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink()


@contextlib.asynccontextmanager
async def running(sandbox: Sandbox, address: str, *more: str, user: str | None = None) -> AsyncIterator[BotContainer]:
    """A bot in a container that has logged in, with its token from where compose.yaml says."""
    service = compose.read(**({"DDC_USER": user} if user else {}))["services"]["bot"]
    environment = bot_environment(sandbox, DOCKER_HOST=address)
    where = environment["DISCORD_BOT_TOKEN_FILE"] = service["environment"]["DISCORD_BOT_TOKEN_FILE"]
    with a_file(environment.pop("DISCORD_BOT_TOKEN")) as secret:
        bot = BotContainer([*compose.options(service), f"--volume={secret}:{where}:ro", *more], environment)
        try:
            await bot.start()
            try:
                await sandbox.until(lambda: sandbox.hub.gateway.online and sandbox.state("Ada")["commands"], 60)
            except TimeoutError:
                raise AssertionError(f"the bot did not log in; its log:\n{await bot.log()}") from None
            yield bot
        finally:
            await bot.remove()


async def ask(sandbox: Sandbox, command: str, **options: object) -> Interaction:
    """Run a command as a person, and wait for its answer."""
    record = sandbox.run_command("Ada", CHANNEL, command, options)
    await record.wait(30)
    return record


async def restart(sandbox: Sandbox, container: str) -> str:
    """Restart a container from the chat; gives the words that tell its end."""
    asked = await ask(sandbox, "docker restart", container=container)
    message, button = find_component(asked, "confirm")
    pressed = sandbox.use_component("Ada", CHANNEL, message["id"], button["custom_id"])
    return await until_text(pressed, "Restarted", 30)


async def becomes(bot: BotContainer, health: str) -> None:
    for _ in range(120):
        if await bot.health() == health:
            return
        await asyncio.sleep(0.5)
    state = (await bot.inspect())["State"]["Health"]
    raise AssertionError(f"it never became {health}: {json.dumps(state, indent=1)}\n{await bot.log()}")


@pytest.mark.usefixtures("image")
async def test_as_compose_runs_it_behind_the_proxy_it_answers_and_acts_and_loses_nothing(
    containers: Containers,
) -> None:
    async with Sandbox() as sandbox, Proxy() as proxy, running(sandbox, proxy.address) as bot:
        assert containers.web in text_of(await ask(sandbox, "docker list"))
        assert containers.web in await restart(sandbox, containers.web)
        for _ in range(20):
            await ask(sandbox, "perf recent")
        report = text_of(await ask(sandbox, "perf stats"))
        assert "Performance" in report
        assert "command.perf.recent" in report
        (embed,) = (await ask(sandbox, "perf chart", operation="command.perf.recent")).messages[0]["embeds"]
        assert embed["image"]["url"].endswith("chart.png"), "drawn in a process of its own"
        await becomes(bot, "healthy")
        assert await bot.stop() == 0, await bot.log()
        log = await bot.log()
        assert "everything measured is written" in log
        assert "Traceback" not in log
        assert len(await bot.records("command.perf.recent")) == 20
        (acted,) = await bot.records("docker_operation", action="restart")
        assert acted["metadata"]["container"] == containers.web
        assert acted["success"] is True
        assert sandbox.token not in log
        assert sandbox.token not in json.dumps(await bot.inspect()), "a file keeps it out of there"


@pytest.mark.usefixtures("image")
async def test_at_the_socket_itself_and_as_another_user_it_works_the_same(containers: Containers) -> None:
    way = (f"--volume={engine_socket()}:/var/run/docker.sock", f"--group-add={engine_group()}")
    async with (
        Sandbox() as sandbox,
        running(sandbox, "unix:///var/run/docker.sock", *way, user="99:100") as bot,
    ):
        assert (await bot.inside("id -u; id -g"))[1].split() == ["99", "100"]
        assert containers.web in text_of(await ask(sandbox, "docker list"))
        assert containers.web in await restart(sandbox, containers.web)
        assert await bot.stop() == 0, await bot.log()
        assert len(await bot.records("docker_operation", action="restart")) == 1


@pytest.mark.usefixtures("image", "containers")
async def test_a_bot_in_the_middle_of_a_stop_that_takes_its_time_still_ends_in_ten_seconds() -> None:
    slow = "ddc-t-container-slow"
    docker("rm", "--force", slow)
    docker("run", "--detach", "--name", slow, "ddc-perf-test:latest", "/bin/sh", "-c", "trap '' TERM; sleep 600")
    try:
        async with Sandbox() as sandbox, Proxy() as proxy, running(sandbox, proxy.address) as bot:
            asked = await ask(sandbox, "docker stop", container=slow)
            message, button = find_component(asked, "confirm")
            pressed = sandbox.use_component("Ada", CHANNEL, message["id"], button["custom_id"])
            await until_text(pressed, "Stopping")
            assert await bot.stop() == 0, await bot.log()
            assert await bot.records("component.container_confirm.confirm")
    finally:
        docker("rm", "--force", slow)


@pytest.mark.usefixtures("image")
async def test_the_health_check_tells_a_bot_that_hangs_from_one_that_is_well() -> None:
    # The first process is docker's own, and what runs the bot.
    hang = """for each in /proc/[0-9]*; do
        [ "$each" = /proc/1 ] || ! tr '\\0' '\\n' <"$each/cmdline" | grep -qx run || kill -SIGNAL "${each#/proc/}"
    done"""
    async with Sandbox() as sandbox, running(sandbox, "tcp://127.0.0.1:9", "--health-retries=1") as bot:
        await becomes(bot, "healthy")
        code, line = await bot.inside("ddc-perf health")
        assert code == 0
        assert line.startswith("healthy: Discord answered")
        await bot.inside(hang.replace("SIGNAL", "STOP"))
        code, line = await bot.inside("ddc-perf health --timeout 1s")
        assert code == 1
        assert "did not answer within 1 s" in line
        await becomes(bot, "unhealthy")
        await bot.inside(hang.replace("SIGNAL", "CONT"))
        await becomes(bot, "healthy")


@pytest.mark.usefixtures("image")
async def test_it_can_write_where_it_must_and_nowhere_else() -> None:
    async with Sandbox() as sandbox, running(sandbox, "tcp://127.0.0.1:9") as bot:
        found = await bot.inspect()
        assert found["Config"]["User"] == "10001:10001"
        assert found["HostConfig"]["ReadonlyRootfs"] is True
        assert found["HostConfig"]["Memory"] == 512 * 2**20
        for folder in ("/data", "/config", "/tmp"):  # noqa: S108 - the container's
            assert (await bot.inside(f"touch {folder}/a && rm {folder}/a"))[0] == 0, folder
        for folder in ("/", "/opt/ddc-perf", "/usr/local/lib", "/etc", "/srv", "/run"):
            assert (await bot.inside(f"touch {folder}/a"))[0] != 0, folder
        rights = (await bot.inside("grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status"))[1].split()
        assert dict(zip(rights[::2], rights[1::2], strict=True)) == {
            "CapBnd:": "0" * 16, "CapEff:": "0" * 16, "NoNewPrivs:": "1",
        }  # fmt: skip


def described(image: str) -> dict[str, Any]:
    (found,) = json.loads(docker("image", "inspect", image))
    assert isinstance(found, dict)
    return found


def test_the_image_is_small_and_is_run_by_nobody_in_particular(image: str) -> None:
    found = described(image)
    megabytes = found["Size"] / 1e6
    print(f"the image is {megabytes:.0f} MB")  # noqa: T201 - measured to be told
    assert megabytes < MOST_MEGABYTES
    config = found["Config"]
    assert config["User"] == "10001:10001"
    assert config["StopSignal"] == "SIGTERM"
    assert set(config["Volumes"]) == {"/data", "/config"}
    assert config["Healthcheck"]["Test"] == ["CMD", "ddc-perf", "health"]


def test_no_compiler_no_docker_client_no_installer_and_nothing_of_the_build_is_inside(image: str) -> None:
    unwanted = "gcc cc c++ tcc clang ld as make strip docker podman ctr git curl wget"
    script = f"for each in {unwanted}; do command -v $each; done; ls /build /opt/ddc-perf/bin/pip /root/.cache; true"
    done = docker("run", "--rm", "--network=none", "--entrypoint=sh", image, "-c", f"({script}) 2>/dev/null")
    assert done == ""
    told = " ".join(described(image)["Config"]["Env"])
    assert "PIP_" not in told
    assert "TOKEN" not in told


def test_what_the_build_is_given_is_named_one_by_one() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    given = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        source
        for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }
    assert given == copied
    assert not given & {".git", "config", "data", "secrets", ".env"}
