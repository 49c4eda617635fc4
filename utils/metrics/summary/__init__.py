"""What happened in a day, a week or a month that is over: facts, no words. Nothing here walks over all entries."""
