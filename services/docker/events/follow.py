"""The engine's events without a gap: over broken connections, a restarted engine, and lines that went dead unnoticed.

The rules, each of which has a test:
1. The first connection hears what is new from then on; the past is not told.
2. Each later one asks for what happened since shortly before the last event seen (engines stamp events a little out of
   order), and what was heard already is left out. An engine keeps its last 256 events, and none over its own restart.
3. A connection on which nothing came for `quiet` seconds is exchanged for a new one: a dead line looks just like that,
   and a call to see whether the engine lives would use another line and prove nothing about this one.
4. After a failure there is a pause, which doubles from 1 s to 60 s and is not the same for all bots. What is heard,
   and a quiet connection that held, ends the doubling.
5. An event that can't be read is left out. A stream that can't be read at all is taken up behind what broke it.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import OrderedDict
from contextlib import aclosing
from typing import TYPE_CHECKING

from services.docker.errors import DockerError, EngineUnreachable, Why

from .parse import event_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.docker.port import Engine

    from .parse import Event

_LOG = logging.getLogger(__name__)
_LONGEST_PAUSE = 60.0
_SETTLED = 2.0
_OVERLAP = 2.0
_NANOS = 1_000_000_000
_REMEMBERED = 1024
_MANY_FAILURES = 10


def pause_after(failures: int) -> float:
    """How long to wait after so many failures in a row: 1 to 60 seconds, not the same each time.

    Args:
        failures: At least 1.
    """
    longest = min(_LONGEST_PAUSE, 2.0 ** min(failures, _MANY_FAILURES))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - so that many bots don't knock at once, no secret


class Heard:
    """What was heard already, and from when on to ask again. Pure.

    Args:
        began: When the first connection was made, seconds since the epoch by our own clock.
    """

    def __init__(self, began: float) -> None:
        self._floor = began
        self._last = 0.0
        self._keys: OrderedDict[tuple[int, str, str], None] = OrderedDict()

    @property
    def since(self) -> float:
        """From when on to ask, seconds since the epoch by the engine's clock, as far as we know it."""
        return max(self._floor, self._last - _OVERLAP)

    def is_new(self, event: Event) -> bool:
        """Tell whether this event was not heard before, and remember it."""
        if event.key in self._keys:
            return False
        if not self._keys:
            self._floor = event.at  # the engine's clock may differ from ours, and now we know it
        self._keys[event.key] = None
        if len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)
        self._last = max(self._last, event.at)
        return True

    def skip_to(self, moment: float) -> None:
        """Ask no more for what was before a moment."""
        self._floor = max(self._floor, moment)


class Follower:
    """Listens to the engine for as long as `run` is not cancelled.

    Args:
        engine: Whom to listen to.
        hear: Gets each event once, in the order in which the engine sends them.
        quiet: Seconds without an event after which the connection is made anew.
        clock: Seconds since the epoch.
        pause: Seconds to wait after so many failures in a row.
    """

    def __init__(
        self,
        engine: Engine,
        hear: Callable[[Event], None],
        *,
        quiet: float = 60.0,
        clock: Callable[[], float] = time.time,
        pause: Callable[[int], float] = pause_after,
    ) -> None:
        self._engine = engine
        self._hear = hear
        self._quiet = quiet
        self._clock = clock
        self._pause = pause
        self._heard: Heard | None = None
        self._failures = 0
        self.trouble: DockerError | None = None
        """Why nothing is heard; None while all is well."""

    @property
    def listening(self) -> bool:
        """Whether it began to listen, and nothing is in the way."""
        return self._heard is not None and self.trouble is None

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except DockerError as error:
                self._failed(error)
            except Exception:  # noqa: BLE001 - what an event leads to must not make the bot deaf for all that follow
                _LOG.exception("An event of Docker could not be dealt with")
            else:
                continue
            self._failures += 1
            await asyncio.sleep(self._pause(self._failures))

    async def _listen(self) -> None:
        """Hold one connection, until it was quiet for long.

        Raises:
            DockerError: It could not be had, or ended.
        """
        since = None if self._heard is None else self._heard.since
        heard = self._heard = self._heard or Heard(self._clock())
        settled = asyncio.get_running_loop().call_later(_SETTLED, self._well)
        try:
            await self._engine.version()  # an engine that hangs is found out here
            async with aclosing(self._engine.events(since)) as stream:
                while True:
                    async with asyncio.timeout(self._quiet):
                        raw = await anext(stream)
                    self._well()
                    event = event_of(raw)
                    if event is not None and heard.is_new(event):
                        self._hear(event)
        except TimeoutError:
            self._well()
        except StopAsyncIteration:
            raise EngineUnreachable(self._engine.address, Why.CUT) from None
        finally:
            settled.cancel()

    def _well(self) -> None:
        if self.trouble is not None:
            _LOG.info("Docker's events are heard again.")
        self.trouble = None
        self._failures = 0

    def _failed(self, error: DockerError) -> None:
        if isinstance(error, EngineUnreachable) and error.why is Why.NOT_DOCKER and self._heard is not None:
            self._heard.skip_to(self._clock())
        if self.trouble is None:
            _LOG.warning("Docker's events are not heard for now: %s", error.user_message)
        self.trouble = error
