"""The summaries of a day, a week and a month, as the chat shows them."""
