"""The bot's token: where it comes from, how it lies on the disk, and that nobody reads it in a log."""

from services.secrets.errors import SecretError, StrangeToken
from services.secrets.guard import SecretFilter, guard_hooks
from services.secrets.places import Places
from services.secrets.rotation import drop_old, rotate_token
from services.secrets.token import SECRET_VARIABLES, Found, find_token, is_strange, origins_of, save_token

__all__ = [
    "SECRET_VARIABLES",
    "Found",
    "Places",
    "SecretError",
    "SecretFilter",
    "StrangeToken",
    "drop_old",
    "find_token",
    "guard_hooks",
    "is_strange",
    "origins_of",
    "rotate_token",
    "save_token",
]
