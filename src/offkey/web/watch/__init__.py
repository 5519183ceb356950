"""The answers of a monitor over HTTP: whether it is alive and ready, and what it found."""
