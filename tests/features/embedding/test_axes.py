from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import ParameterError
from offkey.features.embedding.axes import arrange, default_axes, grid


@pytest.mark.parametrize(
    ("shape", "axes", "arranged"),
    [
        ((5,), "d", (5, 1, 1)),
        ((3, 5), "nd", (5, 1, 3)),
        ((2, 7, 5), "ntd", (5, 1, 14)),
        ((2, 5, 7, 3), "ndtb", (5, 3, 14)),
        ((7, 3), "tb", (1, 3, 7)),
    ],
)
def test_outputs_come_into_one_order(shape: tuple[int, ...], axes: str, arranged: tuple[int, ...]) -> None:
    assert arrange(np.zeros(shape, np.float32), axes).shape == arranged
    if axes != "tb":
        assert default_axes(len(shape)) == axes


def test_patches_follow_one_another_in_time() -> None:
    output = np.arange(2 * 4 * 3, dtype=np.float32).reshape(2, 4, 3)  # patch, dimension, time
    arranged = arrange(output, "ndt")
    np.testing.assert_array_equal(arranged[1, 0], [*output[0, 1], *output[1, 1]])


@pytest.mark.parametrize("axes", ["nd", "nnd", "ntx", "ntdb"])
def test_letters_must_fit_the_output(axes: str) -> None:
    with pytest.raises(ParameterError, match=r"'axes' of an output of shape \(2, 7, 5\) must be 3 different letters"):
        arrange(np.zeros((2, 7, 5), np.float32), axes)
    with pytest.raises(ParameterError, match="5 axes has no usual order"):
        default_axes(5)


@pytest.mark.parametrize("bands_first", [False, True])
def test_tokens_come_to_their_place_and_those_without_are_left_out(bands_first: bool) -> None:
    tokens = np.array([[-1.0, -1.0], *([10 * band + time, band] for band in range(3) for time in range(4))])
    if not bands_first:
        tokens[1:] = tokens[1:].reshape(3, 4, 2).transpose(1, 0, 2).reshape(12, 2)
    placed = grid(tokens.astype(np.float32), 3, bands_first=bands_first)
    assert placed.shape == (2, 3, 4)
    np.testing.assert_array_equal(placed[0], [[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])
    more = np.concatenate([tokens[:1]] * 2 + [tokens]).astype(np.float32)  # as many without a place as bands
    np.testing.assert_array_equal(grid(more, 3, bands_first=bands_first, n_special=3), placed)
    with pytest.raises(ParameterError, match="fewer than the 20 bands"):
        grid(tokens.astype(np.float32), 20, bands_first=bands_first)
