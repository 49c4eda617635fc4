"""What the engine's events mean: who died unasked, who restarts in a loop, what is told, and what was told already.

The rules, each of which has a test:
1. A container died when it ended with an exit code other than 0 and nobody asked for it. Engines tell of the signal
   before the end: TERM, KILL and the like ask for it until it comes, ten minutes at most (so long may a stop take);
   signals that programs take as a message, such as HUP, for ten seconds. Podman tells of a stop after the end alone:
   that takes back what was not told yet.
2. Docker restarted it when it starts after an end that nobody asked for: after a failure at any time, after a clean end
   within 5 s, so that what a timer starts again is no loop. Each `loop_count` of them within `loop_seconds` are a loop.
3. What happens within `group` seconds of the first becomes one bulletin.
4. Of one container the same kind makes no second alert within `cooldown`. What happens meanwhile is counted in the
   alert that was made, whose bulletin then comes again, at most every `group` seconds.
5. So does a recovery: the start after a death, the healthy after an unhealthy; after a loop, staying up for
   `loop_seconds`.

Pure: the time comes with each call. `now` is any clock that never goes back; events bring the engine's own.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .model import Alert, Bulletin, Finding, Kind, container_of
from .parse import Happening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from services.docker.model import Container

    from .model import Rules
    from .parse import Event

_STOP_TAKES = 600.0
_MESSAGE_ENDS = 10.0
_QUICK = 5.0
_MESSAGES = frozenset({1, 10, 12, 18, 28})  # HUP, USR1, USR2, CONT, WINCH
_MOST_KNOWN = 4_096
_KEPT = 10


@dataclass(slots=True)
class _Past:
    """What is remembered of one container."""

    asked_until: float = 0.0
    ended: tuple[float, int | None] | None = None
    """When and how it ended unasked, until it starts again."""
    restarts: deque[float] = field(default_factory=deque)
    up: tuple[float, float] | None = None
    """When it last started, by the caller's clock and by the engine's; None while it is down."""


@dataclass(slots=True)
class _Open:
    """A bulletin that may get more; `due` is when it is to be told (again)."""

    number: int
    due: float | None
    told: bool = False
    alerts: dict[str, Alert] = field(default_factory=dict)


class Watch:
    """Judges events and makes bulletins.

    Args:
        rules: What is told, and how often.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._pasts: OrderedDict[str, _Past] = OrderedDict()
        self._bulletins: OrderedDict[int, _Open] = OrderedDict()
        self._told: dict[tuple[str, Kind], tuple[float, int]] = {}
        self._count = 0

    def hear(self, event: Event, now: float, *, muted: bool = False) -> tuple[Finding, ...]:
        """Take an event in.

        Args:
            event: The engine's events in their order.
            now: Seconds.
            muted: Whether nothing is to be told of this container.

        Returns:
            What of it is worth an alert, told or not.
        """
        past = self._past(event.id)
        container = container_of(event.id, event.name, event.image, event.project)
        found = self._judge(past, event, now, container)
        for finding in found:
            if not muted and finding.kind in self.rules.kinds:
                self._place(finding, now)
        if event.happening is Happening.DESTROY:
            del self._pasts[event.id]
        return found

    def due(self, now: float) -> tuple[Bulletin, ...]:
        """Give the bulletins that are to be told now, new ones and those with news, the oldest first.

        Args:
            now: Seconds.
        """
        self._calm(now)
        found = []
        for bulletin in self._bulletins.values():
            if bulletin.due is not None and bulletin.due <= now:
                bulletin.due, bulletin.told = None, True
                found.append(_closed(bulletin))
        self._forget(now)
        return tuple(found)

    def next_due(self) -> float | None:
        """When to ask `due` again; None when there is nothing to wait for."""
        moments = [bulletin.due for bulletin in self._bulletins.values() if bulletin.due is not None]
        moments += [past.up[0] + self.rules.loop_seconds for _, _, past in self._loops() if past.up is not None]
        return min(moments, default=None)

    def latest(self) -> tuple[Bulletin, ...]:
        """The bulletins that are remembered, the newest first."""
        return tuple(_closed(bulletin) for bulletin in reversed(self._bulletins.values()))

    def _judge(self, past: _Past, event: Event, now: float, container: Container) -> tuple[Finding, ...]:
        at = event.at
        match event.happening:
            case Happening.KILL:
                lasts = _MESSAGE_ENDS if event.signal in _MESSAGES else _STOP_TAKES
                past.asked_until = max(past.asked_until, at + lasts)
            case Happening.STOP:
                past.asked_until = max(past.asked_until, at + _MESSAGE_ENDS)
                if past.ended is not None and at - past.ended[0] <= _QUICK:
                    self._take_back(past, event.name)
            case Happening.DIE:
                past.up = None
                asked = at <= past.asked_until
                past.ended = None if asked else (at, event.exit_code)
                if not asked and event.exit_code != 0:
                    return (Finding(Kind.DIED, container, at, event.exit_code),)
            case Happening.OOM:
                return (Finding(Kind.OOM, container, at),)
            case Happening.UNHEALTHY:
                return (Finding(Kind.UNHEALTHY, container, at),)
            case Happening.HEALTHY:
                self._recover(event.name, at, now, lambda alert: Kind.RESTART_LOOP not in alert.counts)
            case Happening.START:
                return self._started(past, event, now, container)
            case _:
                pass
        return ()

    def _started(self, past: _Past, event: Event, now: float, container: Container) -> tuple[Finding, ...]:
        ended, past.ended = past.ended, None
        past.asked_until, past.up = 0.0, (now, event.at)
        self._recover(
            event.name, event.at, now, lambda alert: not {Kind.RESTART_LOOP, Kind.UNHEALTHY} & alert.counts.keys()
        )
        if ended is None or (ended[1] == 0 and event.at - ended[0] > _QUICK):
            return ()
        past.restarts.append(event.at)
        while event.at - past.restarts[0] > self.rules.loop_seconds:
            past.restarts.popleft()
        if len(past.restarts) < self.rules.loop_count:
            return ()
        past.restarts.clear()
        return (Finding(Kind.RESTART_LOOP, container, event.at, ended[1]),)

    def _place(self, finding: Finding, now: float) -> None:
        """Put a finding into the bulletin it belongs to: that of its last alert, the one that waits, or a new one."""
        name = finding.container.name
        key = (name, finding.kind)
        told = self._told.get(key)
        if told is not None and now - told[0] < self.rules.cooldown:
            bulletin = self._bulletins[told[1]]
        else:
            bulletin = self._waiting() or self._new(now)
            self._told[key] = (now, bulletin.number)
        before = bulletin.alerts.get(name, Alert(finding.container))
        bulletin.alerts[name] = replace(
            before,
            container=finding.container,
            counts={**before.counts, finding.kind: before.counts.get(finding.kind, 0) + 1},
            at=finding.at,
            exit_code=before.exit_code if finding.exit_code is None else finding.exit_code,
            recovered=None,
        )
        self._news(bulletin, now)

    def _waiting(self) -> _Open | None:
        return next((bulletin for bulletin in self._bulletins.values() if not bulletin.told), None)

    def _new(self, now: float) -> _Open:
        self._count += 1
        bulletin = self._bulletins[self._count] = _Open(self._count, now + self.rules.group)
        return bulletin

    def _news(self, bulletin: _Open, now: float) -> None:
        if bulletin.due is None:
            bulletin.due = now + self.rules.group

    def _take_back(self, past: _Past, name: str) -> None:
        """Unsay the last death of a container, if it was not told yet."""
        past.ended = None
        bulletin = self._waiting()
        alert = bulletin.alerts.get(name) if bulletin else None
        if bulletin is None or alert is None or Kind.DIED not in alert.counts:
            return
        counts = {**alert.counts, Kind.DIED: alert.counts[Kind.DIED] - 1}
        if not counts[Kind.DIED]:
            del counts[Kind.DIED]
            self._told.pop((name, Kind.DIED), None)
        bulletin.alerts[name] = replace(alert, counts=counts)
        if not counts:
            del bulletin.alerts[name]
        if not bulletin.alerts:
            del self._bulletins[bulletin.number]

    def _recover(self, name: str, at: float, now: float, concerns: Callable[[Alert], bool]) -> None:
        for bulletin in self._bulletins.values():
            alert = bulletin.alerts.get(name)
            if alert is not None and alert.recovered is None and concerns(alert):
                bulletin.alerts[name] = replace(alert, recovered=at)
                self._news(bulletin, now)

    def _loops(self) -> Iterator[tuple[_Open, Alert, _Past]]:
        """The restart loops that are not over, as far as they were told."""
        for bulletin in self._bulletins.values():
            for alert in bulletin.alerts.values():
                past = self._pasts.get(alert.container.id)
                if Kind.RESTART_LOOP in alert.counts and alert.recovered is None and past is not None:
                    yield bulletin, alert, past

    def _calm(self, now: float) -> None:
        for bulletin, alert, past in list(self._loops()):
            if past.up is not None and past.up[0] + self.rules.loop_seconds <= now:
                bulletin.alerts[alert.container.name] = replace(alert, recovered=past.up[1])
                bulletin.due = now if bulletin.due is None else bulletin.due

    def _forget(self, now: float) -> None:
        self._told = {key: told for key, told in self._told.items() if now - told[0] < self.rules.cooldown}
        needed = {number for _, number in self._told.values()}
        for bulletin in list(self._bulletins.values())[:-_KEPT]:
            if bulletin.told and bulletin.due is None and bulletin.number not in needed:
                del self._bulletins[bulletin.number]

    def _past(self, identity: str) -> _Past:
        past = self._pasts.setdefault(identity, _Past())
        self._pasts.move_to_end(identity)
        if len(self._pasts) > _MOST_KNOWN:
            self._pasts.popitem(last=False)
        return past


def _closed(bulletin: _Open) -> Bulletin:
    return Bulletin(bulletin.number, tuple(bulletin.alerts.values()))
