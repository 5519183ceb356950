"""Data sets: folders and benchmark layouts to one table of clips, ground truth, checks, splits, downloads."""
