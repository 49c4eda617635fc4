"""Names for JSON values that cross the wire."""

from typing import Any

Json = dict[str, Any]
"""A JSON object whose values were checked or are about to be."""
