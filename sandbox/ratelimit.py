"""Discord's rate limits: a window for each bucket, and one for everything that the bot asks with its token."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

PRUNE_AT = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in so many seconds.

    Attributes:
        requests: How many.
        seconds: Length of the window, which opens with its first request.
    """

    requests: int
    seconds: float


DEFAULT = Limit(50, 1.0)
GLOBAL = Limit(50, 1.0)


@dataclass(slots=True)
class Verdict:
    """What the limiter says to one request.

    Attributes:
        allowed: Whether it may pass.
        limit: The bucket's limit.
        remaining: Requests left in the window.
        reset_after: Seconds until the window ends.
        bucket: The bucket's hash, the same for all channels or guilds of one route.
        everywhere: Whether it is the limit over all routes that was hit.
    """

    allowed: bool
    limit: Limit
    remaining: int
    reset_after: float
    bucket: str
    everywhere: bool = False

    def headers(self) -> dict[str, str]:
        """The X-RateLimit headers, and on a refusal those that tell when to come back."""
        headers = {
            "X-RateLimit-Limit": str(self.limit.requests),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": f"{time.time() + self.reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{self.reset_after:.3f}",
            "X-RateLimit-Bucket": self.bucket,
        }
        if not self.allowed:
            headers |= refusal_headers(self.reset_after, everywhere=self.everywhere)
        return headers


def refusal_headers(retry_after: float, *, everywhere: bool) -> dict[str, str]:
    """The headers that only a 429 has. `Via` shows that Discord itself answered and not a proxy before it."""
    headers = {
        "Retry-After": str(max(1, round(retry_after + 0.5))),
        "X-RateLimit-Scope": "global" if everywhere else "user",
        "Via": "1.1 sandbox",
    }
    return {**headers, "X-RateLimit-Global": "true"} if everywhere else headers


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


class RateLimiter:
    """Counts requests in windows.

    Args:
        now: A clock in seconds that never steps back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, route: str, major: str, limit: Limit, *, count_globally: bool) -> Verdict:
        """Count a request, if it may pass.

        Args:
            route: Method and route template, which name the bucket.
            major: The channel, guild or webhook, each of which has its own window.
            limit: The bucket's limit.
            count_globally: Whether it also counts towards the limit over all routes (interactions do not).
        """
        now = self._now()
        self._prune(now)
        bucket = hashlib.blake2b(route.encode(), digest_size=8).hexdigest()
        mine = self._window(route, major, limit, now)
        everywhere = self._window("", "", GLOBAL, now) if count_globally else None
        if everywhere is not None and everywhere.used >= GLOBAL.requests:
            return Verdict(
                allowed=False,
                limit=GLOBAL,
                remaining=0,
                reset_after=everywhere.ends - now,
                bucket=bucket,
                everywhere=True,
            )
        if mine.used >= limit.requests:
            return Verdict(allowed=False, limit=limit, remaining=0, reset_after=mine.ends - now, bucket=bucket)
        mine.used += 1
        if everywhere is not None:
            everywhere.used += 1
        return Verdict(
            allowed=True, limit=limit, remaining=limit.requests - mine.used, reset_after=mine.ends - now, bucket=bucket
        )

    def _window(self, route: str, major: str, limit: Limit, now: float) -> _Window:
        window = self._windows.get((route, major))
        if window is None or window.ends <= now:
            window = self._windows[route, major] = _Window(now + limit.seconds)
        return window

    def _prune(self, now: float) -> None:
        if len(self._windows) > PRUNE_AT:
            self._windows = {key: window for key, window in self._windows.items() if window.ends > now}
