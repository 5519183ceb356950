"""Models where they run: numpy and the standard library alone, also as the distribution ``offkey-runtime``.

Imports within this room are relative, since the distribution holds the same files under its own name.
"""
