"""Reports on what the bot and its containers did: how fast, how often, how well."""
