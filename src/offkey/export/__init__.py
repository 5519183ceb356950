"""A model leaves Python: front end, detector and decision in a folder that can be checked where it runs."""
