"""Machines listened to day and night, in the stages of condition monitoring (ISO 13374).

Acquisition (sources of sound), features (windows and their scores), health (events), and the store that keeps them.
"""
