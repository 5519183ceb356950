"""The version of offkey, read by the package and by its build."""

__version__ = "0.1.0"
"""The version, as in ``offkey --version``."""
