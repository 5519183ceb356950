"""The networks: one for each input, each to an embedding of its own."""

from __future__ import annotations

from collections.abc import Sequence

from offkey.learned.network.layers import (
    Layer,
    batch_norm,
    conv2d,
    dense,
    flatten,
    max_pool2d,
    relu,
    reshape,
    residual,
)

__all__ = ["branches"]

_STRIDES = ((64, 16), (16, 8), (8, 4))  # kernel and stride of the convolutions over the spectrum


def branches(shapes: Sequence[tuple[int, ...]], width: int, n_dims: int) -> list[list[Layer]]:
    """Return the layers of each branch, which makes an embedding of length `n_dims`.

    The form is that of K. Wilkinghoff, "Design choices for learning embeddings from auxiliary tasks for domain
    generalization in anomalous sound detection", ICASSP 2023, table 1: convolutions along the spectrum and dense
    layers; for short-time spectra a residual network with the maximum over time. A width of 16 gives about his sizes.
    """
    spectrum, *spectrograms = shapes
    others = (_spectrogram(rows, frames, width, n_dims) for rows, frames in spectrograms)
    return [_spectrum(spectrum[0], width, n_dims), *others]


def _spectrum(n_bins: int, width: int, n_dims: int) -> list[Layer]:
    channels, length = 1, n_bins
    layers = [batch_norm(n_bins), reshape((1, 1, n_bins))]  # each frequency on its own scale
    for kernel, stride in _STRIDES:
        layers += [
            conv2d(channels, 8 * width, kernel=(1, kernel), stride=(1, stride), padding=(0, kernel // 2), bias=False),
            batch_norm(8 * width),
            relu(),
        ]
        channels, length = 8 * width, _length(length, kernel, stride, kernel // 2)
    layers.append(flatten())
    inputs = channels * length
    for _ in range(2):
        layers += [dense(inputs, 8 * width, bias=False), batch_norm(8 * width), relu()]
        inputs = 8 * width
    return [*layers, dense(inputs, n_dims)]


def _spectrogram(n_rows: int, n_frames: int, width: int, n_dims: int) -> list[Layer]:
    layers = [
        batch_norm(n_rows),
        flatten(),
        reshape((1, n_rows, n_frames)),
        conv2d(1, width, kernel=(7, 7), stride=(2, 2), padding=(3, 3), bias=False),
        batch_norm(width),
        relu(),
        max_pool2d((3, 3), stride=(2, 2), padding=(1, 1)),
        *_block(width, width, stride=1),
        *_block(width, 2 * width, stride=2),
        *_block(2 * width, 4 * width, stride=2),
        *_block(4 * width, 8 * width, stride=2),
    ]
    rows, frames = n_rows, n_frames
    for kernel, padding in ((7, 3), (3, 1), (3, 1), (3, 1), (3, 1)):
        rows, frames = _length(rows, kernel, 2, padding), _length(frames, kernel, 2, padding)
    features = 8 * width * rows
    return [*layers, max_pool2d((1, frames)), flatten(), batch_norm(features), dense(features, n_dims)]


def _block(inputs: int, outputs: int, *, stride: int) -> list[Layer]:
    """Return a residual block (He et al. 2016, figure 2)."""
    body = [
        conv2d(inputs, outputs, stride=(stride, stride), padding=(1, 1), bias=False),
        batch_norm(outputs),
        relu(),
        conv2d(outputs, outputs, padding=(1, 1), bias=False),
        batch_norm(outputs),
    ]
    same = inputs == outputs and stride == 1
    shortcut = [] if same else [conv2d(inputs, outputs, kernel=(1, 1), stride=(stride, stride), bias=False)]
    return [residual(body, shortcut), relu()]


def _length(length: int, kernel: int, stride: int, padding: int) -> int:
    return (length + 2 * padding - kernel) // stride + 1
