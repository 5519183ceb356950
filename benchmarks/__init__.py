"""Measurements of offkey: speed as ratios against a peer of the same run, quality as tables."""
