"""What is released works where nothing of this tree is: the wheel, installed into an empty environment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.error
import urllib.request
import venv
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from bot import __version__
from tests.e2e.bot_process import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE = 60


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a source distribution, and the wheel from it, from a copy of what git has here; return their folder."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True
    ).stdout.split(b"\0")
    for name in map(bytes.decode, filter(None, files)):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    # Without isolation: the builder is pinned with the rest, and nothing is fetched.
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def program(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty environment that finds its dependencies where the tests have theirs."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)],
        check=True,
        capture_output=True,
    )
    (packages,) = (home / "lib").glob("python*/site-packages")
    # A path only: the project's own editable install there is a .pth file, which is not read from here.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home / "bin" / "ddc-perf"


def run(program: Path, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=_PATIENCE, env={}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_program_and_no_tests(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names} == {
        "bot", "cogs", "services", "utils", "sandbox", f"ddc_perf-{__version__}.dist-info",
    }  # fmt: skip
    assert {"sandbox/page/index.html", "sandbox/page/app.js", "utils/py.typed", "cogs/perf/cog.py"} <= names
    missing = {
        str(path.relative_to(ROOT)) for room in ("bot", "cogs", "services", "utils", "sandbox")
        for path in (ROOT / room).rglob("*.py")
    } - names  # fmt: skip
    assert missing == set()


def test_the_source_distribution_holds_what_a_build_needs(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "sandbox/page/index.html"} <= names


def test_the_program_says_what_it_is_and_what_it_can(program: Path, tmp_path: Path) -> None:
    assert run(program, tmp_path, "--version") == f"ddc-perf {__version__}\n"
    assert "stats" in run(program, tmp_path, "--help")


@pytest.fixture
def sandboxed(program: Path, tmp_path: Path) -> Iterator[str]:
    """Run the installed bot in its sandbox, and give the page's address."""
    process = subprocess.Popen([program, "run", "--sandbox"], cwd=tmp_path, stdout=subprocess.PIPE, text=True, env={})
    assert process.stdout is not None
    try:
        for line in process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                yield found[0]
                break
        else:
            pytest.fail("it never said where its page is")
    finally:
        process.terminate()
        process.wait(_PATIENCE)
        process.stdout.close()


def test_the_installed_bot_answers_a_command_in_the_sandbox_from_another_directory(
    sandboxed: str, tmp_path: Path
) -> None:
    with urllib.request.urlopen(sandboxed, timeout=_PATIENCE) as page:  # noqa: S310 - our own sandbox
        assert b"<html" in page.read()
    deadline = time.monotonic() + _PATIENCE
    titles: list[str] = []
    while not titles and time.monotonic() < deadline:
        ask(sandboxed, "command", {"user": "Ada", "channel": "bot-commands", "command": "perf stats", "options": {}})
        time.sleep(1)
        seen = ask(sandboxed, "state?user=Ada")["messages"].values()
        titles = [embed["title"] for channel in seen for message in channel for embed in message["embeds"]]
    assert titles[:1] == ["Performance · last 24\u00a0h"]
    assert (tmp_path / "data" / "metrics" / "performance_metrics.jsonl").exists()


def ask(page: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - our own sandbox
        f"{page}/sandbox/{path}", data, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 - as above
            return json.load(answer)
    except urllib.error.HTTPError as error:  # the bot is not there yet
        return json.load(error)


def test_the_changelog_tells_of_this_version_or_of_what_is_to_come() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\]", changelog, re.MULTILINE)
    assert headings
    assert set(headings) <= {"Unreleased", __version__}
