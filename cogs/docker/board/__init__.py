"""The status message: one message in a channel that shows what the containers do, edited when it changes."""
