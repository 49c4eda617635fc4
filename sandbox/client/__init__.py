"""What a person does in the chat, with what Discord's own client lets pass and refuses before the bot hears of it."""
