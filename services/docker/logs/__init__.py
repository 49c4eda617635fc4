"""Containers' logs: read within bounds, followed for a while, and made fit to be shown."""
