"""Who asks in the tests."""

from __future__ import annotations

from services.docker import Actor

ADMIN = Actor(user_id=1, name="ada", admin=True)
