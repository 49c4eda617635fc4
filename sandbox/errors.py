"""Refusals, in the two tongues of the sandbox: Discord's error bodies for the bot, plain words for the person."""

from http import HTTPStatus

from sandbox.jsontypes import Json

INVALID_FORM_BODY = 50035


class ApiError(Exception):
    """An error answer of Discord's REST API.

    Args:
        status: HTTP status.
        code: Discord's own error code (0 where it has none).
        message: Discord's words for it.
        errors: For an invalid form, the tree of what was wrong where.
    """

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} (error code: {code}): {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> Json:
        """The JSON body that Discord sends."""
        body: Json = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


class Refused(Exception):  # noqa: N818 - it is no fault of the program: the person's wish was turned down
    """What a person asked for in the chat cannot be done, in words that say why.

    Args:
        reason: One sentence, as Discord's client would put it.
        status: HTTP status for the page's API: 400 bad input, 403 not allowed, 404 not there.
    """

    def __init__(self, reason: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = int(status)


def not_found() -> ApiError:
    """The answer to a route that does not exist."""
    return ApiError(404, 0, "404: Not Found")


def unauthorized() -> ApiError:
    """The answer to a missing or wrong bot token."""
    return ApiError(401, 0, "401: Unauthorized")


def unknown_channel() -> ApiError:
    """No channel has that id."""
    return ApiError(404, 10003, "Unknown Channel")


def unknown_guild() -> ApiError:
    """The bot is in no such guild."""
    return ApiError(404, 10004, "Unknown Guild")


def unknown_member() -> ApiError:
    """The guild has no such member."""
    return ApiError(404, 10007, "Unknown Member")


def unknown_message() -> ApiError:
    """The channel has no such message, or it was deleted."""
    return ApiError(404, 10008, "Unknown Message")


def unknown_role() -> ApiError:
    """The guild has no such role."""
    return ApiError(404, 10011, "Unknown Role")


def unknown_user() -> ApiError:
    """No user has that id."""
    return ApiError(404, 10013, "Unknown User")


def unknown_webhook() -> ApiError:
    """The webhook does not exist, or its interaction was not answered yet."""
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    """The interaction does not exist or was not answered within three seconds."""
    return ApiError(404, 10062, "Unknown interaction")


def unknown_command() -> ApiError:
    """No application command has that id."""
    return ApiError(404, 10063, "Unknown application command")


def already_acknowledged() -> ApiError:
    """A second first answer to one interaction."""
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def too_large() -> ApiError:
    """A file past the upload limit."""
    return ApiError(413, 40005, "Request entity too large")


def missing_access() -> ApiError:
    """The bot cannot see the channel."""
    return ApiError(403, 50001, "Missing Access")


def not_the_author() -> ApiError:
    """The bot tried to edit a message that somebody else wrote."""
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    """A message with neither text nor embed nor file."""
    return ApiError(400, 50006, "Cannot send an empty message")


def cannot_message_user() -> ApiError:
    """A direct message to someone who takes none, such as a bot."""
    return ApiError(403, 50007, "Cannot send messages to this user")


def missing_permissions() -> ApiError:
    """The bot sees the channel but may not do that in it."""
    return ApiError(403, 50013, "Missing Permissions")


def invalid_webhook_token() -> ApiError:
    """An interaction's token that is wrong or older than fifteen minutes."""
    return ApiError(401, 50027, "Invalid Webhook Token")


def invalid_recipients() -> ApiError:
    """A direct channel with somebody who does not exist."""
    return ApiError(400, 50033, "Invalid Recipient(s)")


def invalid_json() -> ApiError:
    """A body that is not JSON."""
    return ApiError(400, 50109, "The request body contains invalid JSON.")
