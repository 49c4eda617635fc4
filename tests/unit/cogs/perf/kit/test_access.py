"""Whose admins count, held against interactions as Discord sends them to a real client."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from cogs.perf.kit.access import HOME_VARIABLE, is_admin, is_home

HOME, ELSEWHERE = 11, 22
OWNER, ASKER = 1, 2
ADMINISTRATOR = discord.Permissions(administrator=True).value


@pytest.fixture(autouse=True)
def no_named_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)


@pytest.fixture
async def client() -> discord.Client:
    """A client that is in the server HOME, as the gateway told it."""
    return client_in(HOME)


def client_in(*guild_ids: int) -> discord.Client:
    made = discord.Client(intents=discord.Intents(guilds=True))
    state: Any = made._connection
    state.user = discord.ClientUser(state=state, data={**person(5), "bot": True})  # type: ignore[typeddict-item]
    for guild_id in guild_ids:
        state._add_guild_from_data({"id": str(guild_id), "unavailable": True})
    owned_by(made, None)
    return made


def person(identity: int) -> dict[str, Any]:
    return {"id": str(identity), "username": f"p{identity}", "discriminator": "0", "avatar": None, "global_name": None}


def owned_by(client: discord.Client, team: dict[str, Any] | None) -> None:
    """Tell a client whose its application is, as the login does."""
    about: dict[str, Any] = {
        "id": "5", "name": "bot", "icon": None, "description": "", "bot_public": True, "bot_require_code_grant": False,
        "verify_key": "", "flags": 0, "owner": person(OWNER), "team": team,
    }  # fmt: skip
    client._application = discord.AppInfo(client._connection, about)  # type: ignore[arg-type]


def member_of_team(identity: int, *, role: str, accepted: bool = True) -> dict[str, Any]:
    return {"user": person(identity), "team_id": "6", "membership_state": 2 if accepted else 1, "role": role}


def asked(client: discord.Client, guild_id: int, permissions: int = ADMINISTRATOR) -> discord.Interaction[Any]:
    """A command from a server, run by ASKER, who has these permissions there."""
    member = {
        "user": person(ASKER), "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False,
        "flags": 0, "permissions": str(permissions),
    }  # fmt: skip
    payload: dict[str, Any] = {
        "id": "7", "application_id": "5", "type": 2, "token": "t", "version": 1, "attachment_size_limit": 1,
        "guild_id": str(guild_id), "guild": {"id": str(guild_id), "features": [], "locale": "en-US"}, "member": member,
        "data": {"id": "8", "name": "perf", "type": 1},
    }  # fmt: skip
    return discord.Interaction(data=payload, state=client._connection)  # type: ignore[arg-type]


async def test_the_only_server_of_the_bot_is_home_and_its_administrators_are_admins(client: discord.Client) -> None:
    assert is_home(asked(client, HOME))
    assert is_admin(asked(client, HOME))
    assert not is_admin(asked(client, HOME, permissions=0))


async def test_a_server_that_has_the_commands_without_the_bot_is_never_home(client: discord.Client) -> None:
    """An application can be added with its commands alone, or to a person; then the bot isn't in that server."""
    assert not is_home(asked(client, ELSEWHERE))
    assert not is_admin(asked(client, ELSEWHERE))


async def test_a_bot_that_knows_no_server_of_its_own_is_at_home_nowhere() -> None:
    assert not is_admin(asked(client_in(), ELSEWHERE))


async def test_of_two_servers_none_is_home_until_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_in(HOME, ELSEWHERE)
    assert not is_home(asked(client, HOME))
    monkeypatch.setenv(HOME_VARIABLE, str(HOME))
    assert is_home(asked(client, HOME))
    assert not is_home(asked(client, ELSEWHERE))


@pytest.mark.parametrize(
    ("member", "owns"),
    [
        (member_of_team(ASKER, role="admin"), True),
        (member_of_team(ASKER, role="developer"), True),
        (member_of_team(ASKER, role="read_only"), False),
        (member_of_team(ASKER, role="admin", accepted=False), False),
        (member_of_team(ASKER + 1, role="admin"), False),
    ],
)
async def test_of_a_team_those_own_the_bot_who_may_change_it(
    client: discord.Client,
    member: dict[str, Any],
    owns: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    owned_by(client, {"id": "6", "name": "team", "icon": None, "owner_user_id": str(OWNER), "members": [member]})
    assert is_admin(asked(client, ELSEWHERE, permissions=0)) is owns


async def test_the_owner_of_the_team_owns_the_bot(client: discord.Client) -> None:
    owned_by(client, {"id": "6", "name": "team", "icon": None, "owner_user_id": str(ASKER), "members": []})
    assert is_admin(asked(client, ELSEWHERE, permissions=0))
