"""Rules on Docker: the engine's speed, the queue before it, its time limits, and one container that spoils it all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from utils.metrics.analysis.advice import Finding, Name, Rule
from utils.metrics.format import count, duration, percent
from utils.metrics.stats import percentile

from .typical import slowest, typical_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from utils.metrics.analysis.advice import Docker, Facts

LATENCY = 0.5
"""Seconds for what only asks the engine; what starts or stops a container takes as long as that container does."""
LOOKS = ("list", "names", "info", "look")
WAIT_SHARE, NEEDS_CALLS, NEEDS_WAITS = 0.25, 20, 5
RATE, NEEDS_DONE, NEEDS_BUSY = 10.0, 20, 10.0
TIMEOUTS, TIMEOUT_SHARE = 3, 0.01
FAILURES, ONE_SHARE, TIMES = 5, 0.5, 2.0
_NOTICED = 0.05
_NOT_FOUND = "not_found"


def slow_engine(facts: Facts) -> Finding | None:
    """Looks at Docker take more than half a second."""
    over = []
    for action in LOOKS:
        found = typical_of(f"docker {action}", [one.work for one in facts.docker if one.action == action])
        if found is not None and found.seconds > LATENCY:
            over.append((found, LATENCY))
    return slowest(over)


def queue_wait(facts: Facts) -> Finding | None:
    """A quarter of the time, or more, goes into waiting for a free place."""
    waits = [one.waited for one in facts.docker]
    late = [wait for wait in waits if wait >= _NOTICED]
    whole = sum(waits) + sum(one.work for one in facts.docker)
    if len(waits) < NEEDS_CALLS or len(late) < NEEDS_WAITS or sum(waits) < WAIT_SHARE * whole:
        return None
    return Finding.told(
        f"{count(len(late))} of {count(len(waits))} Docker actions waited for a free place, {duration(max(late))} at "
        f"most; waiting took {percent(sum(waits) / whole)} of their time."
    )


def throughput(facts: Facts) -> Finding | None:
    """Fewer than ten actions a second are finished while others wait."""
    busy = list(_busy(facts.docker))
    seconds = sum(end - start for start, end in busy)
    ends = sorted(one.end for one in facts.docker)
    done = sum(bisect_right(ends, end) - bisect_left(ends, start) for start, end in busy)
    if done < NEEDS_DONE or seconds < NEEDS_BUSY or done >= RATE * seconds:
        return None
    return Finding.told(
        f"While others waited ({duration(seconds)} in all) {count(done)} actions were finished, "
        f"{done / seconds:.1f} a second; fewer than {RATE:.0f} is little."
    )


def _busy(calls: Sequence[Docker]) -> Iterator[tuple[float, float]]:
    """Find the stretches of time in which somebody waited."""
    waits = sorted((one.start - one.waited, one.start) for one in calls if one.waited >= _NOTICED)
    begun: tuple[float, float] | None = None
    for start, end in waits:
        if begun is not None and start <= begun[1]:
            begun = begun[0], max(begun[1], end)
            continue
        if begun is not None:
            yield begun
        begun = start, end
    if begun is not None:
        yield begun


def timeouts(facts: Facts) -> Finding | None:
    """At least three actions, and one in a hundred, ran into their time limit."""
    late = [one for one in facts.docker if one.outcome == "timeout"]
    if len(late) < TIMEOUTS or len(late) < TIMEOUT_SHARE * len(facts.docker):
        return None
    (action, container), most = Counter((one.action, one.container) for one in late).most_common(1)[0]
    limits = [one.work for one in late if (one.action, one.container) == (action, container)]
    where = (" ", Name(container)) if container else ()
    looked = action in (*LOOKS, "stats", "logs")
    return Finding.told(
        f"{count(len(late))} of {count(len(facts.docker))} Docker actions ran into their time limit. Most: "
        f"{count(most)} times ",
        Name(action),
        *where,
        f", given up after {duration(percentile(sorted(limits), 0.5))}.",
        settings=("docker.fast_timeout_seconds", "docker.slow_timeout_seconds", "docker.timeouts")
        if looked
        else ("docker.timeout_seconds", "docker.timeouts"),
    )


def one_container(facts: Facts) -> Finding | None:
    """One container has half of the failures or more, and twice as many as its share of the calls.

    A name that no container has is a slip of the pen, and no container to look at.
    """
    calls = Counter(one.container for one in facts.docker if one.container and one.outcome != _NOT_FOUND)
    failed = Counter(
        one.container for one in facts.docker if one.container and one.failed and one.outcome != _NOT_FOUND
    )
    if failed.total() < FAILURES or len(calls) < 2:  # noqa: PLR2004 - one alone dominates nobody
        return None
    name, most = failed.most_common(1)[0]
    share, usual = most / failed.total(), calls[name] / calls.total()
    if share < ONE_SHARE or share < TIMES * usual:
        return None
    return Finding.told(
        Name(name),
        f" has {count(most)} of {count(failed.total())} failures ({percent(share)}), with {percent(usual)} of the "
        "calls.",
    )


_QUEUE = "docs/docker.md#queue-and-time-limits"

RULES = (
    Rule(
        "slow-engine",
        "Docker answers slowly",
        slow_engine,
        "A look should take milliseconds. See whether the machine's disk or memory is busy (many stopped containers "
        "and images slow it down, too: `docker system df`), and whether a proxy or the network lies between.",
        settings=("docker.host",),
        docs="docs/docker.md#reach",
    ),
    Rule(
        "queue-wait",
        "Docker actions wait in the queue",
        queue_wait,
        "More at once helps as long as the machine has room; looks are cheap, restarts of big containers are not.",
        settings=("docker.concurrency",),
        docs=_QUEUE,
    ),
    Rule(
        "throughput",
        "Few Docker actions at the limit of the queue",
        throughput,
        "See which actions are slow (`/perf stats docker_operation`, by action): long stops keep a place for all of "
        "their time. More places help against those, and fewer status looks take fewer of them.",
        settings=("docker.concurrency", "docker.status_poll_seconds"),
        docs=_QUEUE,
    ),
    Rule(
        "timeouts",
        "Docker actions run into their time limit",
        timeouts,
        "Give a container that needs long a limit of its own, or find out why it does not end: `/docker logs` shows "
        "what it does last.",
        docs="docs/docker.md#how-long-things-may-take",
    ),
    Rule(
        "one-container",
        "One container has most of the failures",
        one_container,
        "Look at its log (`/docker logs`) and its state (`/docker info`): the others show that Docker itself is fine.",
    ),
)
