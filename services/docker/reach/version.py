"""Which engine it is, which version of the API it is spoken to in, and whether that was ever tested. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Api = tuple[int, int]

OLDEST_TESTED: Api = (1, 40)
NEWEST_TESTED: Api = (1, 41)
"""The contract tests ask a real engine for everything in these versions of the API (Docker 19.03 and 20.10)."""

_API = re.compile(r"(\d{1,4})\.(\d{1,4})")
_LONGEST_VERSION = 20


@dataclass(frozen=True, slots=True)
class EngineVersion:
    """What an engine says of itself.

    Attributes:
        product: "Docker" or "Podman".
        version: Its own, such as "20.10.24"; empty when it doesn't say.
        newest: The newest version of the API that it speaks.
        oldest: The oldest one; None when it doesn't say.
    """

    product: str
    version: str
    newest: Api
    oldest: Api | None = None

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> EngineVersion:
        """Read the answer of `GET /version`.

        Args:
            raw: The answer's JSON.

        Raises:
            ValueError: It names no version of the API.
            TypeError: It is of a wrong kind.
        """
        newest = _api(raw.get("ApiVersion"))
        if newest is None:
            raise ValueError("no ApiVersion")
        parts = raw.get("Components") or ()
        podman = any(str(part.get("Name") or "").lower().startswith("podman") for part in parts)
        # "20.10.24+dfsg1": what a distribution adds tells nobody anything.
        version = str(raw.get("Version") or "").partition("+")[0]
        return cls("Podman" if podman else "Docker", version[:_LONGEST_VERSION], newest, _api(raw.get("MinAPIVersion")))

    @property
    def spoken(self) -> Api:
        """The version to speak: the tested one that is nearest to what the engine speaks, or its own nearest to those.

        Nothing is pinned: Docker 29 speaks 1.44 to 1.52, so it is spoken to in 1.44.
        """
        if self.newest <= NEWEST_TESTED or self.oldest is None:
            return self.newest
        return min(max(NEWEST_TESTED, self.oldest), self.newest)

    @property
    def caution(self) -> str:
        """That this version was never tested, in a few words; empty when it was."""
        tested = f"{_text(OLDEST_TESTED)} to {_text(NEWEST_TESTED)}"
        if self.spoken < OLDEST_TESTED:
            return f"older than tested ({tested})"
        if self.newest > NEWEST_TESTED:
            return f"newer than tested ({tested})"
        return ""

    def __str__(self) -> str:
        """Such as "Docker 20.10.24, API 1.41", or with a caution behind it."""
        name = f"{self.product} {self.version}".strip()
        return f"{name}, API {_text(self.newest)}{', ' if self.caution else ''}{self.caution}"


def _api(text: object) -> Api | None:
    found = _API.fullmatch(str(text or ""))
    return (int(found[1]), int(found[2])) if found else None


def _text(api: Api) -> str:
    return f"{api[0]}.{api[1]}"
