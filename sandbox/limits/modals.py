"""stub"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.interactions import Interaction
    from sandbox.jsontypes import Json
    from sandbox.limits.form import Form


def check_modal(form: Form) -> Json:
    """First version."""
    return form.object()


def check_choices(form: Form, record: Interaction) -> list[Json]:
    """First version."""
    del record
    return list(form.object().get("choices", []))
