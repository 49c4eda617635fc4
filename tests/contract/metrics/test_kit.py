"""The helpers of these tests, where they could hide a defect."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.contract.metrics.kit import ended, start_python

if TYPE_CHECKING:
    from pathlib import Path

ENDLESS_WITH_A_CHILD = """
import subprocess, sys
print("what it did", flush=True)
child = subprocess.Popen(["sleep", "1000000"])
print("ready", file=sys.stderr, flush=True)
child.wait()
"""


def test_a_process_without_end_is_killed_with_its_children_and_what_it_printed_is_told(tmp_path: Path) -> None:
    process = start_python(ENDLESS_WITH_A_CHILD, tmp_path / "metrics", apart=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "ready\n"
    with pytest.raises(pytest.fail.Exception, match="what it did"):
        ended(process, within=0.1)
    assert process.returncode == -signal.SIGKILL
