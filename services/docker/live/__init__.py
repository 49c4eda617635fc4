"""Live figures: what each container uses of the machine now."""

from .arithmetic import condense
from .figures import LiveFigures
from .model import Live, Sample

__all__ = ["Live", "LiveFigures", "Sample", "condense"]
