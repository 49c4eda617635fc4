"""stub"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.jsontypes import Json
    from sandbox.limits.form import Form


def check_components(form: Form, *, v2: bool) -> list[Json]:
    """First version."""
    del v2
    rows = []
    n = 0
    for row in form.object().get("components") or []:
        n += 1
        row = {**row, "id": n}
        inner = []
        for child in row["components"]:
            n += 1
            inner.append({**child, "id": n})
        row["components"] = inner
        rows.append(row)
    return rows
