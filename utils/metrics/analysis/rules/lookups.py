"""Rules on what the bot looks up before it can do anything: its settings, its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.metrics.analysis.advice import Finding, Rule
from utils.metrics.format import count, percent

from .typical import slowest, too_slow, typical_of

if TYPE_CHECKING:
    from utils.metrics.analysis.advice import Facts

CONFIG = 1.0
CACHED = 0.1
TOKEN = 0.5
MISSES = 0.2
NEEDS_LOOKUPS = 20


def slow_config(facts: Facts) -> Finding | None:
    """Loading the settings takes more than a second."""
    return too_slow(facts, lambda name: CONFIG if name == "config_load" else None)


def slow_cache(facts: Facts) -> Finding | None:
    """Loading them from the cache takes more than a tenth of a second."""
    found = typical_of("config_load", facts.config.cached)
    return slowest([(found, CACHED)]) if found is not None and found.seconds > CACHED else None


def cache_misses(facts: Facts) -> Finding | None:
    """More than a fifth of the lookups find nothing in the cache."""
    lookups = facts.config.hits + facts.config.misses
    if lookups < NEEDS_LOOKUPS or facts.config.misses <= MISSES * lookups:
        return None
    share = percent(facts.config.misses / lookups)
    return Finding.told(
        f"{count(facts.config.misses)} of {count(lookups)} lookups read the file ({share}); more than "
        f"{percent(MISSES)} is much."
    )


def slow_token(facts: Facts) -> Finding | None:
    """Encrypting or decrypting the token takes more than half a second."""
    return too_slow(facts, lambda name: TOKEN if name in ("token_encrypt", "token_decrypt") else None)


RULES = (
    Rule(
        "slow-config",
        "Settings load slowly",
        slow_config,
        "Keep the settings on a local disk rather than a network share, and few files in their folder; look whether "
        "something else keeps that disk busy.",
    ),
    Rule(
        "slow-config-cache",
        "Settings are slow even from the cache",
        slow_cache,
        "The machine itself is busy then, or the file's folder answers slowly: compare with the loop's lag and "
        "the load.",
    ),
    Rule(
        "config-cache-misses",
        "The settings' cache helps little",
        cache_misses,
        "Something writes the settings again and again, or touches their file: find out what, and have it write only "
        "what changed.",
    ),
    Rule(
        "slow-token",
        "The token is slow to encrypt or decrypt",
        slow_token,
        "That is the price of a strong key, paid once a start. Where it is paid more often, give the token as "
        "DISCORD_BOT_TOKEN, or decrypt it once and keep it in memory.",
    ),
)
