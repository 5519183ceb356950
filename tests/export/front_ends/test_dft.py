"""The discrete Fourier transform as two matrix products."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import ExportError
from offkey.export.front_ends.dft import cut, power_spectra
from offkey.graph import Builder
from offkey.runtime.graph import Graph, run


def _graph(length: int) -> Graph:
    b = Builder()
    power = power_spectra(b, b.input("rows", np.float64, ("n", length)), length)
    places = b.weight(cut(length).places)
    b.output(b("Gather", power, places, axis=1), "power", np.float64, ("n", length // 2 + 1))
    return b.graph()


@pytest.mark.parametrize("length", [1, 2, 7, 60, 81, 311, 374, 512, 706, 1024, 1412, 2822, 3072])
def test_any_length_gives_the_powers_of_the_transform(length: int) -> None:
    rows = np.random.default_rng(length).normal(size=(3, length))
    expected = np.abs(np.fft.rfft(rows, axis=1)) ** 2
    assert run(_graph(length), {"rows": rows})["power"] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("length", [512, 1024, 2822, 3072, 8192])
def test_weights_take_a_small_part_of_the_plain_matrix(length: int) -> None:
    weights = _graph(length).weights.values()
    assert sum(array.size for array in weights) < length * (length + 2) / 50


def test_a_length_without_small_factors_is_refused() -> None:
    with pytest.raises(ExportError, match=r"spectrum of 8191 numbers cannot be exported.*another length or rate"):
        _graph(8191)
