"""Fitted detectors as graphs of operators, which score as they do."""

from offkey.export.detectors.nodes import detector_nodes

__all__ = ["detector_nodes"]
