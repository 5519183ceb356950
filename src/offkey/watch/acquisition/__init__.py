"""Sources of live sound: each gives stretches of samples for ever, and says in which state it is."""
