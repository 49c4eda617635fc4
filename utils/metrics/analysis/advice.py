"""Advice: what was measured, held against rules that know what is wrong with it and what helps.

A rule is data: what it is called, what it looks for in the facts, what to do about it, and which setting does it. Rules
stand in `utils.metrics.analysis.rules`; docs/reports.md tells how to add one. Facts are read once, by
`utils.metrics.grounds`; a rule reads nothing, and is silent unless it has numbers to show.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from utils.metrics.model import Health
    from utils.metrics.overview import Row
    from utils.metrics.process.sample import ProcessSample


class Name(str):
    """A text from outside, the name of an operation or a container: whoever shows it makes it harmless."""

    __slots__ = ()


DOCS = "docs/reports.md#explain"
"""Where the rules are told of, and whatever has no heading of its own."""

Evidence: TypeAlias = "tuple[str, ...]"
"""Pieces of a sentence; those from outside are a `Name`."""


def sentence(evidence: Evidence, named: Callable[[str], str] = str) -> str:
    """Join the pieces of a sentence.

    Args:
        evidence: The pieces.
        named: Makes a text from outside fit to be shown.
    """
    return "".join(named(piece) if isinstance(piece, Name) else piece for piece in evidence)


@dataclass(frozen=True, slots=True)
class Docker:
    """One Docker action, as its record tells it.

    Attributes:
        action: Such as "restart"; from outside.
        container: Its name; empty for none.
        start: When its work began, in seconds since the epoch.
        end: When it ended.
        work: Seconds of the engine's work.
        waited: Seconds in the queue before.
        outcome: "ok", "timeout", …
        failed: Whether it failed, refusals not counted.
    """

    action: str
    container: str
    start: float
    end: float
    work: float
    waited: float
    outcome: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Config:
    """How the settings were looked up.

    Attributes:
        cached: Seconds of each loading that its record marks as `cached`.
        hits: Lookups that memory answered.
        misses: Those that had to read the file.
    """

    cached: tuple[float, ...] = ()
    hits: int = 0
    misses: int = 0


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests to Discord.

    Attributes:
        calls: How many were looked at.
        limited: How many of them Discord put off for coming too fast, at least once.
    """

    calls: int = 0
    limited: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that rules may look at.

    Attributes:
        hours: The window.
        rows: The operations of the window, by name.
        health: Of the store.
        docker: The newest Docker actions, oldest first.
        acks: Seconds to the first answer of the newest calls, by operation; only of those that noted it.
        config: How the settings were looked up.
        requests: Requests to Discord.
        samples: What the process noted of itself each minute since it was started, oldest first.
        settings: Settings by their dotted names, as far as the program tells them.
        disk_free: Bytes that are free where the measurements are; None when that is not known.
        operation: The one that is asked about; None for all.
    """

    hours: float
    rows: Mapping[str, Row]
    health: Health
    docker: tuple[Docker, ...] = ()
    acks: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    config: Config = Config()
    requests: Requests = Requests()
    samples: tuple[ProcessSample, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    disk_free: int | None = None
    operation: str | None = None

    @property
    def calls(self) -> int:
        """Calls in all."""
        return sum(row.stats.total_calls for row in self.rows.values())

    def about(self, operation: str) -> Facts:
        """Return the facts of one operation alone."""
        return replace(
            self,
            operation=operation,
            rows={name: row for name, row in self.rows.items() if name == operation},
            docker=self.docker if operation == "docker_operation" else (),
            acks={name: acks for name, acks in self.acks.items() if name == operation},
            config=self.config if operation.startswith("config_") else Config(),
            requests=self.requests if operation == "discord_api" else Requests(),
            samples=(),
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    Attributes:
        evidence: The numbers that triggered it, as a sentence.
        bad: Whether it is worse than worth a look.
        settings: The settings that do something about it, where that depends on what was found; else the rule's count.
    """

    evidence: Evidence
    bad: bool = False
    settings: tuple[str, ...] = ()

    @classmethod
    def told(cls, *evidence: str, bad: bool = False, settings: tuple[str, ...] = ()) -> Finding:
        """Make one of the pieces of its sentence."""
        return cls(evidence, bad, settings)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong.

    Attributes:
        id: Its name in JSON.
        title: What is wrong, in a few words.
        when: Looks for it; None when all is well, or too little is known.
        cure: What to do, in a sentence or two.
        settings: The settings that do something about it.
        docs: Where more is told: a page of docs/ and one of its headings.
        whole: Whether it is about the program as a whole, and says nothing of one operation.
    """

    id: str
    title: str
    when: Callable[[Facts], Finding | None]
    cure: str
    settings: tuple[str, ...] = ()
    docs: str = DOCS
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """A rule that found something.

    Attributes:
        rule: Which.
        finding: What it found.
        settings: The settings to change, with their present values; None for one that is not set, and without a value
            when the program does not tell its settings.
    """

    rule: Rule
    finding: Finding
    settings: tuple[tuple[str, object], ...]


UNTOLD = object()
"""Stands for a value that the program does not tell."""


def checked(facts: Facts, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that can say something of these facts."""
    return tuple(rule for rule in rules if facts.operation is None or not rule.whole)


def advise(facts: Facts, rules: Iterable[Rule]) -> tuple[Advice, ...]:
    """Hold facts against rules.

    Args:
        facts: What was measured.
        rules: In order of urgency.

    Returns:
        What they found: the bad first, else in their order.
    """
    found = []
    for rule in checked(facts, rules):
        finding = rule.when(facts)
        if finding is not None:
            names = finding.settings or rule.settings
            values = tuple((name, facts.settings.get(name, UNTOLD)) for name in names)
            found.append(Advice(rule, finding, values))
    return tuple(sorted(found, key=lambda advice: not advice.finding.bad))
