"""What was measured, kept in a folder that other programs open as well.

========================= =======================================================================
file                      content
========================= =======================================================================
``clips.parquet``         a row a clip: `file`, columns of the data set, what was measured, `embedding`
``mean_spectrum.npy``     float32, shape (clips, 128): mean log-mel spectrum in dB; NaN: not measured
``deviation.npy``         float32, shape (clips, 128): standard deviation over time in dB
``bands_hz.npy``          float64, shape (128, 2): lower and upper end of each band
``about.json``            form, data set, folder, rate, a digest of the clips, seals of the files; written last
========================= =======================================================================

Rows of the arrays are those of the table. A clip that changed since (size or time of change) is measured again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import polars as pl
from numpy.typing import NDArray

from offkey.errors import OffkeyError
from offkey.features.mel import mel_bands_hz
from offkey.files import atomic_binary, atomic_text
from offkey.web.explore.measures import N_BANDS
from offkey.work.seals import seal_of

__all__ = ["Cache", "Kept", "default_folder"]

_FORM = 2
_MEASURED = ("clips.parquet", "mean_spectrum.npy", "deviation.npy")


@dataclass(frozen=True)
class Kept:
    """What a cache holds.

    Parameters
    ----------
    table : polars.DataFrame
        A row a clip.
    mean, deviation : ndarray of float32, shape (clips, N_BANDS)
        Spectra.
    rate : int
        Sampling rate in Hz at which they were taken.
    """

    table: pl.DataFrame
    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    rate: int


class Cache:
    """A folder with what was measured of one data set.

    Parameters
    ----------
    folder : Path
        It is made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self) -> Kept | None:
        """Return what is kept; None if that is nothing, damaged, or of a later offkey."""
        try:
            about = json.loads((self.folder / "about.json").read_text(encoding="utf-8"))
            held = {name: (self.folder / name).read_bytes() for name in _MEASURED}
            if about["form"] != _FORM or about["seals"] != _seals(about["clips"], held):
                return None
            table = pl.read_parquet(io.BytesIO(held["clips.parquet"]))
            mean, deviation = (np.load(io.BytesIO(held[name]), allow_pickle=False) for name in _MEASURED[1:])
            whole = about["clips"] == clips_digest(table["id"].to_list())
            if not whole or mean.shape != (len(table), N_BANDS) or deviation.shape != mean.shape:
                return None
            return Kept(table, mean, deviation, int(about["rate"]))
        except (OSError, ValueError, KeyError, TypeError, EOFError, RecursionError, pl.exceptions.PolarsError):
            return None

    def save(self, kept: Kept, *, dataset: str, root: Path) -> None:
        """Write what was measured.

        Parameters
        ----------
        kept : Kept
            All of it.
        dataset : str
            Name of the data set's layout.
        root : Path
            Its folder.

        Raises
        ------
        OffkeyError
            If a file cannot be written.
        """
        about: dict[str, Any] = {
            "form": _FORM,
            "dataset": dataset,
            "root": str(root),
            "rate": kept.rate,
            "clips": clips_digest(kept.table["id"].to_list()),
        }
        held = _measured(kept)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "about.json").unlink(missing_ok=True)  # whoever reads meanwhile must not mix old and new
        except OSError as error:
            raise OffkeyError(
                f"The cache {self.folder} cannot be written: {error.strerror or error}; see --cache."
            ) from error
        for name, content in held.items():
            with atomic_binary(self.folder / name) as file:
                file.write(content)
        about["seals"] = _seals(about["clips"], {name: held[name] for name in _MEASURED})
        with atomic_text(self.folder / "about.json") as text:
            json.dump(about, text, indent=1, ensure_ascii=False)

    def read_json(self, name: str) -> Any:
        """Return the content of a JSON file, None if there is none, or it is not as it was written."""
        try:
            kept = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
            return kept["content"] if kept["seal"] == _seal(name, kept["content"]) else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def write_json(self, name: str, content: Any) -> None:
        """Write a JSON file."""
        try:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OffkeyError(
                f"The cache {self.folder} cannot be written: {error.strerror or error}; see --cache."
            ) from error
        with atomic_text(self.folder / f"{name}.json") as file:
            json.dump({"seal": _seal(name, content), "content": content}, file)


def clips_digest(ids: Sequence[str]) -> str:
    """Return what tells one list of clips from another."""
    return hashlib.blake2b("\n".join(ids).encode(), digest_size=16).hexdigest()


def _measured(kept: Kept) -> dict[str, bytes]:
    """Return the files of what was measured."""
    table = io.BytesIO()
    kept.table.write_parquet(table)
    held = {"clips.parquet": table.getvalue()}
    arrays: dict[str, NDArray[Any]] = {
        "mean_spectrum": kept.mean,
        "deviation": kept.deviation,
        "bands_hz": mel_bands_hz(kept.rate, N_BANDS),
    }
    for name, array in arrays.items():
        file = io.BytesIO()
        np.save(file, array, allow_pickle=False)
        held[f"{name}.npy"] = file.getvalue()
    return held


def _seals(clips: str, held: Mapping[str, bytes]) -> dict[str, str]:
    return {name: seal_of(clips, name, content).hex() for name, content in held.items()}


def _seal(name: str, content: Any) -> str:
    return seal_of(name, json.dumps(content)).hex()


def default_folder(dataset: str, root: Path) -> Path:
    """Return the cache's folder of a data set in the user's own cache folder.

    Parameters
    ----------
    dataset : str
        Name of its layout.
    root : Path
        Its folder.

    Returns
    -------
    Path
        ``~/.cache/offkey/explore/...`` on Linux (``$XDG_CACHE_HOME`` is kept to), ``~/Library/Caches`` on
        macOS, ``%LOCALAPPDATA%`` on Windows.
    """
    base = platformdirs.user_cache_path("offkey", appauthor=False, opinion=False)
    digest = hashlib.blake2b(f"{dataset}\n{os.fsencode(root)!r}".encode(), digest_size=8).hexdigest()
    return base / "explore" / f"{root.name or 'root'}-{digest}"
