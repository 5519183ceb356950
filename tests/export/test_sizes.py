"""The cost of a graph is counted."""

from __future__ import annotations

import numpy as np

from offkey.export.sizes import graph_size
from offkey.graph import Builder


def test_products_and_convolutions_are_counted() -> None:
    b = Builder()
    x = b.input("x", np.float32, ("batch", 6))
    image = b("Reshape", x, b.weight([-1, 2, 3]))
    convolved = b("Conv", image, b.weight(np.ones((4, 2, 2), np.float32)), kernel_shape=[2])
    flat = b("Flatten", convolved, axis=1)
    b.output(b("Gemm", flat, b.weight(np.ones((8, 5), np.float32))), "y", np.float32, ("batch", 5))
    size = graph_size(b.graph(), {"x": np.ones((1, 6), np.float32)})
    assert size.operators == {"Conv": 1, "Flatten": 1, "Gemm": 1, "Identity": 1, "Reshape": 1}
    assert size.multiply_adds == 4 * 2 * (2 * 2) + 5 * 8
    assert size.weights == 3 + 16 + 40
    assert size.weight_bytes == 3 * 8 + 56 * 4


def test_memory_is_that_of_the_largest_moment() -> None:
    b = Builder()
    x = b.input("x", np.float32, ("batch", 10))
    y = b("Concat", x, x, x, axis=1)  # 10 and 30
    z = b("ReduceSum", y, keepdims=1)  # 30 and 1
    b.output(b("Add", z, z), "s", np.float32, (1, 1))
    assert graph_size(b.graph(), {"x": np.ones((1, 10), np.float32)}).tensor_bytes == 160
