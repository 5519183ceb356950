"""The inputs of the networks: the magnitude spectrum of a whole clip, and short-time spectra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offkey.features.base import Samples
from offkey.features.frames import cut_frames, windowed_spectra

__all__ = ["Inputs"]

_SPECTRUM_HZ = 0.5  # what the spectrum of the whole clip resolves
_MOST_ROWS = 256  # frequencies of a spectrogram; finer ones are joined


@dataclass(frozen=True)
class Inputs:
    """The settings of the inputs; a trained network needs the same again."""

    rate: int  # in Hz
    seconds: float  # length of a piece
    resolutions: Sequence[float]  # window lengths in seconds; the hop is half a window

    @property
    def length(self) -> int:
        """Samples in a piece."""
        return round(self.seconds * self.rate)

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shape of each input: of the spectrum (n_bins,), then of each spectrogram (n_rows, n_frames)."""
        return [values.shape for values in self(np.zeros(self.length, np.float32))]

    def __call__(self, piece: Samples) -> list[NDArray[np.float32]]:
        """Return magnitudes of one piece, 1 for a sine of full scale: its spectrum, then a spectrogram per resolution.

        Each spectrogram has its mean over time subtracted (Wilkinghoff 2023).
        """
        return [self._spectrum(piece), *(self._spectrogram(piece, window_s) for window_s in self.resolutions)]

    def pieces(self, samples: Samples, *, overlapping: bool) -> list[Samples]:
        """Cut sound at `rate` into pieces of one length; sound shorter than a piece is repeated until it fills one.

        If `overlapping`, the rest behind the last whole piece gives one more piece, which ends with the sound.
        """
        length = self.length
        if len(samples) < length:
            return [np.resize(samples, length)]
        starts = list(range(0, len(samples) - length + 1, length))
        if overlapping and starts[-1] + length < len(samples):
            starts.append(len(samples) - length)
        return [samples[start : start + length] for start in starts]

    def _spectrum(self, piece: Samples) -> NDArray[np.float32]:
        from scipy.fft import rfft

        power = np.abs(rfft(piece)[1:]) ** 2
        together = max(1, round(_SPECTRUM_HZ * self.seconds))
        return np.sqrt(_joined(power, together)) * np.float32(2 / len(piece))

    def _spectrogram(self, piece: Samples, window_s: float) -> NDArray[np.float32]:
        hop = max(1, round(window_s * self.rate / 2))
        power = np.abs(windowed_spectra(cut_frames(piece, 2 * hop, hop))[:, 1:]).T ** 2
        rows = np.sqrt(_joined(power, -(-len(power) // _MOST_ROWS))) * np.float32(2 / hop)
        normalised: NDArray[np.float32] = rows - rows.mean(axis=1, keepdims=True)
        return normalised


def _joined(power: NDArray[np.float32], together: int) -> NDArray[np.float32]:
    """Return the sums of adjacent rows; a remainder at the highest frequencies is dropped."""
    whole = len(power) // together * together
    joined: NDArray[np.float32] = power[:whole].reshape(-1, together, *power.shape[1:]).sum(axis=1)
    return joined
