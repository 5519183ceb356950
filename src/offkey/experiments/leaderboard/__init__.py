"""Leaderboards: who does best, by how much, and whether the difference is larger than chance."""
