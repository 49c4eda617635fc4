from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PEERS = ("prometheus_client", "opentelemetry", "duckdb", "numpy")
all_peers = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, PEERS)), reason="not all peers are installed; `make bench` installs them"
)


def bench(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.stdout


def test_the_bench_runs_with_what_needs_no_peer_and_prints_ratios() -> None:
    output = bench("--only", "track", "--rounds", "1")
    assert "the seed's open, append, close" in output
    assert "two clock reads and an append inline" in output
    assert "once" in output


def test_an_unknown_row_is_refused_with_the_names_of_those_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--only", "nothing"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "track" in done.stderr


@all_peers
def test_the_bench_runs_against_all_peers() -> None:
    output = bench("--only", "track", "--only", "sustained", "--only", "stats", "--rounds", "1")
    for peer in ("prometheus_client", "OpenTelemetry", "DuckDB", "SQLite", "numpy"):
        assert peer in output
