"""From what was seen to a finding. Pure: no clock, no file, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.metrics.format import duration, size
from utils.metrics.words import plural

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from utils.metrics.model import Health

    from .outline import Drift

SKEW_WARN = 2.0
SKEW_FAIL = 30.0
"""Seconds. Discord gives three for an answer and counts from an interaction's own time; tokens of TLS bear minutes."""
SPACE_WARN = 500_000_000
SPACE_FAIL = 20_000_000
"""Bytes."""
_NAMES = 6


def clock(ahead: float) -> Finding:
    """Judge the machine's clock.

    Args:
        ahead: Seconds that it is ahead of Discord's; negative when it is behind.
    """
    if abs(ahead) < SKEW_WARN:
        return Finding.ok("Clock", "As Discord's.")
    said = f"{duration(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} Discord's."
    cure = "Let the machine set its clock itself: `timedatectl set-ntp true`, or NTP in a NAS's settings."
    return Finding.warn("Clock", said, cure) if abs(ahead) < SKEW_FAIL else Finding.fail("Clock", said, cure)


def space(free: int, folder: str) -> Finding:
    """Judge the room on the disk.

    Args:
        free: Bytes that the bot may still write.
        folder: Where it writes.
    """
    said = f"{size(free)} free at {folder}."
    cure = "Make room, or let `metrics.retention_days` and `metrics.max_file_mb` keep less."
    if free < SPACE_FAIL:
        return Finding.fail("Disk", said, cure)
    return Finding.warn("Disk", said, cure) if free < SPACE_WARN else Finding.ok("Disk", said)


def measurements(health: Health) -> Finding:
    """Judge how the store of the measurements is doing."""
    check = "Measurements"
    if health.last_error:
        return Finding.fail(check, health.last_error, "Mend what it says; what waits is written then.")
    kept = f"{plural(health.entries, 'entry', 'entries')}, {size(health.file_bytes)}"
    if health.dropped:
        lost = f"{plural(health.dropped, 'measurement was', 'measurements were')} given up since the start; {kept}."
        return Finding.warn(check, lost, "The disk was too slow or away. Look at it; new ones are kept again.")
    if health.corrupt_lines:
        said = f"{plural(health.corrupt_lines, 'line')} of the file can't be read, and are passed over; {kept}."
        return Finding.warn(check, said, "Nothing to do, unless their number grows: then look at the disk.")
    if health.index_state != "ready":
        return Finding.ok(check, f"{kept}; {health.index_state}.")
    return Finding.ok(check, f"{kept}.")


def channel(where: str, what_for: str, lacking: Sequence[str], *, attach: bool = True) -> Finding:
    """Judge the bot's permissions in a channel.

    Args:
        where: The channel, as it is called: "#reports".
        what_for: What the bot posts there: "daily summary".
        lacking: Permissions that it needs and has not, as Discord names them.
        attach: Whether it may attach files.
    """
    check = f"Channel {where}"
    cure = f"Channel settings, Permissions, the bot's role: allow {', '.join(lacking) or 'Attach Files'}."
    if lacking:
        return Finding.fail(check, f"The {what_for} can't be posted: {', '.join(lacking)} missing.", cure)
    if not attach:
        return Finding.warn(check, f"The {what_for} can be posted, but with no chart or file.", cure)
    return Finding.ok(check, f"Nothing is lacking for the {what_for}.")


def channel_gone(channel_id: int, what_for: str, set_anew: str) -> Finding:
    """Judge a channel that the bot doesn't find."""
    return Finding.fail(
        f"Channel {channel_id}",
        f"There is no channel for the {what_for}: it is gone, or the bot can't see it.",
        f"Allow View Channel there, or choose another channel: {set_anew}.",
    )


def commands(drift: Drift, known: int) -> Finding:
    """Judge whether Discord shows our commands as they are.

    Args:
        drift: What differs.
        known: How many Discord has.
    """
    check = "Commands"
    cure = "Restart the bot: it sends its commands at each start. Then reload Discord (Ctrl+R)."
    if not known:
        return Finding.fail(check, "Discord has none of the bot's commands.", f"{cure} {_INVITE}")
    told = [
        f"{word}: {', '.join(sorted(names)[:_NAMES])}{' …' if len(names) > _NAMES else ''}"
        for word, names in (("missing", drift.missing), ("changed", drift.changed), ("left over", drift.left_over))
        if names
    ]
    if told:
        return Finding.warn(check, f"Discord's list is not the bot's ({'; '.join(told)}).", cure)
    return Finding.ok(check, f"Discord has all {known}.")


_INVITE = "If that doesn't help, invite it again with the scope applications.commands."
