"""Graphs of ONNX operators: made step by step, and written as ONNX."""

from offkey.graph.builder import Builder

__all__ = ["Builder"]
