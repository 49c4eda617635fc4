"""The bot's commands, global and of the guild: the same handlers, with and without a guild in the path."""

from sandbox import errors
from sandbox.jsontypes import Json
from sandbox.pipeline import Answer, Call, Route
from sandbox.ratelimit import Limit

_LIMIT = Limit(20, 5.0)


def _scope(call: Call) -> tuple[str, str | None]:
    return call.params["application_id"], call.params.get("guild_id")


async def list_commands(call: Call) -> list[Json]:
    """GET .../commands."""
    commands = call.hub.commands.scope(*_scope(call)).values()
    if call.query.get("with_localizations", "").lower() in {"1", "true"}:
        return list(commands)
    return [{key: value for key, value in each.items() if not key.endswith("_localizations")} for each in commands]


async def replace_commands(call: Call) -> list[Json]:
    """PUT .../commands: a bot's sync."""
    return call.hub.commands.replace_all(*_scope(call), call.body)


async def create_command(call: Call) -> Answer:
    """POST .../commands."""
    command, new = call.hub.commands.upsert(*_scope(call), call.body)
    return Answer(201 if new else 200, command)


async def get_command(call: Call) -> Json:
    """GET .../commands/{command_id}."""
    return call.hub.commands.get(*_scope(call), call.params["command_id"])


async def edit_command(call: Call) -> Json:
    """PATCH .../commands/{command_id}."""
    return call.hub.commands.edit(*_scope(call), call.params["command_id"], call.body)


async def delete_command(call: Call) -> None:
    """DELETE .../commands/{command_id}."""
    call.hub.commands.delete(*_scope(call), call.params["command_id"])


async def list_permissions(call: Call) -> list[Json]:
    """GET .../commands/permissions: nobody has changed any in the sandbox."""
    call.hub.commands.scope(*_scope(call))
    return []


async def get_permissions(call: Call) -> Json:
    """GET .../commands/{command_id}/permissions: never changed, so Discord knows none."""
    call.hub.commands.scope(*_scope(call))
    raise errors.ApiError(404, 10066, "Unknown application command permissions")


_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"

ROUTES = [
    Route("GET", f"{_GUILD}/permissions", list_permissions, _LIMIT),
    Route("GET", f"{_GUILD}/{{command_id}}/permissions", get_permissions, _LIMIT),
    *(
        route
        for base in (_GLOBAL, _GUILD)
        for route in (
            Route("GET", base, list_commands, _LIMIT),
            Route("PUT", base, replace_commands, _LIMIT),
            Route("POST", base, create_command, _LIMIT),
            Route("GET", f"{base}/{{command_id}}", get_command, _LIMIT),
            Route("PATCH", f"{base}/{{command_id}}", edit_command, _LIMIT),
            Route("DELETE", f"{base}/{{command_id}}", delete_command, _LIMIT),
        )
    ),
]
