"""Log-mel patches, as YAMNet and VGGish take them: short pieces of a log-mel spectrogram."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from offkey.errors import ParameterError
from offkey.features.frames import cut_frames, windowed_spectra

__all__ = ["Patches", "htk_filters", "log_mel_patches"]


class Patches(BaseModel):
    """The form of a network's patches; the defaults are YAMNet's.

    M. Plakal & D. Ellis, YAMNet, TensorFlow Models, research/audioset/yamnet (``params.py``, ``features.py``),
    after Hershey et al., "CNN architectures for large-scale audio classification", ICASSP 2017. VGGish differs in
    an `offset` of 0.01 and a `hop_frames` of 96.

    `window_s`, `hop_s`: length of the Hann window and its hop, in seconds.
    `low_hz`, `high_hz`: lower end of the first band and upper end of the last, in Hz.
    `frames`, `hop_frames`: length of a patch and hop from one to the next, in frames.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    window_s: PositiveFloat = 0.025
    hop_s: PositiveFloat = 0.010
    symmetric: bool = False  # whether the window's last sample is 0 as its first is, rather than periodic
    preemphasis: Annotated[float, Field(ge=0, lt=1)] = 0.0  # share of the sample before that is taken away from each
    n_fft: PositiveInt | None = None  # length of the transform in samples; the next power of two by default
    n_mels: PositiveInt = 64
    low_hz: float = 125.0
    high_hz: PositiveFloat = 7500.0
    straight_in: Literal["mel", "hz"] = "mel"  # the axis on which the sides of a band's triangle are straight lines
    power: PositiveInt = 1  # {1, 2}; whether bands are weighted sums of magnitudes or of powers
    offset: PositiveFloat = 0.001  # what is added before the logarithm
    unit: Literal["ln", "db"] = "ln"  # natural logarithms, or 10 log10
    shift: float = 0.0  # what is added to the logarithm
    scale: PositiveFloat = 1.0  # what that is divided by
    frames: PositiveInt = 96
    hop_frames: PositiveInt = 48
    least_frames: PositiveInt | None = None  # length of a patch from which on a shorter clip is one; None for none

    def sizes(self, rate: int) -> tuple[int, int, int]:
        """Return window, hop and length of the transform in samples, at a rate in Hz."""
        window = round(self.window_s * rate)
        return window, round(self.hop_s * rate), self.n_fft or 1 << (window - 1).bit_length()

    def min_samples(self, rate: int) -> int:
        """Return the number of samples of one patch: 15,600 for YAMNet."""
        window, hop, _ = self.sizes(rate)
        return window + ((self.least_frames or self.frames) - 1) * hop + (self.preemphasis > 0)


def log_mel_patches(samples: NDArray[np.float32], rate: int, how: Patches) -> NDArray[np.float32]:
    """Cut a clip's log-mel spectrogram into patches.

    Frames and patches are whole, and nothing is padded: what is left at the end is shorter than a hop. (YAMNet's
    own code pads the clip with zeros to one more patch.)

    `samples`: shape (n,); one channel, full scale 1; at least ``how.min_samples(rate)`` of them.
    `rate`: sampling rate in Hz, the one that the network was trained at.
    Returns: shape (n_patches, frames, n_mels); logarithms.
    """
    window, hop, n_fft = how.sizes(rate)
    if how.preemphasis:
        samples = samples[1:] - np.float32(how.preemphasis) * samples[:-1]
    waves = cut_frames(samples, window, hop)
    straight = how.straight_in == "hz"
    filters = htk_filters(rate, n_fft, how.n_mels, how.low_hz, how.high_hz, straight_in_hz=straight).astype(np.float32)
    mel = np.empty((len(waves), how.n_mels), np.float32)
    for first in range(0, len(waves), _AT_A_TIME):
        spectra = np.abs(windowed_spectra(waves[first : first + _AT_A_TIME], n_fft, symmetric=how.symmetric))
        mel[first : first + _AT_A_TIME] = (spectra if how.power == 1 else spectra**how.power) @ filters.T
    levels = np.log(mel + np.float32(how.offset))
    if how.unit == "db":
        levels *= np.float32(10 / np.log(10))
    if how.shift or how.scale != 1:
        levels = (levels + np.float32(how.shift)) / np.float32(how.scale)
    frames = how.frames if how.least_frames is None else min(how.frames, len(levels))
    patches = np.lib.stride_tricks.sliding_window_view(levels, frames, axis=0)[:: how.hop_frames]
    return np.ascontiguousarray(patches.transpose(0, 2, 1))


_AT_A_TIME = 256  # frames


@lru_cache(maxsize=8)
def htk_filters(
    rate: int, n_fft: int, n_mels: int, low_hz: float, high_hz: float, *, straight_in_hz: bool = False
) -> NDArray[np.float64]:
    """Return a mel filter bank on HTK's scale: TensorFlow's and Kaldi's, or torchaudio's.

    Triangles of height 1, equally spaced on the mel scale 1127 ln(1 + f / 700) of HTK (Young et al., "The HTK book",
    2006, eq. 5.13), which take no part of the bin at 0 Hz. Their sides are straight on that scale in TensorFlow
    (``tf.signal.linear_to_mel_weight_matrix``) and Kaldi, and in Hz in torchaudio (``melscale_fbanks``).

    `low_hz`, `high_hz`: lower end of the first band and upper end of the last, in Hz.
    Returns: shape (n_mels, n_fft // 2 + 1); do not change it, it is shared.
    """
    if not 0 <= low_hz < high_hz <= rate / 2:
        raise ParameterError(
            f"The mel bands must lie between 0 and {rate / 2:g} Hz, half the rate of {rate} Hz. "
            f"Got {low_hz:g} to {high_hz:g} Hz instead."
        )
    bins_hz = np.linspace(0, rate / 2, n_fft // 2 + 1)
    low, high = _mel(np.array([low_hz, high_hz]))
    edges_mel = np.linspace(low, high, n_mels + 2)
    bins, edges = (bins_hz, _hz(edges_mel)) if straight_in_hz else (_mel(bins_hz), edges_mel)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters: NDArray[np.float64] = np.maximum(0, np.minimum(rise, fall))
    filters[:, 0] = 0
    return filters


def _mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(hz / 700)


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return 700 * np.expm1(mel / 1127)
