"""What containers do by themselves, told in a channel."""
