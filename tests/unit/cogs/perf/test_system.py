"""How the process does, as text kept and looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cogs.perf.reports.system import Facts, System, gather
from cogs.perf.resources.figures import Figures
from tests.unit.cogs.perf.conftest import page_text
from tests.unit.golden import NOW
from utils.metrics.model import Health
from utils.metrics.process.sample import ProcessSample, this_process
from utils.metrics.words import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from utils.performance_metrics import PerformanceMetrics

MB = 1_000_000
RUN = (4242, NOW - 20 * 3_600)
HEALTH = Health(52_000, 3, 0, 0, 18 * MB, NOW - 2, None, Path("metrics.jsonl"), index_bytes=1_300_000)


def samples(hours: float, grows: float = 0.0, lag: float = 0.012, run: tuple[int, float] = RUN) -> list[ProcessSample]:
    """A minute a sample up to now; `grows` in MB an hour."""
    return [
        ProcessSample(
            NOW - minute * 60,
            lag if minute % 60 else 3 * lag,
            *run,
            rss=round((80 - grows * minute / 60) * MB),
            cpu=0.012 + 0.2 * (minute % 240 < 20),
            threads=9,
            fds=31 + minute % 3,
            lag=0.0004,
            gc=0.02,
            gc_max=0.006,
            collections=4,
            file=18 * MB - minute * 300,
            index=1_300_000,
            pending=0,
            dropped=0,
        )
        for minute in reversed(range(int(hours * 60)))
    ]


def facts(kept: list[ProcessSample], **changed: object) -> Facts:
    present = Figures(12.0, 80 * MB, 9, 31)
    whole = Facts(tuple(kept), present, RUN, ("Python 3.13.1", "discord.py 2.7.1", "ddc-perf 0.1.0"), HEALTH, NOW)
    return replace(whole, **changed)  # type: ignore[arg-type] # fields of it


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("system", facts(samples(20))),
        ("system-first", facts([])),
        ("system-grows", facts(samples(20, grows=1.5))),
        ("system-held", facts(samples(20, lag=0.4))),
        ("system-restarted", facts(samples(24, grows=2, run=(17, NOW - 90_000))[:900] + samples(3))),
        ("system-unknown", facts([], now=Figures(12.0), health=replace(HEALTH, last_error="No space left on device"))),
    ],
)
def test_the_process_reads_as_kept(name: str, known: Facts, golden: Callable[[str, str], None]) -> None:
    golden(name, page_text(System(24).page_of(known)))


def test_it_reads_the_window_and_looks_at_this_process(metrics: PerformanceMetrics) -> None:
    for ago in (90_000, 60):
        metrics.record(SAMPLE, 0.02, metadata={"rss": 5}, end_time=NOW - ago)
    found = gather(metrics, 24, NOW)
    assert [sample.rss for sample in found.samples] == [5]
    assert found.run == this_process()
    assert (found.now.rss or 0) > 5_000_000
    assert any(version.startswith("discord.py 2") for version in found.versions)


def test_what_the_bot_wants_admins_to_know_is_told_first_and_harmless() -> None:
    told = page_text(System(24, lambda: ("key `guild_id`: **wrong** @everyone",)).page_of(facts(samples(20))))
    assert "⚠ key" in told
    assert "**wrong**" not in told
    assert "@everyone" not in told
    assert told.index("⚠ key") < told.index("All is well")
