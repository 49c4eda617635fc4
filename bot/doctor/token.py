"""Whether there is a token, and where. Everything here blocks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cogs.perf.doctor import Finding
from services.secrets import SecretError, find_token
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Mapping


def look_for_token(environment: Mapping[str, str]) -> tuple[str | None, list[Finding]]:
    """Find the token as the bot would; nothing is measured, so that nothing is written.

    Args:
        environment: The environment variables.

    Returns:
        The token, None without a good one; and what is to be said of where it is.
    """
    check = "Token's place"
    with tempfile.TemporaryDirectory() as nowhere:
        try:
            found = find_token(environment, PerformanceMetrics(Path(nowhere)))
        except SecretError as error:
            return None, [Finding.fail(check, error.user_message, "Then run this again.")]
    if found is None:
        return None, [
            Finding.fail(
                check, "There is no token anywhere.", "`ddc-perf setup` asks for it; so does `ddc-perf token set`."
            )
        ]
    findings = [Finding.warn(check, f"{warning}.") for warning in found.warnings]
    if found.unused:
        said = f"{found.origin} counts; there are others, too: {', '.join(found.unused)}."
        findings.append(Finding.warn(check, said, "Remove what is not meant."))
    return found.token, findings or [Finding.ok(check, f"{found.origin}.")]
