"""Graphs of ONNX operators: plain data, read from files, and numpy to run them."""

from .graph import DTYPES, OPSET, Array, Attribute, Graph, Node, Port
from .plan import Plan
from .reader import read_onnx
from .run import run

__all__ = ["DTYPES", "OPSET", "Array", "Attribute", "Graph", "Node", "Plan", "Port", "read_onnx", "run"]
