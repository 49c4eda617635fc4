"""Live figures: what each container uses of the machine now."""

from .figures import LiveFigures
from .model import Live, Sample

__all__ = ["Live", "LiveFigures", "Sample"]
