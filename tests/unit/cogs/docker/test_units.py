"""No phone parts a number from its unit: what is read outside of code has no blank there that a line may end at."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cogs.docker.embeds import info_embed
from cogs.docker.figures import one_embed, table_embed
from cogs.docker.groups import group_embed, question_embed
from cogs.docker.groups.runs import ended_embed, progress_embed
from cogs.docker.limits import limit_lines
from cogs.docker.queue import queue_embed
from services.docker import Action, Container, ContainerInfo, QueueStats, State, Timeouts
from services.docker.groups import Cause, Fate, Kind, Member, Progress, Reason, Target
from services.docker.groups.plan import make_plan
from services.docker.groups.target import groups_of
from services.docker.live import Live, Sample

if TYPE_CHECKING:
    import discord

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WEB = Container(id="ab" * 32, name="web", image="nginx", state=State.RUNNING, status="Up 3 minutes", project="site")
SAMPLE = Sample(cpu=87.0, cpus=2, memory=120_000_000, limit=512_000_000, received=12_300.0, sent=800.0, pids=12)
LIVE = Live(WEB, started=NOW, restarts=2, sample=SAMPLE, age=0.4, history=(3.0, 20.0), span=4.0)
STALE = Live(WEB, started=NOW, restarts=2, sample=SAMPLE, age=40.2, stale=True)
LIMITS = dict.fromkeys((Action.START, Action.STOP), Timeouts().action("web", 10.0))
QUEUE = QueueStats(
    total=12,
    waited=3,
    average_wait=1.24,
    largest_line=5,
    timeouts=1,
    refused=2,
    in_use=3,
    free=0,
    waiting=4,
    background=0,
)
PLAN = make_plan(groups_of([WEB])[0], Action.STOP, lambda _container: None)
LATE = Reason(Cause.NOT_IN_TIME, text="Stop of `web` took longer than 1.5 s.")
RUN = Progress(
    Target("site", Kind.PROJECT),
    "site",
    Action.STOP,
    (
        Member("1", "db", Fate.DONE, seconds=0.41),
        Member("2", "web", Fate.FAILED, LATE, state=State.RUNNING, seconds=75.0),
    ),
    seconds=7_500.0,
)

PARTED = re.compile(r"\d (?:[nµm]?s|min|h|d|[kMGTP]?B|%)(?!\w)")
HELD = re.compile("\\d\u00a0(?:[nµm]?s|min|h|d|[kMGTP]?B|%)(?!\\w)")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def read(embed: discord.Embed) -> str:
    parts = [embed.title, embed.description, *(field.value for field in embed.fields), embed.footer.text]
    return CODE.sub("", "\n".join(filter(None, parts)))


@pytest.mark.parametrize(
    "embed",
    [
        one_embed(LIVE),
        one_embed(STALE),
        table_embed([LIVE, STALE], 0, NOW),
        queue_embed(QUEUE, 2),
        info_embed(ContainerInfo(WEB), limit_lines(LIMITS)),
        group_embed(PLAN),
        question_embed(PLAN),
        progress_embed(RUN),
        ended_embed(RUN),
    ],
)
def test_every_number_is_held_to_its_unit(embed: discord.Embed) -> None:
    text = read(embed)
    assert PARTED.findall(text) == []
    assert HELD.search(text), text


def test_what_stands_in_a_table_has_ordinary_blanks() -> None:
    assert "120 MB" in (table_embed([LIVE], 0, NOW).description or "")
