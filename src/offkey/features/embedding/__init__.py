"""Front ends that others trained: an ONNX file, or a model of the Hugging Face hub, pooled to one vector.

A network gives numbers by embedding dimension, band and time (`axes`); `base` resamples before and pools after
it. `onnx_model` and `hub_model` are the front ends, and nothing is loaded before the first vector.
"""
