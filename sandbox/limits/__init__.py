"""What Discord refuses: the limits of messages, embeds, components, modals and commands, each in its own room."""
