"""The database of a plant: minutes, events and recordings."""
