"""The guild: itself, its channels, roles and members."""

from sandbox import errors
from sandbox.entities import GUILD_MEMBERS, channel_json, guild_json, member_json, role_json
from sandbox.jsontypes import Json
from sandbox.limits.form import Form
from sandbox.pipeline import Call, Route
from sandbox.world import DM


def _check_guild(call: Call) -> None:
    if call.params["guild_id"] != call.hub.world.guild_id:
        raise errors.unknown_guild()


async def get_guild(call: Call) -> Json:
    """GET /guilds/{guild_id}."""
    _check_guild(call)
    guild = guild_json(call.hub.world)
    if call.query.get("with_counts", "").lower() in {"1", "true"}:
        count = len(call.hub.world.users)
        guild |= {"approximate_member_count": count, "approximate_presence_count": count}
    return guild


async def list_channels(call: Call) -> list[Json]:
    """GET /guilds/{guild_id}/channels."""
    _check_guild(call)
    world = call.hub.world
    return [channel_json(world, channel) for channel in world.channels.values() if channel.type != DM]


async def list_roles(call: Call) -> list[Json]:
    """GET /guilds/{guild_id}/roles."""
    _check_guild(call)
    return [role_json(role) for role in call.hub.world.roles.values()]


async def get_role(call: Call) -> Json:
    """GET /guilds/{guild_id}/roles/{role_id}."""
    _check_guild(call)
    role = call.hub.world.roles.get(call.params["role_id"])
    if role is None:
        raise errors.unknown_role()
    return role_json(role)


async def list_members(call: Call) -> list[Json]:
    """GET /guilds/{guild_id}/members: needs the privileged intent."""
    _check_guild(call)
    if not call.hub.granted_intents & GUILD_MEMBERS:
        raise errors.missing_access()
    form = Form(dict(call.query))
    limit = form.integer("limit", low=1, high=1000) or 1
    after = form.integer("after", low=0) or 0
    form.check()
    members = sorted(call.hub.world.users.values(), key=lambda user: int(user.id))
    return [member_json(user) for user in members if int(user.id) > after][:limit]


async def search_members(call: Call) -> list[Json]:
    """GET /guilds/{guild_id}/members/search."""
    _check_guild(call)
    form = Form(dict(call.query))
    query = form.text("query", low=1, high=100, required=True) or ""
    limit = form.integer("limit", low=1, high=1000) or 1
    form.check()
    users = call.hub.world.users.values()
    return [member_json(user) for user in users if user.username.startswith(query.casefold())][:limit]


async def get_member(call: Call) -> Json:
    """GET /guilds/{guild_id}/members/{user_id}."""
    _check_guild(call)
    user = call.hub.world.users.get(call.params["user_id"])
    if user is None:
        raise errors.unknown_member()
    return member_json(user)


_BASE = "/guilds/{guild_id}"

ROUTES = [
    Route("GET", _BASE, get_guild),
    Route("GET", f"{_BASE}/channels", list_channels),
    Route("GET", f"{_BASE}/roles", list_roles),
    Route("GET", f"{_BASE}/roles/{{role_id}}", get_role),
    Route("GET", f"{_BASE}/members", list_members),
    Route("GET", f"{_BASE}/members/search", search_members),
    Route("GET", f"{_BASE}/members/{{user_id}}", get_member),
]
