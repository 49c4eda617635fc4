"""A real container tells who it is."""

from __future__ import annotations

import secrets
import subprocess

import pytest

from services.docker.access.own import own_container
from tests.contract.docker.real import IMAGE

pytestmark = pytest.mark.docker


@pytest.mark.parametrize("options", [[], ["--hostname", "bot"], ["--network", "host"], ["--network", "none"]])
def test_a_real_container_finds_its_own_id(engine_socket: str, options: list[str]) -> None:
    docker = ["docker", "--host", f"unix://{engine_socket}"]
    name = f"ddc-t-{secrets.token_hex(6)}"
    script = "cat /proc/self/mountinfo; echo ====; cat /proc/self/cgroup; echo ====; cat /etc/hostname"
    run = [*docker, "run", "--name", name, *options, IMAGE, "sh", "-c", script]
    try:
        told = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60).stdout
        identity = subprocess.run(
            [*docker, "inspect", "--format", "{{.Id}}", name], capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
    finally:
        subprocess.run([*docker, "rm", "--force", name], capture_output=True, check=False, timeout=60)
    mounts, groups, hostname = told.split("====\n")
    assert own_container(mounts, groups, hostname.strip()) == identity
    assert own_container("", groups, "") == identity, "the groups alone tell it, too"
