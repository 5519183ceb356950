"""Log-mel frames in time order: for detectors that look at moments, not at a clip's summary."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval
from offkey.features.base import FrontEnd, Samples, Vector
from offkey.features.feature_names import hertz, numbered
from offkey.features.frames import frame_sizes, n_frames
from offkey.features.mel import log_mel, mel_centres_hz

__all__ = ["Frames", "chosen_frames"]


class Frames(FrontEnd):
    """Mel power in dB of consecutive frames, 64 ms every 32 ms, the same number for every clip.

    The input of the DCASE baselines (128 Slaney mels, 10 log10 of the power). Sound longer than `seconds` is described
    by several contiguous stretches, spread evenly from start to end; shorter sound is repeated.

    Parameters
    ----------
    n_mels : int, default 128
        Number of Slaney mel bands from `low_hz` to half the rate.
    seconds : float, default 10
        Duration of sound that the frames of a vector span, in seconds.
    floor_db : float, default -120
        Lowest band power in dB; the noise of 16-bit samples lies near -87 dB.
    low_hz : float, default 0
        Lower edge of the lowest band, in Hz. From 20 on no band contains a drifting offset; a controller that processes
        frames as they come needs this.
    """

    name = "frames"
    assumes = "moments matter, not their sum; for detectors of frames"
    cost = "a short FFT a frame; d: 128 a frame"
    rules: ClassVar = {
        "n_mels": Interval(int, 8, 1024),
        "seconds": Interval(float, 0.1, 600),
        "floor_db": Interval(float, -300, 0),
        "low_hz": Interval(float, 0, 300),
    }
    earlier: ClassVar = {"low_hz": 0.0}

    def __init__(
        self, *, n_mels: int = 128, seconds: float = 10.0, floor_db: float = -120.0, low_hz: float = 0.0
    ) -> None:
        self.n_mels = n_mels
        self.seconds = seconds
        self.floor_db = floor_db
        self.low_hz = low_hz

    def detector_params(self) -> dict[str, Any]:
        """Return how long a frame is, for detectors of frames; see `FrontEnd.detector_params`."""
        return {"frame_size": self.n_mels}

    def feature_names(self, rate: int) -> list[str]:
        """Return a name for each band of each frame: ``"frame_0001_mel_1234hz"``; see `FrontEnd.feature_names`."""
        bands = self.row_names(rate)
        return [f"{frame}_{band}" for frame in numbered("frame", self.n_frames(rate)) for band in bands]

    def row_names(self, rate: int) -> list[str]:
        """Return the centre of each mel band: ``"mel_1234hz"``; see `FrontEnd.row_names`."""
        return [f"mel_{centre}" for centre in hertz(mel_centres_hz(rate, self.n_mels, self.low_hz))]

    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the frames one after the other, shape (n_frames * n_mels,); see `FrontEnd.vector`."""
        spectrogram = self.in_time(samples, rate)
        chosen = chosen_frames(spectrogram.shape[1], self.n_frames(rate))
        return np.ascontiguousarray(spectrogram[:, chosen].T).reshape(-1)

    def in_time(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return all frames of a clip, however long, in dB, shape (n_mels, n_frames); see `FrontEnd.in_time`."""
        return log_mel(samples, rate, n_mels=self.n_mels, floor_db=self.floor_db, low_hz=self.low_hz)

    def n_frames(self, rate: int) -> int:
        """Return the number of frames in a vector, at a rate in Hz."""
        return n_frames(max(round(self.seconds * rate), frame_sizes(rate)[0]), rate)


def chosen_frames(there: int, wanted: int) -> NDArray[np.intp]:
    """Return the numbers of the frames that stand for all that are there."""
    if there <= wanted:
        return np.resize(np.arange(there), wanted)
    lengths = [len(part) for part in np.array_split(np.arange(wanted), -(-there // wanted))]
    if len(lengths) == 1:
        return np.arange(wanted)
    gap = (there - wanted) / (len(lengths) - 1)
    starts = [round(number * gap) for number in range(len(lengths))]
    stretches = np.repeat(starts, lengths) + np.arange(wanted)
    chosen: NDArray[np.intp] = stretches.astype(np.intp)
    return chosen
