"""What happened in thirty days on a home server that never was.

A story has a rhythm (evenings are busy, nights are not, weekends more than workdays) and events for reports to find:
1. for twenty hours `minecraft` has taken more than twice as long as before;
2. twelve days ago the Docker Engine was away for two hours;
3. the last full weekend but one was quiet: nobody was there;
4. since six days ago the config file loads slowly on a cold cache;
5. now and then somebody without the right tries, and a name is mistyped;
6. the bot's memory grows a little every hour, from each of its starts on (`bot.demo.process`).

The same seed and end tell the same story.
"""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.demo.call import Call
from bot.demo.process import watch

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = 30
DAY = 86_400.0
HOUR = 3_600.0
SLOW_HOURS = 20.0
"""Hours before the end from which on minecraft is slow."""
COLD_SINCE = 6.0
_SATURDAY = 5
_CONTAINERS = {"nginx": 0.30, "minecraft": 1.6, "postgres": 1.1, "jellyfin": 0.9, "pihole": 0.4}
"""Seconds that a restart takes, in the middle."""
_WEIGHTS = (4, 9, 3, 2, 2)
_RHYTHM = (1, 1, 0, 0, 0, 0, 1, 3, 5, 4, 4, 4, 6, 5, 4, 4, 6, 9, 12, 16, 18, 15, 9, 4)
"""How much goes on in each hour of a day, by UTC."""
_SCENES_A_DAY = 110
_SCENES = {"look": 50, "restart": 25, "start": 8, "stop": 7, "stats": 5, "denied": 3, "mistyped": 2}
_WAITS = 0.2
_HANGS = 0.012


def tell(end: float, seed: int = 7) -> Iterator[Call]:
    """Tell the story.

    Args:
        end: When it ends, in seconds since the epoch: about now.
        seed: Which of all stories.

    Returns:
        The calls, scene by scene: about in the order of time.
    """
    draw = random.Random(seed)  # noqa: S311 - a story, no secret
    yield from watch(end, seed)
    begin = end - DAYS * DAY
    quiet = _quiet_weekend(end)
    hour = begin
    while hour < end:
        yield from _housekeeping(draw, hour, end)
        moment = datetime.fromtimestamp(hour, UTC)
        share = _RHYTHM[moment.hour] / sum(_RHYTHM) * (1.6 if moment.weekday() >= _SATURDAY else 0.9)
        expected = 0.0 if quiet[0] <= hour < quiet[1] else share * _SCENES_A_DAY
        for _ in range(_poisson(draw, expected)):
            yield from _scene(draw, hour + draw.random() * HOUR, end)
        hour += HOUR


def _quiet_weekend(end: float) -> tuple[float, float]:
    """Find the last full weekend but one: from Saturday's midnight for two days."""
    today = datetime.fromtimestamp(end, UTC)
    midnight = end - (end % DAY)
    saturday = midnight - ((today.weekday() - _SATURDAY) % 7) * DAY
    return saturday - 7 * DAY, saturday - 5 * DAY


def outage(end: float) -> tuple[float, float]:
    """Find when the engine was away: from seven to nine in the evening, twelve days before the end."""
    begin = (end - 12 * DAY) // DAY * DAY + 19 * HOUR
    return begin, begin + 2 * HOUR


def _poisson(draw: random.Random, mean: float) -> int:
    """Draw how many of something rare happen (Knuth, The Art of Computer Programming, 3.4.1)."""
    limit, product, number = math.exp(-mean), draw.random(), 0
    while product > limit:
        product *= draw.random()
        number += 1
    return number


def _about(draw: random.Random, seconds: float, spread: float = 0.25) -> float:
    """Draw a duration with a long tail around a middle."""
    return seconds * math.exp(draw.gauss(0, spread))


def _housekeeping(draw: random.Random, hour: float, end: float) -> Iterator[Call]:
    """What the bot does every hour, whoever is there."""
    for number in range(12):
        moment = hour + number * 300 + draw.random() * 20
        cold = number == 0 and hour > end - COLD_SINCE * DAY
        yield Call(moment, "config_load", _about(draw, 1.4 if cold else 0.012, 0.3))
    yield Call(hour + 10, "task.retention", _about(draw, 0.02))


def _scene(draw: random.Random, moment: float, end: float) -> Iterator[Call]:
    """What one person does: looks, perhaps acts."""
    away = outage(end)[0] <= moment < outage(end)[1]
    name = draw.choices(list(_CONTAINERS), _WEIGHTS)[0]
    yield from _look(draw, moment, away=away)
    match draw.choices(list(_SCENES), list(_SCENES.values()))[0]:
        case "denied":
            yield Call(moment + 4, "command.docker.restart", _about(draw, 0.03), {"outcome": "denied"})
        case "mistyped":
            metadata = {"action": "info", "container": "minecraf", "outcome": "not_found"}
            yield Call(moment + 5, "docker_operation", _about(draw, 0.02), metadata | _failed("ContainerNotFound"))
        case "stats":
            yield Call(moment + 8, "command.perf.stats", _about(draw, 0.09), {"ack": round(_about(draw, 0.03), 4)})
        case "restart" | "start" | "stop" as action:
            yield from _act(draw, moment + 6, name, action, end, away=away)


def _look(draw: random.Random, moment: float, *, away: bool) -> Iterator[Call]:
    for number in range(draw.randint(0, 3)):
        yield Call(moment + number * 0.4, "autocomplete.docker.restart.container", _about(draw, 0.04))
    if away:
        metadata = {"action": "list", "outcome": "error", "queue_wait": 0.0} | _failed("EngineUnreachable")
        yield Call(moment + 2, "docker_operation", _about(draw, 0.004), metadata)
        yield Call(moment + 2, "command.docker.list", _about(draw, 0.1), {"outcome": "error"})
        return
    took = _about(draw, 0.03)
    yield Call(moment + 2, "docker_operation", took, {"action": "list", "outcome": "ok", "queue_wait": 0.0})
    ack = round(_about(draw, 0.08), 4)
    yield Call(
        moment + 2.1,
        "command.docker.list",
        took + ack + _about(draw, 0.12),
        _asked("ok", ack, docker=took, discord=ack * 2),
    )
    yield Call(moment + 2.1, "discord_api", ack, {"method": "POST", "route": "/interactions/{id}/{token}/callback"})


def _act(draw: random.Random, moment: float, name: str, action: str, end: float, *, away: bool) -> Iterator[Call]:
    metadata: dict[str, Any] = {"action": action, "container": name, "queue_wait": 0.0}
    if away:
        metadata |= {"outcome": "error"} | _failed("EngineUnreachable")
        yield Call(moment, "docker_operation", _about(draw, 0.004), metadata)
        return
    seconds = _about(draw, _CONTAINERS[name] * (1.0 if action == "restart" else 0.5))
    if name == "minecraft" and moment > end - SLOW_HOURS * HOUR:
        seconds *= 2.3
    if draw.random() < _WAITS:  # others were at it, too
        metadata["queue_wait"] = round(_about(draw, 0.6, 0.6), 3)
    metadata["outcome"] = "ok"
    if draw.random() < _HANGS:  # a container that does not end
        seconds = 30.0
        metadata |= {"outcome": "timeout"} | _failed("OperationTimeout")
    yield Call(moment, "docker_operation", seconds, metadata)
    whole = seconds + metadata["queue_wait"] + _about(draw, 0.25)
    ack = _about(draw, 0.09)
    press = action != "start"
    operation = "component.container_confirm.confirm" if press else "command.docker.start"
    asked = _asked(metadata["outcome"], ack, docker=seconds, queue=metadata["queue_wait"], discord=2 * ack)
    yield Call(moment + 0.3, operation, whole, asked)
    yield Call(moment + 0.3, "discord_api", _about(draw, 0.14), {"method": "PATCH", "route": "/webhooks/{id}/{token}"})


def _asked(outcome: str, ack: float, **parts: float) -> dict[str, Any]:
    """What is known of a call that a person waited for."""
    return {
        "outcome": outcome,
        "ack": round(ack, 4),
        "parts": {part: round(seconds, 4) for part, seconds in parts.items()},
    }


def _failed(kind: str) -> dict[str, str]:
    return {"error_type": kind}
