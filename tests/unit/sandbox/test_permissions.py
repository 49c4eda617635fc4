from hypothesis import given
from hypothesis import strategies as st

from sandbox import permissions as perms
from sandbox.permissions import MEMBER, ROLE, Overwrite, in_channel, in_guild
from sandbox.world import build_world

BITS = st.integers(0, perms.ALL)
EVERYONE, MINE, OTHER, ME = "1", "2", "3", "4"


def of_me(base: int, *overwrites: Overwrite) -> int:
    return in_channel(base, overwrites, everyone=EVERYONE, roles=[MINE], member=ME)


@given(st.lists(BITS.map(lambda bits: bits & ~perms.ADMINISTRATOR)))
def test_roles_are_added_up(roles: list[int]) -> None:
    together = in_guild(roles)

    assert all(together & role == role for role in roles)


@given(BITS)
def test_an_administrator_and_the_owner_have_everything(bits: int) -> None:
    assert in_guild([bits, perms.ADMINISTRATOR]) == perms.ALL
    assert in_guild([bits], owner=True) == perms.ALL


@given(BITS, BITS, BITS)
def test_no_overwrite_binds_an_administrator(base: int, allow: int, deny: int) -> None:
    deny_all = [Overwrite(target, kind, allow, deny) for target, kind in ((EVERYONE, ROLE), (MINE, ROLE), (ME, MEMBER))]

    assert of_me(base | perms.ADMINISTRATOR, *deny_all) == perms.ALL


def test_a_role_gives_back_what_everyone_lost_and_the_member_s_own_comes_last() -> None:
    base = perms.VIEW_CHANNEL | perms.SEND_MESSAGES
    everyone = Overwrite(EVERYONE, ROLE, deny=perms.SEND_MESSAGES)
    role = Overwrite(MINE, ROLE, allow=perms.SEND_MESSAGES)
    member = Overwrite(ME, MEMBER, deny=perms.SEND_MESSAGES)

    assert of_me(base, everyone) == perms.VIEW_CHANNEL
    assert of_me(base, role, everyone) == base
    assert of_me(base, member, role, everyone) == perms.VIEW_CHANNEL


def test_among_roles_allowing_wins() -> None:
    deny = Overwrite(MINE, ROLE, deny=perms.SEND_MESSAGES)
    allow = Overwrite(OTHER, ROLE, allow=perms.SEND_MESSAGES)
    base = perms.VIEW_CHANNEL | perms.SEND_MESSAGES

    assert in_channel(base, [allow, deny], everyone=EVERYONE, roles=[MINE, OTHER], member=ME) == base


def test_another_role_s_overwrite_does_not_count() -> None:
    assert of_me(perms.VIEW_CHANNEL, Overwrite(OTHER, ROLE, deny=perms.VIEW_CHANNEL)) == perms.VIEW_CHANNEL


@given(BITS.map(lambda bits: bits & ~perms.ADMINISTRATOR))
def test_who_cannot_see_a_channel_can_do_nothing_in_it(base: int) -> None:
    assert of_me(base, Overwrite(EVERYONE, ROLE, deny=perms.VIEW_CHANNEL)) == 0


def test_who_cannot_write_can_neither_embed_nor_attach_nor_ping_everyone() -> None:
    base = perms.VIEW_CHANNEL | perms.EMBED_LINKS | perms.ATTACH_FILES | perms.MENTION_EVERYONE

    assert of_me(base) == perms.VIEW_CHANNEL


def test_in_the_fixed_world_the_secret_channel_is_for_admins() -> None:
    world = build_world()
    secret = next(channel for channel in world.channels.values() if channel.name == "secret")

    assert [user.name for user in world.users.values() if world.can_see(user, secret)] == ["Ada"]


def test_in_the_fixed_world_only_the_bot_and_admins_write_reports() -> None:
    world = build_world()
    reports = next(channel for channel in world.channels.values() if channel.name == "reports")

    writers = [
        user.name for user in world.users.values() if world.channel_permissions(user, reports) & perms.SEND_MESSAGES
    ]
    assert writers == ["Ada", "ddc-perf"]
