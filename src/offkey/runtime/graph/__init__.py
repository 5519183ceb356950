"""Graphs of ONNX operators: plain data, and numpy to run them."""

from .graph import OPSET, Array, Attribute, Graph, Node, Port
from .run import run

__all__ = ["OPSET", "Array", "Attribute", "Graph", "Node", "Port", "run"]
