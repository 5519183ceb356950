"""State: the operating state of each window, found in the shadow."""
