"""Discord's ids: 42 bits of milliseconds since 2015, then 22 bits that tell ids of one millisecond apart."""

from sandbox.clock import Clock

DISCORD_EPOCH_MS = 1_420_070_400_000
_SHIFT = 22


def at(seconds: float) -> int:
    """The smallest snowflake of the moment `seconds` after the Unix epoch."""
    return (int(seconds * 1000) - DISCORD_EPOCH_MS) << _SHIFT


def moment(snowflake: int) -> float:
    """When a snowflake was made, in seconds since the Unix epoch (whole milliseconds)."""
    return ((snowflake >> _SHIFT) + DISCORD_EPOCH_MS) / 1000


class SnowflakeFactory:
    """Makes ids that always grow, even while the clock stands still or steps back.

    Args:
        clock: Where the milliseconds come from.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        """A new id, as the string that Discord's JSON has."""
        self._last = max(self._last + 1, at(self._clock.time()))
        return str(self._last)
