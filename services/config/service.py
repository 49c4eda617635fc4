"""The settings while the bot runs: the last good ones, always; new ones as soon as the file has them.

Rules:
1. What is in memory is whole and checked. A file that is broken, unreadable or gone changes nothing; it is told, once
   in the log, and in `notes` for as long as it is so.
2. The file is looked at every two seconds, in a thread, by its last change, size and inode: edits in place and
   files renamed over it are seen alike. A file changed within the second before a look is read once more at the next,
   for two changes may bear one time.
3. A broken file is told at the second look that finds it so: it may be half written.
4. Listeners get settings that differ, on the event loop, one after the other; one that fails stops no other.
5. What only a restart can apply is told, until the restart, or until the key has its former value again.

Recorded are `config_load`, a reading of the file, whatever came of it; `config_save`; and lookups: `config_cache_miss`
for a look that found the file changed, and `config_cache_hit` for those that found memory good. Of hits there are
thirty a minute, so they are recorded once a minute: `count` in the metadata, and their mean as the duration.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import saving
from .errors import SettingsError
from .reading import check, differences, parse, read
from .settings import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics

    from .saving import Stamp
    from .settings import Settings

    Listener = Callable[[Settings, frozenset[str]], None]

_log = logging.getLogger(__name__)

PERIOD = 2.0
_TELL_HITS = 60.0
_FRESH_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Sight:
    """What a look found.

    Attributes:
        stamp: Of the file; None for no file.
        fresh: Whether the file had been changed just before, so that the stamp proves little.
        content: The file's; None for no file, or one that could not be read.
        settings: What it holds; None when that can't be used.
        problems: Why not.
        warnings: About keys that nothing reads.
    """

    stamp: Stamp | None = None
    fresh: bool = False
    content: bytes | None = None
    settings: Settings | None = None
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class ConfigService:
    """Reads the settings at the start, and again whenever their file changes.

    Args:
        path: The file; one that does not exist stands for an empty one.
        environment: The environment variables, which go over the file.
        metrics: Where readings and lookups are recorded.
        live: Keys, dotted, that the listeners apply. Every other needs a restart.
        period: Seconds between two looks at the file.
    """

    def __init__(
        self,
        path: Path,
        environment: Mapping[str, str],
        metrics: PerformanceMetrics,
        *,
        live: frozenset[str] = frozenset(),
        period: float = PERIOD,
    ) -> None:
        self.path = path
        # Not all of it: the token may be in there, too.
        self._environment = {name: environment[name] for name in ENVIRONMENT if name in environment}
        self._metrics = metrics
        self._live = live
        self._period = period
        self._amend: Callable[[Settings], Settings] = lambda settings: settings
        self._sight = _Sight()
        self._settings: Settings | None = None
        self._first: Settings | None = None
        self._told: tuple[str, ...] = ()
        self._listeners: list[Listener] = []
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()
        self._hits, self._spent, self._hits_since = 0, 0.0, time.monotonic()

    @property
    def settings(self) -> Settings:
        """The last good ones. Nothing is read.

        Raises:
            RuntimeError: `load` was not called.
        """
        if self._settings is None:
            raise RuntimeError("call load() first")
        return self._settings

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the file can't be used now, a sentence each; empty while all is well."""
        return self._told

    @property
    def needs_restart(self) -> tuple[str, ...]:
        """Keys, dotted, that were changed and wait for a restart."""
        if self._settings is None or self._first is None:
            return ()
        return tuple(sorted(differences(self._first, self._settings) - self._live))

    @property
    def notes(self) -> tuple[str, ...]:
        """What an admin has to know of the settings, a sentence or two each; empty while all is well."""
        found = [f"{problem} The settings from before stay in force." for problem in self._told]
        if keys := self.needs_restart:
            found.append(f"Changed, and waiting for a restart of the bot: {', '.join(keys)}.")
        return tuple(found)

    def load(self) -> tuple[Settings, tuple[str, ...]]:
        """Read the settings for the first time. It blocks, and is called before the event loop runs.

        Returns:
            The settings, and warnings about keys that nothing reads.

        Raises:
            SettingsError: With every problem found.
        """
        self._sight = self._read(_stamp(self.path))
        if self._sight.settings is None:
            raise SettingsError(list(self._sight.problems))
        self._settings = self._first = self._sight.settings
        return self._settings, self._sight.warnings

    def amend(self, put: Callable[[Settings], Settings]) -> None:
        """Put something over the settings, these and all to come, such as the sandbox's own server.

        Args:
            put: Gives the amended settings.
        """
        self._amend = put
        self._settings = self._first = put(self.settings)

    def listen(self, told: Listener) -> Callable[[], None]:
        """Be told of settings that differ.

        Args:
            told: Gets the new settings and the keys, dotted, whose values changed; on the event loop, so it must be
                quick.

        Returns:
            What ends the listening.
        """
        self._listeners.append(told)
        return lambda: self._listeners.remove(told)

    def start(self) -> None:
        """Begin to look at the file."""
        if self._task is None:
            self._task = asyncio.create_task(self._watch(), name="config-watch")

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        self._tell_hits()

    async def save(self, changes: Mapping[str, object]) -> Settings:
        """Change some keys in the file, and take them up.

        Args:
            changes: As for `saving.save`.

        Returns:
            The settings then; a key that the environment sets keeps the environment's value.

        Raises:
            SettingsError: Nothing was changed.
        """
        with self._metrics.track("config_save"):
            await asyncio.to_thread(saving.save, self.path, changes)
        await self.look()
        return self.settings

    async def look(self) -> None:
        """Look at the file once, and take up what it has; what `start` does again and again. It raises nothing."""
        async with self._looking:
            began = time.perf_counter()
            found = await asyncio.to_thread(self._look, self._sight)
            spent = time.perf_counter() - began
            same = found.content == self._sight.content and found.problems == self._sight.problems
            self._sight = found
            if same:
                self._hits, self._spent = self._hits + 1, self._spent + spent
                if found.problems and found.problems != self._told:
                    self._complain(found.problems)
                return
            self._metrics.record("config_cache_miss", spent)
            if found.settings is not None:
                self._take(found.settings, found.warnings)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._period)
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - the settings in memory are good; whatever this was, the next look may go well
                _log.exception("Looking at the settings went wrong")
            if time.monotonic() - self._hits_since >= _TELL_HITS:
                self._tell_hits()

    def _look(self, before: _Sight) -> _Sight:
        """Read the file if it may have changed; else `before` itself. In a thread."""
        now = _stamp(self.path)
        if now == before.stamp and not before.fresh:
            return before
        return self._read(now)

    def _read(self, stamp: Stamp | None) -> _Sight:
        fresh = stamp is not None and abs(time.time_ns() - stamp[0]) < _FRESH_NS
        content: bytes | None = None
        try:
            with self._metrics.track("config_load"):
                content = read(self.path)
                if content is None and self._settings is not None and self._sight.stamp is not None:
                    raise SettingsError([f"{self.path} is gone."])  # noqa: TRY301 - recorded as a failed reading
                raw = parse(content, self.path)
                settings, warnings = check(raw, self.path, self._environment)
        except SettingsError as error:
            return _Sight(stamp, fresh, content, problems=tuple(error.problems))
        return _Sight(stamp, fresh, content, self._amend(settings), warnings=tuple(warnings))

    def _complain(self, problems: tuple[str, ...]) -> None:
        self._told = problems
        _log.error("The settings can't be used, those from before stay in force. %s", " ".join(problems))

    def _take(self, new: Settings, warnings: tuple[str, ...]) -> None:
        if self._told:
            self._told = ()
            _log.info("The settings can be used again.")
        for warning in warnings:
            _log.warning("%s", warning)
        waiting = self.needs_restart
        old, self._settings = self.settings, new
        changed = differences(old, new)
        if not changed:
            return
        _log.info("Settings changed: %s.", ", ".join(sorted(changed)))
        if late := set(self.needs_restart) - set(waiting):
            _log.warning("Only a restart of the bot applies: %s.", ", ".join(sorted(late)))
        for told in tuple(self._listeners):
            try:
                told(new, changed)
            except Exception:  # noqa: BLE001 - whatever it is, the others want to hear, too
                _log.exception("New settings could not be applied")

    def _tell_hits(self) -> None:
        if self._hits:
            mean = self._spent / self._hits
            self._metrics.record("config_cache_hit", mean, metadata={"count": self._hits})
        self._hits, self._spent, self._hits_since = 0, 0.0, time.monotonic()


def _stamp(path: Path) -> Stamp | None:
    """As `saving.stamp`; a file that can't be looked at differs from every other, and its reading tells why."""
    try:
        return saving.stamp(path)
    except OSError:
        return 0, 0, 0
