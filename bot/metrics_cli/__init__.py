"""The commands that read the measurements on a terminal: the same words and numbers as `/perf` in the chat.

They need `utils` and rich, and know neither Discord nor the bot: they start fast, and the bot may run meanwhile or not.
"""
