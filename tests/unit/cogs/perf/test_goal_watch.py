"""Alarms are in the channel exactly once, whatever fails and whenever the bot stops."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cogs.perf.goals.alarms import COOLDOWN
from cogs.perf.goals.book import Book, Kept, Kind, Notice
from cogs.perf.goals.store import GoalStore, GoalStoreError
from cogs.perf.goals.watch import GIVEN_UP, Watch
from cogs.perf.posting import NONCE_MEMORY, PostError
from utils.metrics.analysis.goals import Goal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

KEPT = Kept(1, Goal("op", success=0.99), None, 0.0)
START = 1_795_500_000.0
MINUTE = 60.0


class PowerCut(BaseException):
    """The process ends here."""


@dataclass
class FakeChannel:
    """A channel in memory that takes a nonce once within its memory, as Discord does."""

    clock: Callable[[], float]
    messages: list[tuple[str, str, float]] = field(default_factory=list)
    """Footer, nonce, moment."""
    refuse_post: BaseException | None = None
    refuse_find: PostError | None = None
    after: BaseException | None = None
    """Take the message, but let this happen to its answer."""

    async def find(self, channel_id: int, mark: str, after: datetime) -> int | None:
        assert channel_id == 50
        if self.refuse_find is not None:
            raise self.refuse_find
        for number, (footer, _, at) in enumerate(self.messages):
            if mark in footer.split(" · ") and at >= after.timestamp():
                return number
        return None

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str, files: Sequence[discord.File] = ()) -> int:
        assert channel_id == 50
        assert not files
        assert 1 <= len(nonce) <= 25
        if self.refuse_post is not None:
            raise self.refuse_post
        known = [at for _, other, at in self.messages if other == nonce and self.clock() - at <= NONCE_MEMORY]
        if not known:
            self.messages.append((embed.footer.text or "", nonce, self.clock()))
        if self.after is not None:
            raise self.after
        return len(self.messages)


class World:
    """A bot that can be stopped and started, its file and its channel."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.rings = False
        self.path = folder / "goals.json"
        self.channel = FakeChannel(lambda: self.now)
        GoalStore(self.path).save(Book(goals=(KEPT,), channels={1: 50}))
        self.bot = self.start()

    def start(self) -> Watch:
        """Start another process; what the old one knew is lost but for the file."""
        self.bot = Watch(
            lambda: GoalStore(self.path),
            self.channel,
            lambda _goal, _now: self.rings,
            self.draw,
            clock=lambda: self.now,
            monotonic=lambda: self.now,
        )
        return self.bot

    def heal(self) -> None:
        """Let Discord take everything again."""
        self.channel.after = self.channel.refuse_post = None

    async def draw(self, kept: Kept, notice: Notice) -> discord.Embed:
        assert kept == KEPT
        return discord.Embed(title=notice.kind.value).set_footer(text=f"rules · {notice.mark}")

    async def tick(self, seconds: float = MINUTE, *, rings: bool | None = None) -> None:
        self.now += seconds
        self.rings = self.rings if rings is None else rings
        await self.bot.tick()

    @property
    def posted(self) -> int:
        return len(self.channel.messages)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def trouble(*, refused: bool = False) -> PostError:
    return PostError("I may not write to the channel." if refused else "Discord answered 503.", refused=refused)


async def test_an_alarm_is_posted_once_and_its_end_once_over_restarts(world: World) -> None:
    for rings in (True, True, False, False):
        for _ in range(3):
            await world.tick(rings=rings)
            world.start()
    assert world.posted == 2
    assert len({footer for footer, _, _ in world.channel.messages}) == 2


async def test_without_goals_nothing_is_read(world: World) -> None:
    GoalStore(world.path).save(Book())
    world.start()
    await world.tick(rings=True)
    assert world.posted == 0


@pytest.mark.parametrize("taken", [False, True], ids=["before Discord took it", "after Discord took it"])
async def test_a_crash_around_the_post_neither_loses_nor_doubles_it(world: World, taken: bool) -> None:  # noqa: FBT001 - a parameter of the test
    if taken:
        world.channel.after = PowerCut()
    else:
        world.channel.refuse_post = PowerCut()
    with pytest.raises(PowerCut):
        await world.tick(rings=True)
    world.channel.after = world.channel.refuse_post = None
    world.start()
    await world.tick(10 * MINUTE)
    await world.tick()
    assert world.posted == 1


async def test_an_answer_that_was_lost_is_not_posted_again_after_discord_forgot_the_nonce(world: World) -> None:
    world.channel.after = trouble()
    await world.tick(rings=True)
    assert world.bot.problem(KEPT.key) == "Discord answered 503."
    world.channel.after = None
    await world.tick(NONCE_MEMORY + MINUTE)
    assert world.posted == 1
    assert world.bot.problem(KEPT.key) is None
    assert (await world.bot.book()).notices == ()


async def test_a_channel_that_takes_nothing_is_tried_with_growing_pauses_until_it_is_no_news(world: World) -> None:
    world.channel.refuse_post = trouble(refused=True)
    await world.tick(rings=True)
    for _ in range(int(GIVEN_UP / MINUTE) + 20):
        await world.tick()
    assert (await world.bot.book()).notices == ()
    assert world.bot.problem(KEPT.key) == "I may not write to the channel."
    world.channel.refuse_post = None
    await world.tick()
    assert world.posted == 0


async def test_what_may_be_there_and_cant_be_searched_for_is_not_risked_twice(world: World) -> None:
    world.channel.after = trouble()
    await world.tick(rings=True)
    world.channel.after, world.channel.refuse_find = None, trouble(refused=True)
    await world.tick(NONCE_MEMORY + MINUTE)
    assert world.posted == 1
    assert (await world.bot.book()).notices == ()


async def test_a_disk_that_takes_nothing_posts_nothing_and_later_once(world: World) -> None:
    await world.tick()
    folder = world.path.parent
    world.path.rename(folder / "kept")
    world.path.mkdir()
    (world.path / "in the way").touch()
    await world.tick(rings=True)
    assert world.posted == 0, "what can't be remembered must not be posted"
    (world.path / "in the way").unlink()
    world.path.rmdir()
    await world.tick()
    await world.tick()
    assert world.posted == 1


async def test_a_clock_that_jumps_is_believed_at_the_second_look(world: World) -> None:
    await world.tick()
    jumping = Watch(
        lambda: GoalStore(world.path),
        world.channel,
        lambda _goal, _now: True,
        world.draw,
        clock=lambda: world.now,
        monotonic=lambda: START,
    )
    world.now += COOLDOWN
    await jumping.tick()
    assert world.posted == 0
    await jumping.tick()
    assert world.posted == 1


async def test_a_goal_that_is_removed_while_its_message_waits_is_told_no_more(world: World) -> None:
    world.channel.refuse_post = trouble()
    await world.tick(rings=True)
    await world.bot.change(lambda book: book.without_goal(KEPT.key))
    world.channel.refuse_post = None
    await world.tick(10 * MINUTE)
    assert world.posted == 0


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    store = GoalStore(tmp_path / "deep" / "goals.json")
    book = Book(
        goals=(KEPT, Kept(2, Goal("b", percentile=0.95, threshold=0.5, days=7), 9, 3.0)),
        channels={1: 50},
        notices=(Notice(1, "op", Kind.END, 50, 1.0, 2.0, 3.0),),
    )
    store.save(book)
    assert store.load() == (book, None)


def test_a_goal_of_a_file_that_names_no_period_is_of_thirty_days(tmp_path: Path) -> None:
    path = tmp_path / "goals.json"
    store = GoalStore(path)
    store.save(Book(goals=(Kept(1, Goal("op", success=0.99, days=7), None, 1.0),)))
    data = json.loads(path.read_bytes())
    assert data["goals"][0].pop("days") == 7
    path.write_text(json.dumps(data), encoding="utf-8")
    book, damage = store.load()
    assert (book.goals[0].goal, damage) == (Goal("op", success=0.99, days=30), None)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"version": 9}', b"\xff\xfe", b'{"version": 1, "goals": [{}]}'])
def test_a_file_that_is_not_understood_is_kept_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "goals.json"
    path.write_bytes(content)
    book, damage = GoalStore(path).load()
    assert book == Book()
    assert damage is not None
    (aside,) = tmp_path.iterdir()
    assert aside.name in damage
    assert aside.read_bytes() == content


def test_a_file_that_cant_be_read_raises_and_stays(tmp_path: Path) -> None:
    (tmp_path / "goals.json").mkdir()
    with pytest.raises(GoalStoreError) as caught:
        GoalStore(tmp_path / "goals.json").load()
    assert "could not be read" in caught.value.user_message


ACTS: dict[str, Callable[[World], object]] = {
    "tick": lambda world: world,
    "ring": lambda world: setattr(world, "rings", True),
    "calm": lambda world: setattr(world, "rings", False),
    "restart": lambda world: world.start(),
    "refuse": lambda world: setattr(world.channel, "refuse_post", trouble()),
    "lose": lambda world: setattr(world.channel, "after", trouble()),
    "cut before": lambda world: setattr(world.channel, "refuse_post", PowerCut()),
    "cut after": lambda world: setattr(world.channel, "after", PowerCut()),
    "heal": lambda world: world.heal(),
    "wait": lambda world: setattr(world, "now", world.now + 20 * MINUTE),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=30))
async def test_no_message_comes_twice_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str]
) -> None:
    world = World(tmp_path_factory.mktemp("world"))
    for act in acts:
        ACTS[act](world)
        try:
            await world.tick()
        except PowerCut:
            world.heal()
            world.start()
    footers = [footer for footer, _, _ in world.channel.messages]
    assert len(footers) == len(set(footers))
