"""What the pages name is there."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import _parser
from docs.make.commands import commands_page, registered
from docs.make.settings import settings_page

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs").glob("*.md"))
_PATH = re.compile(r"`((?:tests|utils|bot|cogs|services|sandbox|config|docs)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    named = set(_PATH.findall(page.read_text(encoding="utf-8")))
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_the_engines_page_has_room_for_the_benchs_table() -> None:
    text = (ROOT / "docs/metrics-engine.md").read_text(encoding="utf-8")
    assert text.count("<!-- bench:begin -->") == text.count("<!-- bench:end -->") == 1
    assert text.index("<!-- bench:begin -->") < text.index("<!-- bench:end -->")


def test_every_message_that_troubleshooting_quotes_is_one_of_ours() -> None:
    text = " ".join((ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8").split())
    quoted = re.findall(r'"([^"]+)"', text)
    assert len(quoted) > 10
    # As the compiler joins them: literals that follow each other are one.
    ours = "".join(
        re.sub(r'"\s*\n?\s*f?"', "", path.read_text(encoding="utf-8"))
        for room in ("bot", "cogs", "services", "utils")
        for path in (ROOT / room).rglob("*.py")
    )
    told = {"p99 needs 100 calls"}  # put together from its parts
    assert {message for message in quoted if message not in ours} <= told


async def test_the_pages_of_commands_and_settings_are_what_the_code_says() -> None:
    again = "make them anew: python -m docs.make"
    assert (ROOT / "docs/commands.md").read_text(encoding="utf-8") == await commands_page(ROOT / "docs"), again
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == settings_page(), again


def test_the_site_builds_and_every_link_in_it_leads_somewhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "docker.html").exists()
    pages = list(tmp_path.glob("*.html"))
    # Nothing is fetched from elsewhere when somebody reads it.
    fetched = [
        re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(https?://[^"]+)"', page.read_text()) for page in pages
    ]
    assert {address for found in fetched for address in found} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_samples_of_code_are_right(page: Path) -> None:
    for kind, sample in re.findall(r"^```(\w+)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        if kind == "json":
            json.loads(sample)
        elif kind == "python":
            compile(sample, str(page), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        elif kind == "console":
            for line in re.findall(r"^\$ ddc-perf (.*)$", sample, re.MULTILINE):
                words = shlex.split(re.split(r" \| | >| #", line)[0])
                _parser().parse_args(words)  # ends the test when it is wrong


async def test_every_command_has_its_picture() -> None:
    names = {f"{command.qualified_name.replace(' ', '-')}.png" for command in await registered()}
    assert names - {path.name for path in (ROOT / "docs/img").glob("*.png")} == set()
