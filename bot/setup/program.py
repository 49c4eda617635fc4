"""``ddc-perf setup``: the dialogue, then the files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.doctor.local import settings_path
from bot.metrics_cli.codes import FINE, INTERRUPTED, USAGE, Ending
from bot.metrics_cli.terminal import complain
from bot.setup.asking import AnswersFile, Person
from bot.setup.dialogue import Dialogue
from bot.setup.writing import write
from services.config import SettingsError, load_settings
from services.secrets import SecretError, find_token
from utils.performance_metrics import get_performance_metrics

if TYPE_CHECKING:
    import argparse

    from bot.setup.asking import Asker

_WELCOME = "ddc-perf setup: some questions, each with its answer checked. Nothing is written before the end."
_NEXT = "Start the bot: ddc-perf run\nIs all as it must be? ddc-perf doctor"


def setup(options: argparse.Namespace) -> int:
    """Ask and write.

    Args:
        options: answers, the file; None for a person.

    Returns:
        The exit code.
    """
    metrics = get_performance_metrics()
    try:
        asker: Asker = AnswersFile(Path(options.answers)) if options.answers else Person()
        # What can't be read now can't be changed at the end.
        load_settings(settings_path(os.environ), {})
        found = find_token(os.environ, metrics)
        asker.tell(_WELCOME)
        dialogue = Dialogue(asker, os.environ)
        plan = dialogue.plan(found.token, found.origin) if found else dialogue.plan()
        for told in write(plan, os.environ, metrics):
            asker.tell(f"✓ {told}")
        asker.tell(_NEXT)
    except KeyboardInterrupt:
        complain("Ended by Ctrl+C.")
        return INTERRUPTED
    except (SettingsError, SecretError) as error:
        complain(error.user_message)
        return USAGE
    except Ending as ending:
        complain(ending.message)
        return ending.code
    finally:
        metrics.close()
    return FINE
