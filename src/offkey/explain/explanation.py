"""An explanation, and its form as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey._version import __version__

__all__ = ["SCHEMA", "Contributions", "Explanation", "NearestNormal", "Region", "TimbreFinding"]

SCHEMA = 1
"""Number of the form of `Explanation.to_dict`; it rises when a reader of an earlier one could no longer read it."""


@dataclass(frozen=True)
class Contributions:
    """The share of each part of a clip, in frequency or in time, in its score."""

    edges: NDArray[np.float64]  # (n + 1,), in Hz or in seconds of the recording
    values: NDArray[np.float64]  # (n,), negative where a part makes the clip more normal
    exact: bool  # whether they sum to the score in the sense of `of`, or come from occlusion
    of: str  # what they are parts of, in words


@dataclass(frozen=True)
class Region:
    """A region in frequency and time where a clip differs from normal.

    Parameters
    ----------
    low_hz, high_hz : float
        The band, in Hz.
    spans_s : list of (float, float)
        Start and end of each stretch, in seconds of the recording.
    higher : bool
        Whether the level there is higher than normal; otherwise it is lower.
    deviation : float
        Deviation of the level from normal, in standard deviations: the mean over the tenth of the region that deviates
        most.
    share : float
        Its share of all evidence, 0 to 1.
    character : str
        The kind of sound, such as ``"broadband clicks, about 9 a second"``; empty if unknown.

    Examples
    --------
    >>> from offkey.explain import explain
    >>> explain(model, "today.wav").regions[0].higher
    True
    """

    low_hz: float
    high_hz: float
    spans_s: list[tuple[float, float]]
    higher: bool
    deviation: float
    share: float
    character: str = ""


@dataclass(frozen=True)
class TimbreFinding:
    """One measure of timbre, compared with normal clips.

    Parameters
    ----------
    measure : str
        One of `offkey.features.timbre.MEASURES`.
    value, normal_mean, normal_spread : float
        Value of the clip; mean and standard deviation of the normal clips.
    deviation : float
        Difference from the mean, in standard deviations.
    word : str
        The clip compared with normal clips: ``"louder"``, ``"duller"``, ...; empty if it is like them.

    Examples
    --------
    >>> from offkey.explain import explain
    >>> [finding.measure for finding in explain(model, "today.wav").timbre][:2]
    ['loudness', 'sharpness']
    """

    measure: str
    value: float
    normal_mean: float
    normal_spread: float
    deviation: float
    word: str


@dataclass(frozen=True)
class NearestNormal:
    """The normal clip whose features are nearest.

    Parameters
    ----------
    name : str
        Name of the recording that the model was fitted on.
    start_s, end_s : float
        Start and end of the clip in it, in seconds.
    distance : float
        Median over the features of the difference, in standard deviations.
    among : int
        Number of normal clips that were compared.
    levels_db : ndarray of float32, shape (n_bands, n_frames), or None
        Its spectrogram; None if its sound was not kept.
    samples : ndarray of float32, shape (n,), or None
        Its sound.

    Examples
    --------
    >>> from offkey.explain import explain
    >>> explain(model, "today.wav").nearest.among
    24
    """

    name: str
    start_s: float
    end_s: float
    distance: float
    among: int
    levels_db: NDArray[np.float32] | None = field(default=None, repr=False)
    samples: NDArray[np.float32] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Explanation:
    """The explanation of a clip's score.

    Parameters
    ----------
    file : str
        Name of the recording.
    start_s, end_s : float
        Start and end of the explained clip, or window of a long recording, in seconds.
    rate : int
        Sampling rate of the model in Hz.
    score, p_value, threshold : float
        The anomaly score, its p-value (the chance that a normal clip scores this high), and the model's threshold.
    p_value_words : str
        The p-value in words, or that the score lies beyond all normal clips.
    anomalous : bool
        Whether the score exceeds the threshold.
    sentence : str
        The whole explanation in words.
    method : str
        How the contributions were computed, and from what normal the deviations are.
    samples : ndarray of float32, shape (n,)
        The sound as the model uses it: one channel at `rate`.
    band_edges_hz : ndarray of float, shape (n_bands, 2)
        Lower and upper edge of each band of the spectrogram, in Hz.
    frame_s : float
        Seconds from one frame of the spectrogram to the next.
    levels_db : ndarray of float32, shape (n_bands, n_frames)
        The log-mel spectrogram, in dB.
    deviations : ndarray of float32, shape (n_bands, n_frames)
        Deviation of each band and frame from normal, in standard deviations.
    bands, times : Contributions
        The share of each part, in frequency and in time, in the score.
    regions : list of Region
        Where the clip differs from normal, the strongest evidence first.
    timbre : list of TimbreFinding
        Every measure of timbre; empty if the model keeps none of its normal clips.
    nearest : NearestNormal or None
        The nearest normal clip.

    Examples
    --------
    >>> from offkey.explain import explain
    >>> found = explain(model, "today.wav")
    >>> found.levels_db.shape == found.deviations.shape
    True
    """

    file: str
    start_s: float
    end_s: float
    rate: int
    score: float
    p_value: float
    p_value_words: str
    threshold: float
    anomalous: bool
    sentence: str
    method: str
    samples: NDArray[np.float32] = field(repr=False)
    band_edges_hz: NDArray[np.float64] = field(repr=False)
    frame_s: float
    levels_db: NDArray[np.float32] = field(repr=False)
    deviations: NDArray[np.float32] = field(repr=False)
    bands: Contributions
    times: Contributions
    regions: list[Region]
    timbre: list[TimbreFinding]
    nearest: NearestNormal | None

    @property
    def decision(self) -> str:
        """The decision in words: ``"anomalous"`` or ``"not anomalous"``."""
        return "anomalous" if self.anomalous else "not anomalous"

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the sounds as JSON values; docs/explain.md describes the fields."""
        fields = {
            key: _plain(value)
            for key, value in vars(self).items()
            if key not in ("samples", "nearest", "bands", "times", "regions", "timbre")
        }
        nearest = None
        if self.nearest is not None:
            nearest = {key: _plain(value) for key, value in vars(self.nearest).items() if key != "samples"}
        return {
            "schema": SCHEMA,
            "offkey_version": __version__,
            **fields,
            "bands": {key: _plain(value) for key, value in vars(self.bands).items()},
            "times": {key: _plain(value) for key, value in vars(self.times).items()},
            "regions": [_plain(asdict(region)) for region in self.regions],
            "timbre": [asdict(finding) for finding in self.timbre],
            "nearest": nearest,
        }


def _plain(value: Any) -> Any:
    """Return arrays as lists, rounded to three digits after the point."""
    if isinstance(value, np.ndarray):
        return np.round(value.astype(np.float64), 3).tolist()
    return value
