"""Goals: what is wanted of operations, and the alarm when their budget is used up too fast."""
