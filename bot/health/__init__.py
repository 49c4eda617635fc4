"""Is the bot well? It answers over a unix socket, and ``ddc-perf health`` asks, as a container's health check does."""
