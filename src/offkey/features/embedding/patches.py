"""Log-mel patches, as YAMNet and VGGish take them: short pieces of a log-mel spectrogram."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt

from offkey.errors import ParameterError
from offkey.features.frames import cut_frames, windowed_spectra

__all__ = ["Patches", "htk_filters", "log_mel_patches"]


class Patches(BaseModel):
    """The form of a network's patches; the defaults are YAMNet's.

    M. Plakal & D. Ellis, YAMNet, TensorFlow Models, research/audioset/yamnet (``params.py``, ``features.py``),
    after Hershey et al., "CNN architectures for large-scale audio classification", ICASSP 2017. VGGish differs in
    an `offset` of 0.01 and a `hop_frames` of 96.

    `window_s`, `hop_s`: length of the periodic Hann window and its hop, in seconds.
    `low_hz`, `high_hz`: lower end of the first band and upper end of the last, in Hz.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    window_s: PositiveFloat = 0.025
    hop_s: PositiveFloat = 0.010
    n_mels: PositiveInt = 64
    low_hz: float = 125.0
    high_hz: PositiveFloat = 7500.0
    power: PositiveInt = 1  # {1, 2}; whether bands are weighted sums of magnitudes or of powers
    offset: PositiveFloat = 0.001
    frames: PositiveInt = 96
    hop_frames: PositiveInt = 48

    def sizes(self, rate: int) -> tuple[int, int, int]:
        """Return window, hop and length of the transform (the next power of two) in samples, at a rate in Hz."""
        window = round(self.window_s * rate)
        return window, round(self.hop_s * rate), 1 << (window - 1).bit_length()

    def min_samples(self, rate: int) -> int:
        """Return the number of samples of one patch: 15,600 for YAMNet."""
        window, hop, _ = self.sizes(rate)
        return window + (self.frames - 1) * hop


def log_mel_patches(samples: NDArray[np.float32], rate: int, how: Patches) -> NDArray[np.float32]:
    """Cut a clip's log-mel spectrogram into patches.

    Frames and patches are whole, and nothing is padded: what is left at the end is shorter than a hop. (YAMNet's
    own code pads the clip with zeros to one more patch.)

    `samples`: shape (n,); one channel, full scale 1; at least ``how.min_samples(rate)`` of them.
    `rate`: sampling rate in Hz, the one that the network was trained at.
    Returns: shape (n_patches, frames, n_mels); natural logarithms.
    """
    window, hop, n_fft = how.sizes(rate)
    waves = cut_frames(samples, window, hop)
    filters = htk_filters(rate, n_fft, how.n_mels, how.low_hz, how.high_hz).astype(np.float32)
    mel = np.empty((len(waves), how.n_mels), np.float32)
    for first in range(0, len(waves), _AT_A_TIME):
        spectra = np.abs(windowed_spectra(waves[first : first + _AT_A_TIME], n_fft))
        mel[first : first + _AT_A_TIME] = (spectra if how.power == 1 else spectra**how.power) @ filters.T
    levels = np.log(mel + np.float32(how.offset))
    patches = np.lib.stride_tricks.sliding_window_view(levels, how.frames, axis=0)[:: how.hop_frames]
    return np.ascontiguousarray(patches.transpose(0, 2, 1))


_AT_A_TIME = 256  # frames


@lru_cache(maxsize=8)
def htk_filters(rate: int, n_fft: int, n_mels: int, low_hz: float, high_hz: float) -> NDArray[np.float64]:
    """Return the mel filter bank of TensorFlow's ``tf.signal.linear_to_mel_weight_matrix``.

    Triangles of height 1, equally spaced and straight on the mel scale 1127 ln(1 + f / 700) of HTK (Young et al.,
    "The HTK book", 2006, eq. 5.13), which takes no part of the bin at 0 Hz.

    `low_hz`, `high_hz`: lower end of the first band and upper end of the last, in Hz.
    Returns: shape (n_mels, n_fft // 2 + 1); do not change it, it is shared.
    """
    if not 0 <= low_hz < high_hz <= rate / 2:
        raise ParameterError(
            f"The mel bands must lie between 0 and {rate / 2:g} Hz, half the rate of {rate} Hz. "
            f"Got {low_hz:g} to {high_hz:g} Hz instead."
        )
    bins = _mel(np.linspace(0, rate / 2, n_fft // 2 + 1))
    low, high = _mel(np.array([low_hz, high_hz]))
    edges = np.linspace(low, high, n_mels + 2)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters: NDArray[np.float64] = np.maximum(0, np.minimum(rise, fall))
    filters[:, 0] = 0
    return filters


def _mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(hz / 700)
