"""Answers to interactions: the callback, and the webhook that an interaction's token opens for fifteen minutes."""

from sandbox.jsontypes import Json
from sandbox.pipeline import Call, Route
from sandbox.ratelimit import Limit

_WEBHOOK = Limit(5, 2.0)


def _webhook(call: Call) -> tuple[str, str]:
    return call.params["webhook_id"], call.params["webhook_token"]


def _message(call: Call) -> tuple[str, str, str]:
    return *_webhook(call), call.params.get("message_id", "@original")


async def callback(call: Call) -> Json | None:
    """POST /interactions/{interaction_id}/{interaction_token}/callback."""
    response = call.hub.answers.first(
        call.params["interaction_id"], call.params["interaction_token"], call.body, call.files
    )
    return response if call.query.get("with_response", "").lower() in {"1", "true"} else None


async def follow_up(call: Call) -> Json:
    """POST /webhooks/{webhook_id}/{webhook_token}: for an interaction `wait` is always true."""
    return call.hub.answers.follow_up(*_webhook(call), call.body, call.files)


async def get_message(call: Call) -> Json:
    """GET .../messages/@original or by id."""
    return call.hub.answers.get(*_message(call))


async def edit_message(call: Call) -> Json:
    """PATCH .../messages/@original or by id."""
    return call.hub.answers.edit(*_message(call), call.body, call.files)


async def delete_message(call: Call) -> None:
    """DELETE .../messages/@original or by id."""
    call.hub.answers.delete(*_message(call))


_BASE = "/webhooks/{webhook_id}/{webhook_token}"

ROUTES = [
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callback, token_in_path=True),
    Route("POST", _BASE, follow_up, _WEBHOOK, token_in_path=True),
    *(
        Route(method, f"{_BASE}/messages/{which}", handler, _WEBHOOK, token_in_path=True)
        for which in ("@original", "{message_id}")
        for method, handler in (("GET", get_message), ("PATCH", edit_message), ("DELETE", delete_message))
    ),
]
