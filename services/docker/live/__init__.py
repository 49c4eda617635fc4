"""Live figures: what each container uses of the machine now."""

from .model import Live, Sample

__all__ = ["Live", "Sample"]
