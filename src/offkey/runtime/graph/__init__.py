"""Graphs of ONNX operators: plain data, and numpy to run them."""

from .graph import Graph, Node, Port
from .run import run

__all__ = ["Graph", "Node", "Port", "run"]
