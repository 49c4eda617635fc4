from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.figures import PER_PAGE, one_embed, pages, table_embed
from cogs.perf.kit import LOOK, PLAIN, units
from services.docker import Container, Health, State
from services.docker.live import Live, Sample
from utils.metrics.format import columns

if TYPE_CHECKING:
    import discord

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COUNTS = st.none() | st.integers(0, 2**62)
RATES = st.none() | st.floats(0, 1e15)
SAMPLES = st.builds(
    Sample,
    cpu=st.none() | st.floats(0, 1e6),
    cpus=st.none() | st.integers(1, 1024),
    memory=COUNTS,
    with_cache=st.booleans(),
    limit=st.none() | st.integers(1, 2**62),
    received=RATES,
    sent=RATES,
    disk_read=RATES,
    disk_written=RATES,
    pids=COUNTS,
)
LIVES = st.builds(
    Live,
    container=st.builds(
        Container,
        id=st.text("0123456789abcdef", min_size=12, max_size=64),
        name=st.text(min_size=1, max_size=300),
        image=st.just("image:1"),
        state=st.sampled_from(State),
        health=st.sampled_from(Health),
    ),
    started=st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is given beside
    restarts=COUNTS,
    sample=st.none() | SAMPLES,
    age=st.none() | st.floats(0, 1e6),
    stale=st.booleans(),
    history=st.lists(st.none() | st.floats(0, 1e6), max_size=60).map(tuple),
    span=st.floats(0, 1e5),
    problem=st.sampled_from(["", "Docker can't be reached."]),
)


def live(
    name: str,
    sample: Sample | None = None,
    *,
    up: timedelta | None = timedelta(days=3),
    state: State = State.RUNNING,
    health: Health = Health.NONE,
    age: float | None = None,
    stale: bool = False,
    history: tuple[float | None, ...] = (),
    problem: str = "",
) -> Live:
    container = Container(id=name * 12, name=name, image="image:1", state=state, health=health)
    return Live(
        container,
        started=None if up is None else NOW - up,
        restarts=2,
        sample=sample,
        age=0.4 if age is None and sample else age,
        stale=stale,
        history=history,
        span=max(0.0, len(history) - 1.0),
        problem=problem,
    )


def lines(embed: discord.Embed) -> list[str]:
    return str(embed.description).replace("\u00a0", " ").split("\n")


def fields(embed: discord.Embed) -> dict[str, str]:
    return {str(field.name): str(field.value).replace("\u00a0", " ") for field in embed.fields}


def test_the_table_has_the_busiest_first_and_the_stopped_below() -> None:
    found = [
        live("idle", Sample(cpu=0.3, memory=12_000_000), up=timedelta(minutes=25)),
        live("new", up=timedelta(seconds=2)),
        live("postgres", Sample(cpu=87.0, memory=1_200_000_000)),
        live("db", state=State.EXITED),
    ]
    embed = table_embed(found, 0, NOW)
    assert embed.title == "Live figures · 3 running"
    assert lines(embed) == [
        "```",
        "  container    cpu % memory   up",
        "● postgres        87 1.2 GB   3d",
        "● idle           0.3  12 MB  25m",
        "● new              …      …   2s",
        "```",
        "… is still being measured. Refresh in a moment.",
        "Not running: `db`",
    ]
    assert embed.colour == PLAIN


def test_a_row_of_large_figures_fits_a_phone() -> None:
    sample = Sample(cpu=12_800.0, memory=499_000_000_000)
    embed = table_embed([live("a-long-name-of-a-container", sample, up=timedelta(days=999))], 0, NOW)
    assert [len(row) for row in lines(embed)[1:3]] == [32, 33]


def test_wide_names_leave_the_columns_where_they_are() -> None:
    names = ["データベース-primary", "🚀🚀🚀 rocket", "cafe\u0301", "postgres"]
    found = [live(name, Sample(cpu=1.0, memory=12_000_000)) for name in names]
    rows = lines(table_embed(found, 0, NOW))[1:6]
    assert {columns(row) for row in rows} == {columns(rows[0])}
    assert "● デー…primary     1  12 MB   3d" in rows
    assert "● 🚀🚀… rocket     1  12 MB   3d" in rows


def test_old_figures_are_not_told_as_those_of_now() -> None:
    old = live("web", Sample(cpu=5.0, memory=1), age=40.2, stale=True)
    embed = table_embed([old], 0, NOW, "Docker can't be reached.")
    assert "● web            n/a    n/a   3d" in lines(embed)
    assert "n/a: the newest figures are up to 40 s old." in lines(embed)
    assert "⚠ Docker can't be reached." in lines(embed)
    assert embed.colour == LOOK
    assert fields(one_embed(old))["CPU"] == "n/a (last seen 40 s ago)"
    assert fields(one_embed(old))["Memory"] == "n/a (last seen 40 s ago)"


def test_why_a_containers_figures_are_missing_is_told() -> None:
    refused = live("web", problem="Docker refused this (403).")
    assert "n/a: Docker refused this (403)." in lines(table_embed([refused], 0, NOW))
    assert "⚠ Docker refused this (403)." in lines(one_embed(refused))
    assert fields(one_embed(refused))["CPU"] == "n/a"


def test_an_unhealthy_container_stands_out_by_a_sign_that_is_explained() -> None:
    embed = table_embed([live("web", Sample(cpu=1.0, memory=1), health=Health.UNHEALTHY)], 0, NOW)
    assert any(line.startswith("! web") for line in lines(embed))
    assert "! is unhealthy by its own check." in lines(embed)


def test_nothing_running_says_so() -> None:
    assert lines(table_embed([live("db", state=State.EXITED)], 0, NOW)) == [
        "No container runs, so there is nothing to measure.",
        "Not running: `db`",
    ]


def test_pages_hold_fifteen_and_a_page_that_is_gone_shows_the_last() -> None:
    found = [live(f"c{number:02}", Sample(cpu=float(number))) for number in range(20)]
    assert pages(found) == 2
    first, second, beyond = (lines(table_embed(found, page, NOW)) for page in (0, 1, 9))
    assert (len(first), len(second)) == (PER_PAGE + 3, 5 + 3)
    assert beyond == second


def test_one_container_tells_all_that_is_known() -> None:
    sample = Sample(
        cpu=87.0,
        cpus=2,
        memory=120_000_000,
        limit=512_000_000,
        received=12_300.0,
        sent=800.0,
        disk_read=0.0,
        disk_written=1_100_000.0,
        pids=12,
    )
    embed = one_embed(live("web", sample, health=Health.HEALTHY, history=(None, 3.0, 20.0, None, 87.0)))
    assert lines(embed) == ["`web` ● running since <t:1772107200:R> · healthy"]
    assert fields(embed) == {
        "CPU": "87 % · the machine has 200 %\n`▁▂ █` 3 % to 87 % in 4 s",
        "Memory": "120 MB of 0.5 GB (23 %)",
        "Network": "↓ 12 kB/s\n↑ 800 B/s",
        "Disk": "read 0 B/s\nwritten 1.1 MB/s",
        "Processes": "12",
        "Restarts": "2 by Docker",
    }
    assert embed.footer.text == "measured 400\u00a0ms ago · 100\u00a0% is one CPU · memory without the page cache"


def test_what_the_engine_does_not_tell_is_parted_from_what_comes_with_the_next_frame() -> None:
    begun = one_embed(live("web", Sample(memory=1, pids=1), history=(None,)))
    assert (fields(begun)["CPU"], fields(begun)["Network"]) == ("measuring…", "measuring…")
    poor = one_embed(live("web", Sample(cpu=1.0, memory=1), history=(1.0, 1.0, 1.0)))
    assert (fields(poor)["Disk"], fields(poor)["Processes"]) == ("n/a (the engine tells none)",) * 2
    windows = one_embed(live("web", Sample(received=1.0, sent=1.0), history=(None,) * 5))
    assert fields(windows)["CPU"] == "n/a (the engine tells none)"


def test_memory_that_may_have_the_page_cache_in_it_says_so() -> None:
    embed = one_embed(live("web", Sample(memory=1_000, with_cache=True)))
    assert fields(embed)["Memory"] == "1 kB, page cache and all"


def test_a_stopped_container_has_no_figures() -> None:
    embed = one_embed(live("web", state=State.EXITED, up=None))
    assert lines(embed) == ["`web` ○ exited", "It has figures when it runs."]
    assert fields(embed) == {}


@given(st.lists(LIVES, max_size=40), st.integers(-2, 5))
def test_no_table_breaks_a_limit_or_out_of_its_code_block(found: list[Live], page: int) -> None:
    embed = table_embed(found, page, NOW)
    assert units(embed.description or "") <= 4096
    up = [one for one in found if one.container.state.is_up]
    if up:
        block, *rest = str(embed.description).split("\n```")
        assert len(rest) >= 1
        assert "```" not in block.removeprefix("```")
        rows = block.removeprefix("```\n").split("\n")
        assert len(rows) <= PER_PAGE + 1
        assert all(len(row) <= 48 for row in rows), "32 with any figure that a machine of today can have"


@given(LIVES)
def test_no_figures_break_a_limit(one: Live) -> None:
    embed = one_embed(one)
    assert len(embed) <= 6000
    assert all(0 < len(str(field.value)) <= 1024 for field in embed.fields)
