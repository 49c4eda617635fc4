"""What there is to know of the way to an engine: which one it is, why it can't be reached, how a secure way is made."""

from .reasons import behind_a_proxy, reason
from .tls import tls_context
from .version import NEWEST_TESTED, OLDEST_TESTED, EngineVersion

__all__ = ["NEWEST_TESTED", "OLDEST_TESTED", "EngineVersion", "behind_a_proxy", "reason", "tls_context"]
