"""What measurements mean: courses, comparisons, regressions, goals. No reading, no clock, no words of a chat.

Long sorting is done in steps, so that an event loop in the same process goes on.
"""
