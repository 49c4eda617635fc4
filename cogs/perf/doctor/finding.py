"""What a check found, and how checks are run: side by side, none longer than allowed, none able to end the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_LOG = logging.getLogger(__name__)


class Verdict(StrEnum):
    """How it stands with what was checked."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. The texts are plain: whoever shows them makes them harmless for where they are shown.

    Args:
        check: What was looked at, in a word or three: "Data folder".
        verdict: How it stands.
        said: One sentence.
        cure: What to do; empty when there is nothing to do.
    """

    check: str
    verdict: Verdict
    said: str
    cure: str = ""

    @classmethod
    def ok(cls, check: str, said: str) -> Finding:
        """All is well."""
        return cls(check, Verdict.OK, said)

    @classmethod
    def warn(cls, check: str, said: str, cure: str = "") -> Finding:
        """It works, but not as it should."""
        return cls(check, Verdict.WARN, said, cure)

    @classmethod
    def fail(cls, check: str, said: str, cure: str) -> Finding:
        """It does not work."""
        return cls(check, Verdict.FAIL, said, cure)


Check = Callable[[], Awaitable[Sequence[Finding]]]
"""Looks at one matter, or at several that hang together. It waits for the network, never for a blocking call."""


async def gathered(checks: Mapping[str, Check], patience: float) -> list[Finding]:
    """Run checks side by side.

    Args:
        checks: By what they look at, in the order in which their findings are wanted.
        patience: Seconds that each of them gets.

    Returns:
        The findings of all. A check that takes too long or breaks is a finding, too.
    """
    found = await asyncio.gather(*(_run(name, check, patience) for name, check in checks.items()))
    return [finding for findings in found for finding in findings]


async def _run(name: str, check: Check, patience: float) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(patience):
            return await check()
    except TimeoutError:
        return [Finding.fail(name, f"No answer within {patience:g} s.", "Try again; see whether the network is slow.")]
    except Exception as error:  # noqa: BLE001 - one broken check must not hide what the others found
        _LOG.warning("The check of %s broke: %s", name, type(error).__name__)
        return [
            Finding.fail(
                name, f"The check itself broke ({type(error).__name__}).", "This is a fault of ours: report it."
            )
        ]
