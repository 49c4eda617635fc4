"""How alerts read: what happened first, in few words, within Discord's limits whatever the names are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.docker.alerts.embeds import Posting, bulletin_embed, muted_embed, state_embed, unmuted_embed
from cogs.perf.kit import BAD, FINE, LOOK, PLAIN, units
from services.docker import Container, EngineUnreachable, State, Why
from services.docker.events import Alert, AlertState, Bulletin, Kind, Rules
from tests.contract.docker.happening import NOON

if TYPE_CHECKING:
    import discord


def container(name: str) -> Container:
    return Container(id="id", name=name, image="image:1", state=State.UNKNOWN)


def alert(
    name: str, *kinds: Kind, count: int = 1, exit_code: int | None = None, recovered: float | None = None
) -> Alert:
    return Alert(container(name), dict.fromkeys(kinds, count), NOON, exit_code, recovered)


def lines(*alerts: Alert) -> list[str]:
    return (bulletin_embed(Bulletin(1, alerts)).description or "").split("\n")


def state(
    *,
    channel_id: int | None = 7,
    chosen: bool = False,
    mutes: tuple[tuple[str, float | None], ...] = (),
    latest: tuple[Bulletin, ...] = (),
    trouble: EngineUnreachable | None = None,
) -> AlertState:
    return AlertState(channel_id, chosen, Rules(), mutes, latest, trouble is None, trouble, None)


def text(embed: discord.Embed) -> str:
    parts = [embed.title or "", embed.description or "", *(f"{f.name}\n{f.value}" for f in embed.fields)]
    return "\n".join(parts).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("given_alert", "headline", "details"),
    [
        (alert("web", Kind.DIED, exit_code=1), "✗ `web` died", "exit code 1 · "),
        (alert("web", Kind.DIED, count=3, exit_code=137), "✗ `web` died 3 times", "exit code 137, killed · "),
        (alert("api", Kind.UNHEALTHY), "⚠ `api` unhealthy", ""),
        (alert("db", Kind.DIED, Kind.OOM), "✗ `db` out of memory · died", ""),
        (
            alert("bot", Kind.RESTART_LOOP, Kind.DIED, count=4, exit_code=2),
            "↻ `bot` restart loop · died 4 times",
            "exit code 2 · ",
        ),
        (alert("a`b", Kind.DIED), "✗ `ab` died", ""),
    ],
)
def test_two_lines_tell_what_happened_to_whom_and_how_and_when(given_alert: Alert, headline: str, details: str) -> None:
    assert lines(given_alert) == [headline, f"\u2003{details}<t:1760000000:R>"]


@pytest.mark.parametrize(
    ("given_alert", "title", "second"),
    [
        (alert("web", Kind.DIED, recovered=NOON + 5), "A container died · running again", "● running again"),
        (
            alert("web", Kind.UNHEALTHY, recovered=NOON + 5),
            "A container is unhealthy · healthy again",
            "● healthy again",
        ),
        (
            alert("web", Kind.RESTART_LOOP, recovered=NOON + 5),
            "A container restarts in a loop · stays up",
            "● stays up",
        ),
    ],
)
def test_a_recovery_follows_in_the_same_message(given_alert: Alert, title: str, second: str) -> None:
    embed = bulletin_embed(Bulletin(1, (given_alert,)))
    assert (embed.title, embed.colour) == (title, FINE)
    assert lines(given_alert)[2] == f"\u2003{second} <t:1760000005:R>"


def test_the_title_counts_and_the_colour_says_how_bad_it_is() -> None:
    four = bulletin_embed(Bulletin(1, tuple(alert(name, Kind.DIED) for name in "abcd")))
    assert (four.title, four.colour) == ("4 containers died", BAD)
    mixed = bulletin_embed(Bulletin(1, (alert("a", Kind.DIED, recovered=NOON), alert("b", Kind.UNHEALTHY))))
    assert (mixed.title, mixed.colour) == ("2 containers in trouble · 1 well again", LOOK)
    well = bulletin_embed(Bulletin(1, tuple(alert(name, Kind.DIED, recovered=NOON) for name in "ab")))
    assert (well.title, well.colour) == ("2 containers died · all well again", FINE)


@given(
    st.lists(
        st.builds(
            Alert,
            st.text(max_size=300).map(container),
            st.dictionaries(st.sampled_from(Kind), st.integers(1, 10**9), min_size=1),
            st.floats(0, 4e9),
            st.none() | st.integers(-(2**31), 2**31),
            st.none() | st.floats(0, 4e9),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_no_bulletin_is_over_discords_limits(alerts: list[Alert]) -> None:
    embed = bulletin_embed(Bulletin(1, tuple(alerts)))
    assert units(embed.description or "") <= 4096
    assert len(embed) <= 6000
    if len(alerts) > 20:
        assert f"… {len(alerts) - 20} more" in (embed.description or "")


def test_the_state_says_where_what_and_who_is_muted() -> None:
    told = text(state_embed(state(chosen=True, mutes=(("db", None), ("web", NOON))), Posting()))
    assert "● Posted in <#7>, set in the chat." in told
    assert "died, out of memory, unhealthy, restart loop (3 in 10 min)" in told
    assert "the same again after 15 min\ngrouped within 10 s" in told
    assert "`db` for good\n`web` until <t:1760000000:R>" in told
    assert "none since the bot was started" in told


def test_the_state_says_what_is_in_the_way() -> None:
    trouble = EngineUnreachable("unix:///x.sock", Why.REFUSED)
    embed = state_embed(state(trouble=trouble), Posting("I may not write to the channel.", 3))
    assert embed.colour == LOOK
    assert "I may not write to the channel." in text(embed)
    assert "3 not posted" in text(embed)
    assert "nobody listens there" in text(embed)
    assert state_embed(state(), Posting()).colour == PLAIN


@pytest.mark.parametrize(("chosen", "why"), [(True, "switched off in the chat"), (False, "no channel is set")])
def test_the_state_without_a_channel_says_how_to_set_one(chosen: bool, why: str) -> None:  # noqa: FBT001 - a parameter of the test
    told = text(state_embed(state(channel_id=None, chosen=chosen), Posting()))
    assert why in told
    assert "`/docker alerts channel:`" in told


def test_the_last_alerts_are_shown_the_newest_first() -> None:
    latest = (
        Bulletin(2, (alert("c", Kind.DIED), alert("d", Kind.DIED))),
        Bulletin(1, tuple(alert(f"a{number}", Kind.DIED) for number in range(9))),
    )
    told = text(state_embed(state(latest=latest), Posting()))
    assert told.index("`d`") < told.index("`c`") < told.index("`a8`")
    assert "`a5`" not in told


def test_a_mute_says_until_when() -> None:
    assert "<t:1760000000:R>" in text(muted_embed("web", NOON))
    assert "until someone unmutes it" in text(muted_embed("web", None))
    assert unmuted_embed("web", was_muted=True).title == "Unmuted"
    assert unmuted_embed("web", was_muted=False).title == "Not muted"
