"""Front ends as graphs of operators: samples of one length to vectors, equal to `offkey.features` but for rounding."""

from offkey.export.front_ends.front_ends import front_end_nodes

__all__ = ["front_end_nodes"]
