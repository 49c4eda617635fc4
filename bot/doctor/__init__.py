"""Checks everything that can be wrong with the bot, and tells the cure."""
