"""The normal clips that a model keeps for explanations: levels of bands, timbre, and the sound of some."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from offkey.components import Kind, Learnt, Numbers, check_forms
from offkey.errors import ModelFileError, ParameterError
from offkey.features.frames import frame_sizes
from offkey.features.mel import log_mel

__all__ = ["AT", "Reference", "band_count", "flac_bytes", "levels_of", "profile"]

AT = (1 - np.cos(np.pi * np.linspace(0, 1, 17))) / 2
"""Places of the quantiles of a profile: from the minimum to the maximum, dense at both ends."""

_FLOOR_DB = -120.0
_MOST_SAMPLES = 2**25  # of a sound that is kept
_BINS_A_BAND = 4


@dataclass(frozen=True)
class Reference:
    """The sound of some of the normal clips that a model was fitted on, one row per clip.

    `scale`: shape (n_features,); standard deviation of each feature, in units of which clips are near to each other or
        far.
    `profiles`: shape (n_clips, n_quantiles, n_bands); quantiles (`AT`) over time of the level of each band, in dB.
    `sounds`: of the clips that were kept, by number of the row: the sound as the model hears it, a FLAC file.
    """

    names: list[str]
    spans_s: NDArray[np.float64]  # shape (n_clips, 2); where each clip lies in its recording, in seconds
    vectors: NDArray[np.float32]  # shape (n_clips, n_features); their features
    scale: NDArray[np.float32]
    profiles: NDArray[np.float16]
    timbre: NDArray[np.float64]  # shape (n_clips, n_measures); the measures of `offkey.features.timbre`
    sounds: dict[str, NDArray[np.uint8]] = field(default_factory=dict)

    def nearest(self, vector: NDArray[np.float32]) -> tuple[int, float]:
        """Return the row that is nearest to some features, among those with sound where there are such.

        `vector`: shape (n_features,).
        Returns `distance`: median over the features of the difference in standard deviations, which does not mind a
            fault in fewer than half of them.
        """
        away = np.median(np.abs(self.vectors - vector) / self.scale, axis=1)
        rows = [int(row) for row in self.sounds] or list(range(len(away)))
        row = min(rows, key=lambda row: float(away[row]))
        return row, float(away[row])

    def alike(self, levels: NDArray[np.float32], n: int) -> list[int]:
        """Return the rows whose profiles are most alike to a clip's levels in most of its bands.

        The median over the bands does not mind a fault in fewer than half of them.
        """
        away = np.abs(self.profiles.astype(np.float32) - profile(levels)).mean(axis=1)
        return [int(row) for row in np.argsort(np.median(away, axis=1), kind="stable")[:n]]

    def sound(self, row: int) -> NDArray[np.float32] | None:
        """Return the sound of a row, shape (n,), at the model's rate; None if it was not kept."""
        import soundfile

        kept = self.sounds.get(str(row))
        if kept is None:
            return None
        try:
            with soundfile.SoundFile(io.BytesIO(kept.tobytes())) as file:
                samples: NDArray[np.float32] = file.read(_MOST_SAMPLES, dtype="float32")
        except (soundfile.LibsndfileError, ValueError, OverflowError) as error:
            what = f"The sound of {self.names[row]} that the model keeps"
            raise ModelFileError(f"{what} is damaged ({error}): fit it again or copy it again.") from error
        return samples

    def check(self, n_features: int, rate: int) -> None:
        """Check what was read from a file; a ParameterError names the first part that does not fit.

        `rate`: sampling rate in Hz of the model.
        """
        from offkey.features.timbre import MEASURES

        bands, measures = band_count(rate), len(MEASURES)
        sizes = {"clips": len(self.names), "features": n_features, "bands": bands, "measures": measures}
        check_forms("What is kept of the normal clips", _FORMS, self, sizes)
        for row, sound in self.sounds.items():
            if not (
                row.isascii()
                and row.isdecimal()
                and int(row) < len(self.names)
                and sound.dtype == np.uint8
                and sound.ndim == 1
            ):
                raise ParameterError(f"What is kept of the normal clips is damaged: there is no sound {row[:20]!r}.")


_FORMS: dict[str, Learnt] = {
    "names": Kind(list),
    "spans_s": Numbers("clips 2", finite=False),
    "vectors": Numbers("clips features"),
    "scale": Numbers("features", positive=True),
    "profiles": Numbers(f"clips {len(AT)} bands"),
    "timbre": Numbers("clips measures", finite=False),
    "sounds": Kind(dict, empty=True),
}


def band_count(rate: int) -> int:
    """Return the number of mel bands in which a sound of this rate in Hz is looked at: 128 from 16 kHz on."""
    return min(128, (frame_sizes(rate)[0] // 2 + 1) // _BINS_A_BAND)


def levels_of(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return the log-mel spectrogram in which sounds are compared, in dB, shape (n_bands, n_frames)."""
    return log_mel(samples, rate, n_mels=band_count(rate), floor_db=_FLOOR_DB)


def profile(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the quantiles over time (`AT`) of each band of a clip, shape (n_quantiles, n_bands)."""
    return np.quantile(levels, AT, axis=1).astype(np.float32)


def flac_bytes(samples: NDArray[np.float32], rate: int) -> bytes:
    """Return a sound, shape (n,), as a FLAC file of 16 bits; what exceeds full scale is clipped."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.clip(samples, -1, 1), rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()
