"""Health: scored windows to events of a machine, and what they mean."""
