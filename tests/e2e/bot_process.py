"""The real bot as a process of its own, watched for whatever blocks its loop."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
_WATCHED = Path(__file__).with_name("watched.py")
_KEPT = ("PATH", "HOME", "LANG", "TZ", "PYTHONDONTWRITEBYTECODE", "SYSTEMROOT")


class BotProcess:
    """A bot that runs until it is stopped.

    Args:
        folder: For what it writes: metrics, log, findings. A second bot with it goes on where the first ended.
        environment: On top of a bare environment.
        module: What to run, ``bot`` or a foreign bot's module.
        arguments: Its command line.
        cwd: Where it runs; the repository by default.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        module: str = "bot",
        arguments: tuple[str, ...] = (),
        cwd: Path = ROOT,
    ) -> None:
        self.folder = folder
        self.metrics_file = folder / "metrics" / "performance_metrics.jsonl"
        self._log = folder / "bot.log"
        self._findings = folder / "findings.jsonl"
        self._command = (sys.executable, str(_WATCHED), module, *arguments)
        self._cwd = cwd
        self._environment = {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "DDC_METRICS_DIR": str(folder / "metrics"),
            "DDC_CONFIG": str(folder / "config.json"),
            "WATCH_FILE": str(self._findings),
            **environment,
        }
        self._process: asyncio.subprocess.Process | None = None
        # A test that fails half-way leaves its bot behind; it must not outlive the run.
        atexit.register(self._kill_leftover)

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The running (or ended) process."""
        assert self._process is not None, "not started"
        return self._process

    async def start(self) -> None:
        """Start it; it is not logged in yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=self._cwd, env=self._environment, stdout=log, stderr=log
            )

    def _kill_leftover(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def stop(self, number: signal.Signals = signal.SIGTERM, patience: float = 20) -> int:
        """Ask it to end.

        Returns:
            Its exit code.
        """
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.ended(patience)

    async def ended(self, patience: float = 20) -> int:
        """Wait for its end.

        Returns:
            Its exit code.
        """
        try:
            return await asyncio.wait_for(self.process.wait(), patience)
        except TimeoutError:
            self.process.kill()
            raise AssertionError(f"the bot did not end within {patience} s; its log:\n{self.log()}") from None

    async def kill(self) -> None:
        """End it without a word, as a power cut would."""
        self.process.kill()
        await self.process.wait()

    def log(self) -> str:
        """What it wrote to standard output and error."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    def findings(self) -> list[dict[str, Any]]:
        """What blocked its loop."""
        if not self._findings.exists():
            return []
        return [json.loads(line) for line in self._findings.read_text(encoding="utf-8").splitlines()]

    def records(self, operation: str | None = None) -> list[dict[str, Any]]:
        """The lines of its metrics file, oldest first."""
        if not self.metrics_file.exists():
            return []
        lines = [json.loads(line) for line in self.metrics_file.read_text(encoding="utf-8").splitlines()]
        return [line for line in lines if operation in (None, line["operation"])]

    async def recorded(self, operation: str, count: int = 1, patience: float = 5, **metadata: object) -> dict[str, Any]:
        """Wait for the nth record of an operation with the given metadata, and give the last of them."""
        for _ in range(int(patience / 0.05)):
            found = [
                record
                for record in self.records(operation)
                if all(record["metadata"].get(key) == value for key, value in metadata.items())
            ]
            if len(found) >= count:
                return found[-1]
            await asyncio.sleep(0.05)
        raise AssertionError(f"no {operation} {metadata} among {[r['operation'] for r in self.records()][-20:]}")
