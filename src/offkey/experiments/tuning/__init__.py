"""Choosing parameters and features honestly: on one part of the labelled clips, reported on the other.

The order is that of the files: what is tried (`candidates`), on what (`division`, `proxies`), how clips
become figures (`hearing`, `figures`), which candidates and features (`search`, `selection`), all of it
together (`tuning`), and what is left behind (`results`, `tables`, `picture`, `selection_picture`).
"""
