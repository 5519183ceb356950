"""Messages about events: who gets which, when, and by what channel."""
