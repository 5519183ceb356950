"""Graphs of ONNX operators: made step by step, with weights of eight bits if asked, and written as ONNX."""

from offkey.graph.builder import Builder
from offkey.graph.int8 import Rounding, quantise, rounded, roundings
from offkey.graph.writer import write_onnx

__all__ = ["Builder", "Rounding", "quantise", "rounded", "roundings", "write_onnx"]
