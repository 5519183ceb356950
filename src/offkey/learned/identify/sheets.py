"""Pictures of single clips in the report: examples of each type, and predictions with the truth."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey.errors import check_installed
from offkey.hearing.extractor import Extractor
from offkey.hearing.windows import Windowing
from offkey.learned.identify.clips import TypedClip
from offkey.learned.identify.fitting import Learnt
from offkey.learned.identify.identifier import UNKNOWN
from offkey.learned.identify.image import LogMelImage
from offkey.pages import data_uri

__all__ = ["Prediction", "Tile", "examples", "predictions", "spectrograms"]

_N_MELS, _N_COLUMNS = 64, 155


@dataclass(frozen=True)
class Tile:
    """A clip on a sheet."""

    name: str  # file with its folder
    ident: str  # machine id, or ""
    picture: str  # spectrogram, PNG as data URI


@dataclass(frozen=True)
class Prediction:
    """A held-out clip and its prediction."""

    tile: Tile
    truth: str
    called: str
    likeliest: str  # also where it was called unknown
    confidence: float  # calibrated probability of the likeliest type


def examples(learnt: Learnt, most: int = 4) -> dict[str, list[Tile]]:
    """Return training clips of each type, spread evenly over its machines and over time."""
    chosen = {}
    for name in learnt.identifier.types:
        own = [clip for clip in dict.fromkeys(learnt.train_clips) if clip.machine_type == name]
        own.sort(key=lambda clip: (clip.ident or "", str(clip.path)))
        chosen[name] = [own[number] for number in _spread(len(own), most)]
    tiles = iter(_tiles(learnt, [clip for clips in chosen.values() for clip in clips]))
    return {name: [next(tiles) for _ in clips] for name, clips in chosen.items()}


def predictions(learnt: Learnt, most: int = 16) -> list[Prediction]:
    """Return held-out clips: the surest mistakes, up to half of the sheet, then others spread evenly over the types."""
    judged, types = learnt.identifier.model.judge(learnt.held_out.X), learnt.identifier.types
    confidence, likeliest, y = judged.probabilities.max(axis=1), judged.likeliest, learnt.held_out.y
    wrong = np.flatnonzero(likeliest != y)
    wrong = wrong[np.argsort(-confidence[wrong], kind="stable")][: most // 2]
    others = np.flatnonzero(likeliest == y)
    others = others[_spread(len(others), most - len(wrong))]
    rows = [*wrong.tolist(), *others.tolist()]
    tiles = _tiles(learnt, [learnt.held_out_clips[row] for row in rows])
    return [
        Prediction(
            tile,
            types[y[row]],
            UNKNOWN if judged.unknown[row] else types[likeliest[row]],
            types[likeliest[row]],
            float(confidence[row]),
        )
        for tile, row in zip(tiles, rows, strict=True)
    ]


def spectrograms(paths: Sequence[Path], rate: int, channel: int | str) -> list[str]:
    """Return the spectrogram of each clip, 10 s at most, as a PNG image in a data URI."""
    front_end = LogMelImage(n_mels=_N_MELS, n_columns=_N_COLUMNS, normalisation="none")
    features = Extractor(front_end, rate, channel, Windowing()).extract_all(paths)
    vectors = (clip.vectors[0] for clip in features)
    return [_png(vector.reshape(_N_MELS, _N_COLUMNS)) for vector in vectors]


def _tiles(learnt: Learnt, clips: Sequence[TypedClip]) -> list[Tile]:
    identifier = learnt.identifier
    pictures = spectrograms([clip.path for clip in clips], identifier.rate, identifier.channel)
    names = ["/".join(clip.path.parts[-2:]) for clip in clips]
    idents = [clip.ident or "" for clip in clips]
    return [Tile(*parts) for parts in zip(names, idents, pictures, strict=True)]


def _png(levels: NDArray[np.float32]) -> str:
    check_installed("pictures", "A picture", "matplotlib")
    from matplotlib.image import imsave

    low, high = np.percentile(levels, [2, 99.8])
    content = io.BytesIO()
    imsave(content, levels, vmin=low, vmax=max(high, low + 1), cmap="magma", origin="lower", format="png")
    return data_uri("image/png", content.getvalue())


def _spread(n: int, most: int) -> list[int]:
    """Return up to `most` numbers below n, spread evenly."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int)).tolist() if n else []
