from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.bench.machine import describe, file_system, processor

if TYPE_CHECKING:
    from pathlib import Path


def test_the_processor_is_named_as_the_kernel_names_it() -> None:
    assert processor("processor\t: 0\nmodel name\t: AMD EPYC 7B13\nflags\t: a: b\n") == "AMD EPYC 7B13"


def test_a_processor_without_a_name_is_known_by_its_architecture() -> None:
    assert processor("") == os.uname().machine


def test_the_file_system_is_the_one_under_the_directory(tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    here = f"{os.major(device)}:{os.minor(device)}"
    text = f"1 0 999:9 / /other rw - tmpfs none rw\n2 1 {here} / / rw shared:1 - btrfs /dev/x rw\n"
    assert file_system(tmp_path, text) == "btrfs"
    assert file_system(tmp_path, "") == "unknown file system"


def test_the_machine_is_described_in_one_line(tmp_path: Path) -> None:
    text = describe(tmp_path)
    assert "\n" not in text
    assert f"Linux {os.uname().release}" in text
