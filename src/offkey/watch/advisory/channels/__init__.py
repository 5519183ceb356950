"""Channels: ways by which a message reaches people and programs, one file each."""
