"""The evidence of an event: the sound from before to after, and an explanation of it."""
