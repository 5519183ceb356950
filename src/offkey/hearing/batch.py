"""Features of windows, and to which recording each window belongs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from offkey.hearing.fingerprint import Fingerprint
from offkey.hearing.traits import Traits

__all__ = ["ClipFeatures", "WindowFeatures"]


@dataclass(frozen=True)
class WindowFeatures:
    """The features of one window of a recording, or the reason why there are none.

    Parameters
    ----------
    start_s, end_s : float or None
        Where the window lies in the recording, in seconds; None if the recording could not be read.
    vector : ndarray of float32, shape (n_features,), or None
        The features.
    error : str or None
        One sentence that says why there are no features.
    shorter : ndarray of float32, shape (n_shares, n_features), or None
        The features of shorter parts of it, for `Extractor.shares`; None where they were not asked for.
    fingerprint : ndarray of int8, shape (4, 2049), or None
        By which near copies are told, see `offkey.hearing.fingerprint`; None unless asked for.
    traits : tuple of float, or None
        What the recording is like (`offkey.hearing.traits`); None where features were kept without.
    """

    start_s: float | None
    end_s: float | None
    vector: NDArray[np.float32] | None
    error: str | None = None
    shorter: NDArray[np.float32] | None = None
    fingerprint: Fingerprint | None = None
    traits: Traits | None = None

    @property
    def seconds(self) -> float:
        """How long the window is; 0 where that is not known."""
        return (self.end_s or 0.0) - (self.start_s or 0.0)


@dataclass(frozen=True)
class ClipFeatures:
    """The features of all windows of one recording.

    Parameters
    ----------
    name : str
        Name of the recording: its path as given.
    windows : list of WindowFeatures
        One of a short clip, several of a long recording, never none.
    digest : str
        SHA-256 of the file's bytes, or of the samples; empty unless asked for.
    """

    name: str
    windows: list[WindowFeatures] = field(default_factory=list)
    digest: str = ""

    @property
    def vectors(self) -> list[NDArray[np.float32]]:
        """The features of its windows that have any."""
        return [window.vector for window in self.windows if window.vector is not None]

    @property
    def usable(self) -> list[WindowFeatures]:
        """The windows that have features."""
        return [window for window in self.windows if window.vector is not None]
