"""Whether all is as it must be: checks that end in a finding each, with what to do about it."""

from .finding import Check, Finding, Verdict, gathered

__all__ = ["Check", "Finding", "Verdict", "gathered"]
