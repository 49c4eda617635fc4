"""Puts the cog and the library into another bot's folders, and keeps them up to date there.

The bot owns the copy: a package that installed top-level `cogs` and `utils` would collide with its own.
"""
