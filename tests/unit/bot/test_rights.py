"""The permissions that are asked for, and those that the bot has: our arithmetic against the sandbox's."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from bot.rights import NEEDED, invite, needed_bits, rights_in
from sandbox import permissions as perms
from sandbox.permissions import Overwrite

GUILD, ROLE, OTHER_ROLE, BOT = "1", "2", "3", "9"
BITS = (
    perms.VIEW_CHANNEL,
    perms.SEND_MESSAGES,
    perms.EMBED_LINKS,
    perms.ATTACH_FILES,
    perms.READ_MESSAGE_HISTORY,
    perms.ADMINISTRATOR,
)
TITLES = {
    "View Channel": perms.VIEW_CHANNEL,
    "Send Messages": perms.SEND_MESSAGES,
    "Embed Links": perms.EMBED_LINKS,
    "Read Message History": perms.READ_MESSAGE_HISTORY,
}
some_bits = st.sets(st.sampled_from(BITS)).map(sum)


def test_the_link_asks_for_what_is_needed_and_nothing_else() -> None:
    query = parse_qs(urlsplit(invite(77, 5)).query)
    assert query == {
        "client_id": ["77"],
        "permissions": [str(sum(BITS[:5]))],
        "scope": ["bot applications.commands"],
        "guild_id": ["5"],
    }
    assert needed_bits() == sum(BITS[:5])
    assert "administrator" not in NEEDED


@given(
    roles=st.fixed_dictionaries({GUILD: some_bits, ROLE: some_bits, OTHER_ROLE: some_bits}),
    overwrites=st.lists(
        st.builds(
            Overwrite,
            target=st.sampled_from([GUILD, ROLE, OTHER_ROLE, BOT]),
            kind=st.just(0),
            allow=some_bits,
            deny=some_bits,
        ),
        unique_by=lambda one: one.target,
    ),
    owner=st.booleans(),
)
def test_what_the_bot_has_in_a_channel_follows_discord_s_rules(
    roles: dict[str, int],
    overwrites: list[Overwrite],
    owner: bool,  # noqa: FBT001 - drawn
) -> None:
    overwrites = [Overwrite(one.target, 1 if one.target == BOT else 0, one.allow, one.deny) for one in overwrites]
    base = perms.in_guild([roles[GUILD], roles[ROLE]], owner=owner)
    expected = perms.in_channel(base, overwrites, everyone=GUILD, roles=[ROLE], member=BOT)
    found = rights_in(
        {
            "permission_overwrites": [
                {"id": one.target, "type": one.kind, "allow": str(one.allow), "deny": str(one.deny)}
                for one in overwrites
            ]
        },
        {
            "id": GUILD,
            "owner_id": BOT if owner else "8",
            "roles": [{"id": role, "permissions": str(bits)} for role, bits in roles.items()],
        },
        {"user": {"id": BOT}, "roles": [ROLE]},
    )
    assert found.lacking == tuple(title for title, bit in TITLES.items() if not expected & bit)
    assert found.attach == bool(expected & perms.ATTACH_FILES)
