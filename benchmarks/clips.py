"""Clips to measure speed on, and what is measured against: reading them, and the bare FFTs of their frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.fft import rfft

__all__ = ["RATE", "SECONDS", "bare_ffts", "clips", "frames", "make_clips", "read_and_transform"]

RATE, SECONDS = 16_000, 10


@contextmanager
def clips(count: int, *, distinct: int = 50) -> Iterator[list[Path]]:
    """Give the paths of clips that last as long as the block; see `make_clips`."""
    with TemporaryDirectory() as folder:
        make_clips(Path(folder) / "clips", count, distinct=distinct)
        yield sorted((Path(folder) / "clips").iterdir())


def make_clips(folder: Path, count: int, *, distinct: int = 50) -> None:
    """Write `count` normal clips of a hum in noise, `distinct` of them different, the rest links to these."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    t = np.arange(SECONDS * RATE) / RATE
    for number in range(count):
        path = folder / f"normal_{number:06d}.wav"
        if number >= distinct:
            path.hardlink_to(folder / f"normal_{number % distinct:06d}.wav")
            continue
        sound = 0.05 * np.sin(2 * np.pi * (120 + rng.normal()) * t) + 0.02 * rng.standard_normal(len(t))
        soundfile.write(path, sound, RATE)


def frames(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the analysis windows of a clip, shape (n_frames, 1024)."""
    return np.lib.stride_tricks.sliding_window_view(samples, 1024)[::512].copy()


def bare_ffts(windows: NDArray[np.float32]) -> None:
    """Transform the analysis windows of a clip: what every spectral front end must do at least."""
    rfft(windows, axis=1)


def read_and_transform(paths: Iterable[Path]) -> None:
    """Read clips, and transform their frames."""
    for path in paths:
        bare_ffts(frames(soundfile.read(path, dtype="float32")[0]))
