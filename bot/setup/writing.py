"""Writes what was planned. Each file is whole or not at all, and Ctrl+C waits until all are there."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.doctor.local import settings_path
from bot.metrics_cli.codes import USAGE, Ending
from cogs.perf.schedule_store import FILE_NAME, ScheduleStore, ScheduleStoreError
from services.config import SettingsError, save
from services.secrets import Places, SecretError, save_token
from utils.performance_metrics import DEFAULT_DIRECTORY, DIRECTORY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.setup.dialogue import Plan
    from utils.performance_metrics import PerformanceMetrics


def write(plan: Plan, environment: Mapping[str, str], metrics: PerformanceMetrics) -> list[str]:
    """Write.

    The settings come last: a bot that finds them finds the rest, too.

    Args:
        plan: What.
        environment: The environment variables; they say where.
        metrics: Gets the time that encrypting took.

    Returns:
        What was done, a sentence each.

    Raises:
        Ending: Something could not be written; it says what was until then.
    """
    done: list[str] = []
    with _uninterrupted():
        try:
            if plan.token is not None:
                passphrase = save_token(plan.token, environment, metrics)
                told = (
                    f"The token is in {Places.of(environment).sealed}, encrypted with what is in {passphrase.origin}."
                )
                done += [told, *passphrase.warnings]
            if plan.schedule is not None:
                done += _schedule(plan, Path(environment.get(DIRECTORY_VARIABLE) or DEFAULT_DIRECTORY) / FILE_NAME)
            path = settings_path(environment)
            save(path, _changes(plan))
            done.append(f"The settings are in {path}.")
        except (SecretError, ScheduleStoreError, SettingsError) as error:
            until = f" Written until then: {' '.join(done)}" if done else " Nothing was changed."
            raise Ending(USAGE, f"{error.user_message}{until}") from None
    return done


def _schedule(plan: Plan, path: Path) -> list[str]:
    if plan.schedule is None:
        return []
    store = ScheduleStore(path)
    book, lost = store.load()
    store.save(book.with_schedule(plan.schedule))
    told = f"The daily summary comes at {plan.schedule.at:%H:%M} ({plan.schedule.zone})."
    return [told] if lost is None else [told, lost]


def _changes(plan: Plan) -> dict[str, object]:
    changes: dict[str, object] = {"guild_id": plan.guild_id}
    if plan.docker_host is not None:
        changes["docker.host"] = plan.docker_host
    if plan.alerts_to is not None:
        changes["docker.alerts.channel_id"] = plan.alerts_to
    return changes


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl+C wait: it is heeded at the end of the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    former = signal.signal(signal.SIGINT, lambda number, _frame: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
    if asked:
        raise KeyboardInterrupt
