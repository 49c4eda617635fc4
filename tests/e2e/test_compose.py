"""compose.yaml gives the bot what it needs and no way around the socket proxy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e import compose
from tests.e2e.bot_process import ROOT

SERVICES: dict[str, Any] = compose.read()["services"]


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """Where in the container -> what of this machine."""
    return {target: source for source, target, *_ in (mount.split(":") for mount in service["volumes"])}


def test_the_bot_has_the_proxy_and_not_the_socket() -> None:
    bot, proxy = SERVICES["bot"], SERVICES["docker-proxy"]
    assert "docker.sock" not in str(bot)
    port = proxy["environment"]["DDC_PROXY_BIND"].rpartition(":")[2]
    assert bot["environment"]["DOCKER_HOST"] == f"tcp://docker-proxy:{port}"
    assert "docker-proxy" in bot["depends_on"]


def test_the_proxy_runs_the_configuration_that_is_tested_before_the_engines_socket() -> None:
    proxy = SERVICES["docker-proxy"]
    given = mounts(proxy)
    assert given["/usr/local/etc/haproxy/haproxy.cfg"] == "./deploy/docker-socket-proxy.cfg"
    assert (ROOT / "deploy/docker-socket-proxy.cfg").is_file()
    assert proxy["environment"]["DDC_PROXY_ENGINE"] in given
    assert ":ro" in next(mount for mount in proxy["volumes"] if "haproxy.cfg" in mount)


def test_nobody_reaches_the_proxy_but_the_bot() -> None:
    networks = compose.read()["networks"]
    (only,) = SERVICES["docker-proxy"]["networks"]
    assert networks[only]["internal"] is True
    assert {name for name, service in SERVICES.items() if only in service["networks"]} == {"bot", "docker-proxy"}
    assert not any("ports" in service for service in SERVICES.values())
    assert any(not (networks[name] or {}).get("internal") for name in SERVICES["bot"]["networks"]), "Discord is outside"


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_held_short_and_comes_back_by_itself(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert {"mem_limit", "cpus", "pids_limit", "logging"} <= service.keys()
    assert "privileged" not in service
    assert "cap_add" not in service


def test_the_token_comes_from_a_secret_and_stands_nowhere_else() -> None:
    bot = SERVICES["bot"]
    (secret,) = bot["secrets"]
    assert bot["environment"]["DISCORD_BOT_TOKEN_FILE"] == f"/run/secrets/{secret}"
    assert "DISCORD_BOT_TOKEN" not in bot["environment"]
    where = compose.read()["secrets"][secret]["file"].removeprefix("./")
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert f"/{where.partition('/')[0]}/" in ignored


def test_what_is_kept_is_in_volumes_or_in_folders_of_the_owners_choice() -> None:
    assert mounts(SERVICES["bot"]) == {"/data": "data", "/config": "config"}
    assert compose.read()["volumes"].keys() == {"data", "config"}
    own = compose.read(DDC_DATA="/mnt/data", DDC_CONFIG_DIR="/mnt/config", DDC_USER="99:100")["services"]["bot"]
    assert mounts(own) == {"/data": "/mnt/data", "/config": "/mnt/config"}
    assert own["user"] == "99:100"
