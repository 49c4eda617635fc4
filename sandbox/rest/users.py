"""Who the bot is, where its gateway is, and whom it may write to."""

from sandbox import errors
from sandbox.entities import application_json, channel_json, own_user_json, user_json
from sandbox.jsontypes import Json
from sandbox.limits.form import Form
from sandbox.pipeline import Call, Route

SESSION_STARTS = 1000
DAY_MS = 24 * 3600 * 1000


async def get_gateway(call: Call) -> Json:
    """GET /gateway."""
    return {"url": call.hub.gateway.url}


async def get_bot_gateway(call: Call) -> Json:
    """GET /gateway/bot."""
    starts = {"total": SESSION_STARTS, "remaining": SESSION_STARTS - 1, "reset_after": DAY_MS, "max_concurrency": 1}
    return {"url": call.hub.gateway.url, "shards": 1, "session_start_limit": starts}


async def get_me(call: Call) -> Json:
    """GET /users/@me."""
    world = call.hub.world
    return own_user_json(world.users[world.bot_id])


async def get_user(call: Call) -> Json:
    """GET /users/{user_id}."""
    user = call.hub.world.users.get(call.params["user_id"])
    if user is None:
        raise errors.unknown_user()
    return user_json(user)


async def get_application(call: Call) -> Json:
    """GET /applications/@me, and the older route of the same."""
    return application_json(call.hub.world, call.hub.granted_intents)


async def get_my_guilds(call: Call) -> list[Json]:
    """GET /users/@me/guilds."""
    world = call.hub.world
    return [
        {
            "id": world.guild_id,
            "name": world.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(world.guild_permissions(world.users[world.bot_id])),
            "features": [],
        }
    ]


async def create_dm(call: Call) -> Json:
    """POST /users/@me/channels."""
    form = Form(call.body)
    recipient = form.text("recipient_id", high=20, required=True)
    form.check()
    user = call.hub.world.users.get(str(recipient))
    if user is None:
        raise errors.invalid_recipients()
    if user.bot:
        raise errors.cannot_message_user()
    return channel_json(call.hub.world, call.hub.direct_channel(user))


ROUTES = [
    Route("GET", "/gateway", get_gateway),
    Route("GET", "/gateway/bot", get_bot_gateway),
    Route("GET", "/users/@me", get_me),
    Route("GET", "/users/@me/guilds", get_my_guilds),
    Route("POST", "/users/@me/channels", create_dm),
    Route("GET", "/users/{user_id}", get_user),
    Route("GET", "/applications/@me", get_application),
    Route("GET", "/oauth2/applications/@me", get_application),
]
