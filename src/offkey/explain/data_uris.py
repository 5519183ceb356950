"""Pictures and sounds as data URIs, which stand in a page themselves."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from numpy.typing import NDArray

from offkey.model.reference import flac_bytes
from offkey.pages import data_uri

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["common_gain", "picture_uri", "short_sound_uri", "sound_uri"]

_PEAK = 0.9
_MOST_GAIN_DB = 30.0
_MP3_RATES = frozenset({8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000})


def picture_uri(figure: Figure, *, dpi: int = 110) -> str:
    """Return a figure as a WebP picture, a quarter of the size of a PNG where it shows noise."""
    content = io.BytesIO()
    figure.savefig(content, format="webp", dpi=dpi, pil_kwargs={"quality": 82})
    return data_uri("image/webp", content.getvalue())


def sound_uri(samples: NDArray[np.float32], rate: int, gain: float) -> str:
    """Return a sound, shape (n,), made louder by a factor, as a FLAC file."""
    return data_uri("audio/flac", flac_bytes(samples * np.float32(gain), rate))


def short_sound_uri(samples: NDArray[np.float32], rate: int, gain: float) -> str:
    """Return a sound as `sound_uri`, as an MP3 of about a fifth of its size where MP3 has the rate."""
    if rate not in _MP3_RATES or "MP3" not in soundfile.available_formats():  # libsndfile before 1.1
        return sound_uri(samples, rate, gain)
    file = io.BytesIO()
    soundfile.write(file, np.clip(samples * np.float32(gain), -1, 1), rate, format="MP3")
    return data_uri("audio/mpeg", file.getvalue())


def common_gain(sounds: list[NDArray[np.float32]]) -> tuple[float, float]:
    """Return by which factor, and how many dB, sounds can be made louder together: their loudness stays comparable."""
    peak = max(float(np.abs(sound).max()) for sound in sounds)
    gain_db = float(np.clip(20 * np.log10(_PEAK / max(peak, 1e-9)), 0, _MOST_GAIN_DB))
    return 10 ** (gain_db / 20), gain_db
