"""What the chat shows of groups: short, plain, within the limits, and safe whatever a name holds."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.groups import group_choices, group_embed, groups_embed, idle_embed, question_embed, untouchable_embed
from cogs.docker.groups.runs import ended_embed, progress_embed
from cogs.docker.groups.words import shortened
from cogs.perf.kit import BAD, FINE, LOOK, units
from services.docker import Action, Container, State
from services.docker.groups import Cause, Fate, Group, Held, Kind, Member, Progress, Reason, Target
from services.docker.groups.plan import make_plan
from services.docker.groups.target import groups_of
from tests.unit.cogs.docker.test_embeds import HOSTILE, fits, outside_code, text
from tests.unit.services.docker.groups.compose import container

if TYPE_CHECKING:
    import discord

SITE = (container("web", "db:service_healthy"), container("db"), container("old", state=State.EXITED))
TARGET = Target("site", Kind.PROJECT)
ACTIONS = (Action.START, Action.STOP, Action.RESTART)


def group(*containers: Container) -> Group:
    (found,) = groups_of(containers)
    return found


def member(name: str, fate: Fate = Fate.DONE, cause: Cause = Cause.NONE, about: str = "", **more: object) -> Member:
    reason = Reason(cause, about, text=str(more.pop("text", "")), code=more.pop("code", None))  # type: ignore[arg-type] # a number
    identity = hashlib.sha256(name.encode()).hexdigest()
    return Member(identity, name, fate, reason, **more)  # type: ignore[arg-type] # as `Member` takes them


def progress(*members: Member, action: Action = Action.RESTART) -> Progress:
    return Progress(TARGET, "site", action, members, seconds=12.3)


def test_the_list_gives_each_group_a_line() -> None:
    groups = groups_of([*SITE, container("mc", project=None, groups=("games",))])
    embed = groups_embed(groups)
    assert embed.title == "Groups · 2"
    assert text(embed).splitlines() == [
        "● `games` 1 of 1 up · group by label",
        "◐ `site` 2 of 3 up · compose project",
    ]


def test_no_group_at_all_says_how_to_make_one() -> None:
    assert "ddc.group" in text(groups_embed([]))


def test_a_close_look_shows_the_order() -> None:
    embed = group_embed(make_plan(group(*SITE), Action.START, lambda _container: None))
    assert text(embed).splitlines() == [
        "`site` (compose project) · 2 of 3 up",
        "**1** ● `db` running",
        "**1** ○ `old` exited",
        "**2** ● `web` running",
    ]


def test_the_question_names_the_count_the_order_and_what_is_left_alone() -> None:
    held = {"old": Held.FORBIDDEN}
    plan = make_plan(group(*SITE), Action.STOP, lambda one: held.get(one.name))
    embed = question_embed(plan)
    assert embed.title == "Stop 2 containers?"
    assert text(embed).splitlines() == [
        "`site` (compose project) · 2 of 3 up. They stay down until someone starts them.",
        "**1** ● `web` running",
        "**2** ● `db` running",
        "**2** ⊘ `old` you may not stop it",
    ]
    assert "13 minutes" in (embed.footer.text or "")


def test_what_the_order_could_not_keep_is_told() -> None:
    containers = (container("a", "b"), container("b", "a", "elsewhere"))
    embed = question_embed(make_plan(group(*containers), Action.START, lambda _container: None))
    assert "need each other" in text(embed)
    assert "`b`: also in need of something that is not part of this." in text(embed)
    assert "elsewhere" not in text(embed)


@pytest.mark.parametrize(
    ("members", "title", "colour", "total"),
    [
        ([member("a"), member("b")], "Restarted", FINE, "2 of 2 restarted."),
        (
            [member("a"), member("b", Fate.FAILED), member("c", Fate.SKIPPED), member("d"), member("e")],
            "Partly restarted",
            LOOK,
            "3 of 5 restarted, 1 failed, 1 skipped.",
        ),
        ([member("a", Fate.FAILED)], "Not restarted", BAD, "0 of 1 restarted, 1 failed."),
        (
            [member("a", Fate.UNCHANGED), member("b", Fate.HELD), member("c", Fate.LEFT)],
            "Partly restarted",
            LOOK,
            "0 of 2 restarted, 1 already running, 1 not begun, 1 left alone.",
        ),
    ],
)
def test_the_result_tells_the_whole_plainly(
    members: list[Member], title: str, colour: discord.Colour, total: str
) -> None:
    embed = ended_embed(progress(*members))
    assert (embed.title, embed.colour) == (title, colour)
    assert text(embed).splitlines()[0] == f"`site` (compose project): {total}"
    assert embed.footer.text == "took 12\u00a0s"


def test_each_container_has_its_line_with_sign_words_and_reason() -> None:
    embed = ended_embed(
        progress(
            member("db", seconds=0.41),
            member("job", state=State.EXITED, seconds=0.2),
            member("up", Fate.UNCHANGED),
            member("web", Fate.FAILED, Cause.ERROR, text="Docker could not do this (500): `no space left`"),
            member("crash", Fate.FAILED, Cause.ENDED, code=127),
            member("api", Fate.SKIPPED, Cause.UNHEALTHY, "db"),
            member("proxy", Fate.LEFT, Cause.NO_TIME),
            member("bot", Fate.HELD, held=Held.OWN),
        )
    )
    assert text(embed).splitlines()[1:] == [
        "✓ `db` restarted · 410 ms",
        "✓ `job` restarted · 200 ms, then ended by itself",
        "✓ `up` already running",
        "✗ `web` failed: Docker could not do this (500): `no space left`",
        "✗ `crash` failed: it ended again with exit code 127",
        "⊘ `api` skipped: `db` is not healthy",
        "⊘ `proxy` not begun: the time was over",
        "⊘ `bot` the bot itself, so it is left alone",
    ]


def test_what_took_too_long_is_told_by_what_was_seen_of_it_later() -> None:
    text_of_it = "Stop of `db` took longer than 5 s."
    embed = ended_embed(
        progress(
            member("web", cause=Cause.AFTER_ALL, seconds=7.2),
            member("db", Fate.FAILED, Cause.NOT_IN_TIME, text=text_of_it, seconds=35.0, state=State.RUNNING),
            member("job", Fate.FAILED, Cause.NOT_IN_TIME, text=text_of_it, seconds=35.0, state=State.UNKNOWN),
            member("cache", Fate.SKIPPED, Cause.TOO_LATE, "web"),
            action=Action.STOP,
        )
    )
    assert text(embed).splitlines() == [
        "`site` (compose project): 1 of 4 stopped, 2 failed, 1 skipped.",
        "✓ `web` stopped after all · 7.2 s",
        "✗ `db` failed: Stop of `db` took longer than 5 s. After 35 s it was still ● running.",
        "✗ `job` failed: Stop of `db` took longer than 5 s. What it does now could not be seen.",
        "⊘ `cache` skipped: `web` was not stopped in time",
    ]


def test_while_it_goes_on_the_title_counts_and_each_line_tells_what_is_going_on() -> None:
    embed = progress_embed(
        progress(member("db"), member("web", Fate.WORKING), member("api", Fate.WAITING, Cause.AWAITED, "db"))
    )
    assert embed.title == "Restarting · 1 of 3"
    assert text(embed).splitlines()[2:] == ["↻ `web` restarting…", "· `api` waits for `db`"]


def test_of_a_big_group_what_matters_is_shown_and_the_rest_is_counted() -> None:
    members = [member(f"c{number}") for number in range(70)]
    members[50] = member("bad", Fate.FAILED, Cause.GONE)
    members[60:] = [member(f"w{number}", Fate.WORKING) for number in range(3)] + [
        member(f"n{number}", Fate.WAITING) for number in range(7)
    ]
    lines = text(progress_embed(progress(*members))).splitlines()
    assert lines[1] == "✗ `bad` failed: it was removed meanwhile"
    assert lines[2:] == [*(f"↻ `w{number}` restarting…" for number in range(3)), "✓ 59 restarted", "· 7 waiting"]


def test_nothing_to_do_and_nothing_allowed_are_told() -> None:
    assert "all 2 containers are running" in text(
        idle_embed(make_plan(group(*SITE[:2]), Action.START, lambda _container: None))
    )
    held = untouchable_embed(make_plan(group(*SITE), Action.RESTART, lambda _container: Held.FORBIDDEN))
    assert "you may not restart it" in text(held)


def test_choices_begin_with_what_begins_so_and_tell_how_many_are_up() -> None:
    groups = groups_of([*SITE, container("x", project="my-site"), container("y", project="z" * 101)])
    assert [(one.name, one.value) for one in group_choices(groups, "SI")] == [
        ("site · 2 of 3 up", "site"),
        ("my-site · 1 of 1 up", "my-site"),
    ]
    assert len(group_choices(groups, "")) == 2, "what Discord can't take is left out"
    many = groups_of([container("x", project=None, groups=tuple(f"g{number}" for number in range(40)))])
    assert len(group_choices(many, "")) == 25


MEMBERS = st.lists(
    st.builds(
        member,
        st.text(min_size=1, max_size=300),
        st.sampled_from(Fate),
        st.sampled_from(Cause),
        st.text(max_size=80),
        text=st.text(max_size=600),
        held=st.none() | st.sampled_from(Held),
    ),
    max_size=60,
)


@given(MEMBERS, st.sampled_from(ACTIONS))
def test_any_run_fits_into_a_message(members: list[Member], action: Action) -> None:
    for embed in (progress_embed(progress(*members, action=action)), ended_embed(progress(*members, action=action))):
        fits(embed)
        assert units(embed.title or "") <= 256


@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=60, unique=True), st.sampled_from(ACTIONS))
def test_any_plan_fits_into_a_message(names: list[str], action: Action) -> None:
    containers = [container(name, *names[:3], project="p" * 300) for name in names]
    for held in (None, *Held):
        plan = make_plan(group(*containers), action, lambda _container, held=held: held)  # type: ignore[misc] # a default
        for embed in (question_embed(plan), group_embed(plan), untouchable_embed(plan), idle_embed(plan)):
            fits(embed)
    fits(groups_embed(groups_of(containers)))


HOSTILE_PLAN = make_plan(
    group(
        replace(container(HOSTILE, HOSTILE, "x"), project=HOSTILE),
        replace(container("other", HOSTILE, service=HOSTILE), project=HOSTILE),
    ),
    Action.STOP,
    lambda _container: None,
)


@pytest.mark.parametrize(
    "embed",
    [
        question_embed(HOSTILE_PLAN),
        group_embed(HOSTILE_PLAN),
        groups_embed(groups_of(step.container for step in HOSTILE_PLAN.steps)),
        *(
            ended_embed(replace(progress(member(HOSTILE, fate, cause, HOSTILE)), target=Target(HOSTILE, Kind.GROUP)))
            for fate in Fate
            for cause in Cause
        ),
    ],
)
def test_nothing_that_comes_from_outside_works_as_markdown_or_mention(embed: discord.Embed) -> None:
    outside = outside_code(embed)
    assert "**x" not in outside
    assert "<@1>" not in outside
    assert "@everyone" not in outside
    assert "\n# c" not in outside


def test_the_end_of_a_long_error_is_what_stays_with_its_begin() -> None:
    told = f"Docker could not do this (400): `{'runc create failed: ' * 20}no such file`"
    assert shortened(told).startswith("Docker could not do this (400): `runc")
    assert shortened(told).endswith("no such file`")


@given(st.text(st.sampled_from("`ab "), max_size=400))
def test_a_cut_leaves_no_code_span_open(message: str) -> None:
    even = message if message.count("`") % 2 == 0 else message + "`"
    assert shortened(even).count("`") % 2 == 0
