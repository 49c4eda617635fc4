"""What measurements mean: courses, comparisons, regressions, goals. Pure: no reading, no clock, no words of a chat."""
