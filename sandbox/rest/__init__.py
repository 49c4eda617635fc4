"""The routes of REST v10 that the sandbox knows, one room for each resource."""

from sandbox.pipeline import Route
from sandbox.rest import application_commands, channels, guilds, interactions, users


def routes() -> list[Route]:
    """Every route."""
    return [
        *users.ROUTES,
        *application_commands.ROUTES,
        *interactions.ROUTES,
        *channels.ROUTES,
        *guilds.ROUTES,
    ]
