"""The discrete Fourier transform as two matrix products."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.export.front_ends.dft import cut, power_spectra
from offkey.graph import Builder
from offkey.runtime.graph import Graph, run


def _graph(length: int, dtype: type) -> Graph:
    b = Builder()
    power = power_spectra(b, b.input("rows", dtype, ("n", length)), length, dtype)
    places = b.weight(cut(length).places)
    b.output(b("Gather", power, places, axis=1), "power", dtype, ("n", length // 2 + 1))
    return b.graph()


@pytest.mark.parametrize("length", [1, 2, 7, 60, 81, 311, 374, 512, 706, 1024, 1412, 2822, 3072])
def test_any_length_gives_the_powers_of_the_transform(length: int) -> None:
    rows = np.random.default_rng(length).normal(size=(3, length))
    expected = np.abs(np.fft.rfft(rows, axis=1)) ** 2
    assert run(_graph(length, np.float64), {"rows": rows})["power"] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_single_precision_rounds_as_a_fast_transform_does() -> None:
    rows = np.random.default_rng(1).normal(size=(20, 1024))
    exact = np.abs(np.fft.rfft(rows, axis=1)) ** 2
    found = run(_graph(1024, np.float32), {"rows": rows.astype(np.float32)})["power"]
    assert np.abs(found - exact).max() < 1e-5 * exact.mean()


@pytest.mark.parametrize("length", [512, 1024, 2822, 3072, 8192])
def test_weights_take_a_small_part_of_the_plain_matrix(length: int) -> None:
    weights = _graph(length, np.float32).weights.values()
    assert sum(array.size for array in weights) < length * (length + 2) / 50
