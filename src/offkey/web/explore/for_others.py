"""The measures of a data set, as files that other programs open.

========================= =======================================================================
file                      content
========================= =======================================================================
``clips.parquet``         one row per clip: `file`, columns of the data set, what was measured, `embedding`
``mean_spectrum.npy``     float32, shape (clips, 128): mean log-mel spectrum in dB; NaN: not measured
``deviation.npy``         float32, shape (clips, 128): standard deviation over time in dB
``bands_hz.npy``          float64, shape (128, 2): lower and upper end of each band
``about.json``            form, data set, folder, rate; written last
========================= =======================================================================

Rows of the arrays are those of the table.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import OffkeyError
from offkey.features.mel import mel_bands_hz
from offkey.files import atomic_binary, atomic_text
from offkey.web.explore.catalogue import Catalogue
from offkey.web.explore.measures import N_BANDS

__all__ = ["is_written", "write_for_others"]

_FORM = 3
_ABOUT = "about.json"


def is_written(folder: Path) -> bool:
    """Tell whether the files are there, in today's form."""
    try:
        return bool(json.loads((folder / _ABOUT).read_text(encoding="utf-8"))["form"] == _FORM)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def write_for_others(folder: Path, catalogue: Catalogue) -> None:
    """Write the files."""
    try:
        (folder / _ABOUT).unlink(missing_ok=True)  # whoever reads meanwhile must not mix old and new
    except OSError as error:
        raise OffkeyError(f"{folder / _ABOUT} cannot be written: {error.strerror or error}.") from error
    with atomic_binary(folder / "clips.parquet") as file:
        catalogue.table().write_parquet(file)
    arrays: dict[str, NDArray[Any]] = {
        "mean_spectrum": catalogue.mean,
        "deviation": catalogue.deviation,
        "bands_hz": mel_bands_hz(catalogue.rate, N_BANDS),
    }
    for name, array in arrays.items():
        with atomic_binary(folder / f"{name}.npy") as file:
            np.save(file, array, allow_pickle=False)
    library = catalogue.library
    about = {"form": _FORM, "dataset": library.dataset, "root": str(library.root), "rate": catalogue.rate}
    with atomic_text(folder / _ABOUT) as text:
        json.dump(about, text, indent=1, ensure_ascii=False)
