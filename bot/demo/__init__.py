"""Thirty believable days of a home server, so that the reports have something to show."""
