"""What `/perf doctor` shows: the answer first, then what is wrong with its cure, then what is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.perf.doctor import Verdict
from cogs.perf.kit import BAD, FINE, LOOK, Report, plain
from utils.metrics.words import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cogs.perf.doctor import Finding

_SIGNS = {Verdict.OK: "✓", Verdict.WARN: "⚠", Verdict.FAIL: "✗"}
_COLOURS = {Verdict.OK: FINE, Verdict.WARN: LOOK, Verdict.FAIL: BAD}
_WORST_FIRST = (Verdict.FAIL, Verdict.WARN, Verdict.OK)


def render(findings: Sequence[Finding]) -> Report:
    """Draw the findings.

    Args:
        findings: In the order of their checks.
    """
    by = {verdict: [one for one in findings if one.verdict is verdict] for verdict in _WORST_FIRST}
    worst = next((verdict for verdict in _WORST_FIRST if by[verdict]), Verdict.OK)
    report = Report("Doctor", _COLOURS[worst]).line(verdict_line(findings))
    for verdict in _WORST_FIRST:
        for one in by[verdict]:
            report.line().line(_told(one)) if verdict is not Verdict.OK else report.line(_told(one))
        if by[verdict] and verdict is not Verdict.OK:
            report.line()
    return report.footer("ddc-perf doctor, where the bot runs, checks the token and the settings file, too")


def verdict_line(findings: Sequence[Finding]) -> str:
    """Sum up in one sentence."""
    failed = sum(one.verdict is Verdict.FAIL for one in findings)
    warned = sum(one.verdict is Verdict.WARN for one in findings)
    if not failed and not warned:
        return f"All {plural(len(findings), 'check')} are fine."
    told = [f"{failed} wrong"] * bool(failed) + [f"{warned} to look at"] * bool(warned)
    return f"{', '.join(told)}, of {plural(len(findings), 'check')}."


def _told(one: Finding) -> str:
    line = f"{_SIGNS[one.verdict]} **{plain(one.check)}** {plain(one.said)}"
    return f"{line}\n→ {plain(one.cure)}" if one.cure else line
