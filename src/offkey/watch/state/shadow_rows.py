"""The sound of a shadow as it is kept: how unusual each window is, and what it sounds like every few seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from offkey.watch.scored_window import SOUND, ScoredWindow

__all__ = ["ShadowRows", "sounds_of", "surprises_of"]

_MOST_A_MINUTE = 12  # sounds that are kept: one every 5 s is enough to tell states, and spares SD cards


def surprises_of(windows: Sequence[ScoredWindow]) -> bytes:
    """Return the surprises of the windows of a minute: float32."""
    return np.array([window.surprise for window in windows], "<f4").tobytes()


def sounds_of(windows: Sequence[ScoredWindow]) -> bytes:
    """Return the sounds of the windows of a minute, of 12 at most: float16, a row of `SOUND` each."""
    every = -(-len(windows) // _MOST_A_MINUTE)
    unknown = (np.nan,) * len(SOUND)
    return np.array([window.sound or unknown for window in windows[::every]], "<f2").tobytes()


class ShadowRows:
    """The rows of a shadow, minute by minute.

    Parameters
    ----------
    rows : iterable of (bytes, bytes or None)
        Of each minute, in the order of time, what `surprises_of` and `sounds_of` gave; None where no sounds are known.
    """

    def __init__(self, rows: Iterable[tuple[bytes, bytes | None]] = ()) -> None:
        self._rows = list(rows)

    def add(self, surprises: bytes, sounds: bytes | None) -> None:
        """Take the next minute."""
        self._rows.append((surprises, sounds))

    def surprises(self) -> NDArray[np.float64]:
        """Return how unusual each window is, of shape (n_windows,); NaN for one without a score."""
        return np.frombuffer(b"".join(surprises for surprises, _ in self._rows), "<f4").astype(np.float64)

    def sounds(self) -> NDArray[np.float64]:
        """Return the sound of each window, of shape (n_windows, n_numbers); NaN where it is not known.

        A window takes over that of the window before where not all were kept.
        """
        parts = [_spread(sounds, len(surprises) // 4) for surprises, sounds in self._rows]
        return np.concatenate([np.empty((0, len(SOUND))), *parts])


def _spread(sounds: bytes | None, windows: int) -> NDArray[np.float64]:
    """Return a row for each window of a minute."""
    if not sounds:
        return np.full((windows, len(SOUND)), np.nan)
    kept = np.frombuffer(sounds, "<f2").astype(np.float64).reshape(-1, len(SOUND))
    return np.repeat(kept, -(-windows // len(kept)), axis=0)[:windows]
