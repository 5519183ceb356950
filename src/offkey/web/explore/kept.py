"""The measures of clips, as a store keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from offkey.web.explore.measures import FACTS, N_BANDS
from offkey.work.keyed_store import KEY

__all__ = ["MEASURED", "Kept", "measured_table"]

_SPECTRUM = pl.Array(pl.Float32, N_BANDS)

MEASURED: dict[str, Any] = {
    "clip": pl.String,
    **FACTS,
    "spectrum_rate": pl.Int64,
    "mean_spectrum": _SPECTRUM,
    "deviation": _SPECTRUM,
}
"""The columns: clip and its state, facts, sampling rate in Hz at which the spectra were taken, and the spectra."""


@dataclass(frozen=True)
class Kept:
    """Kept measurements: the columns of `MEASURED`, one row per clip, state and rate; spectra of shape (n, N_BANDS)."""

    table: pl.DataFrame
    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]

    @classmethod
    def of(cls, tables: Iterable[pl.DataFrame]) -> Kept:
        """Join the parts of a store."""
        whole = pl.concat([pl.DataFrame(schema={KEY: pl.String, **MEASURED}), *tables])
        spectra = (whole[name].to_numpy().reshape(-1, N_BANDS) for name in ("mean_spectrum", "deviation"))
        return cls(whole.drop(KEY, "mean_spectrum", "deviation"), *spectra)

    def rates(self) -> dict[str, int | None]:
        """Return the sampling rate of each clip; None where it could not be read."""
        return dict(self.table.select("clip", "rate").rows())

    def places(self, rate: int) -> dict[str, int]:
        """Return the row of each clip whose spectra were taken at a rate."""
        taken = enumerate(self.table.select("clip", "spectrum_rate").rows())
        return {clip: at for at, (clip, spectrum_rate) in taken if spectrum_rate == rate}


def measured_table(
    clips: Sequence[str],
    facts: Sequence[Mapping[str, Any]],
    mean: NDArray[np.float32],
    deviation: NDArray[np.float32],
    rate: int,
) -> pl.DataFrame:
    """Return the measurements of clips at a rate, as a part of a store."""
    columns: dict[str, Any] = {name: [facts_of_clip.get(name) for facts_of_clip in facts] for name in FACTS}
    columns |= {KEY: [f"{clip}|{rate}" for clip in clips], "clip": clips, "spectrum_rate": [rate] * len(clips)}
    columns |= {"mean_spectrum": mean, "deviation": deviation}
    schema = {KEY: pl.String, **MEASURED}
    return pl.DataFrame({name: columns[name] for name in schema}, schema=schema)
