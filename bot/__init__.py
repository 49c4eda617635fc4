"""The process: entry point, wiring, instrumentation and the answers to what goes wrong. It knows every other room."""

__version__ = "0.1.0"
"""The one place that says it: the package and `ddc-perf --version` read it here."""
