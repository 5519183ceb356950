"""The networks: an input squeezed through a bottleneck and unfolded again."""

from __future__ import annotations

from collections.abc import Sequence

from offkey.learned.network.layers import Layer, batch_norm, conv2d, dense, flatten, relu, reshape, upsample2d

__all__ = ["FORMS", "autoencoder_layers"]

FORMS = {"dense": (128, 128, 128, 128), "convolutional": (16, 32, 64)}
"""The forms, each with its default widths from the input to the bottleneck."""


def autoencoder_layers(form: str, shape: tuple[int, int], widths: Sequence[int], bottleneck: int) -> list[Layer]:
    """Return the layers of an autoencoder for inputs of `shape` (frames, values of a frame).

    The dense form is the baseline of the DCASE Challenge: fully connected layers with batch normalisation and
    rectifier, a bottleneck, and the same mirrored (Y. Koizumi et al., "Description and discussion on DCASE2020
    Challenge Task 2", DCASE Workshop 2020). In the convolutional form each width is a number of 3 x 3 filters that
    halve time and frequency where these are even; the bottleneck stays a fully connected layer.
    """
    if form == "dense":
        return _dense_form(shape[0] * shape[1], widths, bottleneck)
    return _convolutional_form(shape, widths, bottleneck)


def _dense_form(inputs: int, widths: Sequence[int], bottleneck: int) -> list[Layer]:
    layers: list[Layer] = []
    last = inputs
    for width in (*widths, bottleneck, *reversed(widths)):
        layers += [dense(last, width), batch_norm(width), relu()]
        last = width
    return [*layers, dense(last, inputs)]


def _convolutional_form(shape: tuple[int, int], widths: Sequence[int], bottleneck: int) -> list[Layer]:
    (high, wide), last = shape, 1
    down: list[Layer] = [reshape((1, high, wide))]
    up: list[Layer] = []
    for width in widths:
        stride = (2 - high % 2, 2 - wide % 2)  # of an odd length the halves would not add up again
        high, wide = high // stride[0], wide // stride[1]
        down += [conv2d(last, width, stride=stride, padding=(1, 1), bias=False), batch_norm(width), relu()]
        after = [batch_norm(last), relu()] if last > 1 else []
        up = [upsample2d(stride), conv2d(width, last, padding=(1, 1), bias=not after), *after, *up]
        last = width
    size = last * high * wide
    down += [flatten(), dense(size, bottleneck), batch_norm(bottleneck), relu()]
    return [*down, dense(bottleneck, size), batch_norm(size), relu(), reshape((last, high, wide)), *up, flatten()]
