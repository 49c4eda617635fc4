"""What the tests of the reports share: real metrics in a folder, hands on the clock, reports as text."""

from __future__ import annotations

import sys
import zoneinfo
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cogs.perf import zones
from cogs.perf.screen import Page, Pick
from tests.contract.metrics.kit import ManualClock
from tests.unit.golden import NOW, Filled, a_home_servers_day, filling, kept
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import discord

    from cogs.perf.screen import Screen

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def metrics(tmp_path: Path, clock: ManualClock) -> Iterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path / "metrics", clock=clock)
    yield made
    made.close()


@pytest.fixture
def fill(metrics: PerformanceMetrics) -> Filled:
    """Record calls a minute apart, the last one `ago` seconds before now; outcome=... makes them failures."""
    return filling(metrics)


@pytest.fixture
def no_time_zones(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be on a computer that has neither time zones of its own nor the package tzdata."""
    for name in [name for name in sys.modules if name.startswith("tzdata.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.reset_tzpath([])
    zoneinfo.ZoneInfo.clear_cache()
    zones.known.cache_clear()
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()
    zones.known.cache_clear()


def embed_text(embed: discord.Embed) -> str:
    """All words of an embed; a blank that keeps a number and its unit on a line is a blank."""
    lines = [f"# {embed.title} ({embed.colour})", *(embed.description or "").split("\n")]
    for field in embed.fields:
        lines += [f"## {field.name}", *(field.value or "").split("\n")]
    if embed.footer.text:
        lines.append(f"-- {embed.footer.text}")
    return "\n".join(lines).replace("\u00a0", " ") + "\n"


def page_text(page: Page) -> str:
    text = embed_text(page.report.build())
    for row in page.rows:
        if isinstance(row, Pick):
            text += f"[{row.placeholder} ▾]\n" + "".join(f"  {one.label} | {one.description}\n" for one in row.options)
        else:
            marks = (f"[{'>' * link.current}{link.label}{' -' * (link.to is None)}]" for link in row)
            text += " ".join(marks) + "\n"
    return text if page.picture is None else f"{text}(( {page.picture.alt} ))\n"


@pytest.fixture
def drawn(metrics: PerformanceMetrics) -> Callable[[Screen], str]:
    """Draw a screen as text: title and colour, lines, fields, footer, buttons (> current, - greyed out), alt text."""
    return lambda screen: page_text(screen.draw(metrics, NOW))


@pytest.fixture
def text_of() -> Callable[[discord.Embed], str]:
    return embed_text


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the one kept under that name; GOLDEN=write keeps it anew: look at what changed."""

    def compare(name: str, text: str) -> None:
        assert text == kept(GOLDEN, name, text)

    return compare


@pytest.fixture
def small(fill: Filled) -> None:
    """A home server's day: some Docker actions, a few of them failed, one refused, and a config that loads."""
    a_home_servers_day(fill)


@pytest.fixture
def large(fill: Filled) -> None:
    """Thirty operations with names of a hundred signs that try to break out of their place."""
    for number in range(30):
        name = f"**op_{number:02}** `x` [y](https://z) @everyone <@1> " + "long" * 20
        fill(name, [0.1 * (number + 1)] * 5, ago=number * 600, note="n" * 300)
        if number % 3 == 0:
            fill(name, [3.0], ago=number * 700, outcome="error", error_type="Bad`Error\n# x")


@pytest.fixture
def changed(fill: Filled) -> None:
    """Eight days of three operations: one got slower ten hours ago, one fails more, one is as ever."""
    for day in range(8, 0, -1):
        ago = day * 86_400
        fill("docker_operation", [0.3, 0.35, 0.4, 0.32] * 8, ago=ago, action="restart", container="nginx")
        fill("docker_operation", [0.9, 1.0, 1.1, 1.05] * 3, ago=ago, action="restart", container="postgres")
        fill("config_load", [0.002, 0.003] * 30, ago=ago)
        fill("token_decrypt", [0.1] * 40, ago=ago)
    fill("docker_operation", [0.3, 0.35] * 20, ago=40_000, action="restart", container="nginx")
    fill("docker_operation", [1.6, 1.9, 2.4, 1.7] * 6, ago=60, action="restart", container="postgres")
    fill("config_load", [0.002, 0.003] * 30)
    fill("token_decrypt", [0.1] * 40)
    fill("token_decrypt", [0.2] * 9, outcome="error", error_type="InvalidToken")
