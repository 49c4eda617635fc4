"""Makes those pages of the documentation that the code knows best: ``python -m docs.make``."""
