"""Graphs of ONNX operators: made step by step, and written as ONNX."""

from offkey.graph.builder import Builder
from offkey.graph.writer import write_onnx

__all__ = ["Builder", "write_onnx"]
