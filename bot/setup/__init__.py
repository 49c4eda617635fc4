"""``ddc-perf setup``: from nothing to a bot that runs, in one dialogue."""
