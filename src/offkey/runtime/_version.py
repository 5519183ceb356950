"""The version of offkey-runtime, that of offkey; it stands here too, since the distribution holds these files alone."""

__version__ = "0.1.0"
