"""``ddc-perf vendor``: the cog and the library in another bot's folders."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from bot import __version__
from bot.metrics_cli.codes import FINE, NOTHING, STORAGE, USAGE
from bot.metrics_cli.terminal import visible
from bot.vendor.copies import Refused, apply, compare
from bot.vendor.plan import Deed
from utils.metrics.words import plural

if TYPE_CHECKING:
    import argparse

    from bot.vendor.copies import Stamp
    from bot.vendor.plan import Step

_SIGNS = {Deed.ADD: "+", Deed.UPDATE: "~", Deed.REMOVE: "-", Deed.KEEP: "=", Deed.CONFLICT: "!"}
_WORDS = {
    Deed.ADD: "added",
    Deed.UPDATE: "updated",
    Deed.REMOVE: "removed",
    Deed.KEEP: "edited by you and left as it is",
    Deed.CONFLICT: "edited by you and changed by us: ours lies beside it as .new",
}
_NEXT = """\
Now load it where your bot loads its cogs, before it syncs its commands:
    await bot.load_extension("cogs.perf")
It needs discord.py alone; matplotlib, psutil and pyinstrument bring charts, system figures and profiles.
"""


def vendor(options: argparse.Namespace) -> int:
    """Copy, check or update.

    Args:
        options: path, check, update, dry_run.

    Returns:
        The exit code: 1 when a check finds a difference, or an update leaves a conflict to be solved.
    """
    bot = Path(options.path)
    try:
        stamp, steps = compare(bot)
        if options.check:
            return _check(stamp, steps)
        _refuse_wrong_wish(bot, stamp, update=options.update)
        if not options.dry_run:
            apply(bot, steps)
    except Refused as refused:
        sys.stderr.write(f"ddc-perf: {visible(str(refused))}\n")
        return USAGE
    except OSError as error:
        sys.stderr.write(f"ddc-perf: {visible(str(error))}\n")
        return STORAGE
    _tell(steps, brief=not stamp.version, would=options.dry_run)
    if not stamp.version and not options.dry_run:
        sys.stdout.write(_NEXT)
    return NOTHING if any(step.deed is Deed.CONFLICT for step in steps) else FINE


def _refuse_wrong_wish(bot: Path, stamp: Stamp, *, update: bool) -> None:
    if stamp.version and not update:
        raise Refused(f"{bot} has a copy of version {stamp.version}. Use --update, or --check to see what differs.")
    if update and not stamp.version:
        raise Refused(f"{bot} has no copy yet. Leave --update out.")


def _check(stamp: Stamp, steps: list[Step]) -> int:
    if not stamp.version:
        raise Refused("There is no copy yet.")
    differing = [step for step in steps if step.deed is not Deed.SAME]
    _tell(differing, brief=False, would=True)
    state = (
        "as it should be" if not differing else f"{plural(len(differing), 'file')} differ from version {__version__}"
    )
    sys.stdout.write(f"The copy is of version {stamp.version}: {state}.\n")
    return NOTHING if differing else FINE


def _tell(steps: list[Step], *, brief: bool, would: bool) -> None:
    counts = Counter(step.deed for step in steps if step.deed is not Deed.SAME)
    if not brief:
        for step in steps:
            if step.deed in _SIGNS:
                sys.stdout.write(f"{_SIGNS[step.deed]} {visible(step.path)}\n")
    for deed, number in sorted(counts.items()):
        sys.stdout.write(f"{plural(number, 'file')} {'would be ' if would and deed in _ACTS else ''}{_WORDS[deed]}\n")
    if not counts and not would:
        sys.stdout.write("Nothing to do.\n")


_ACTS = frozenset({Deed.ADD, Deed.UPDATE, Deed.REMOVE})
