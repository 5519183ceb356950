"""A model as C: the header, the code with its tables, and a program that replays vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey._version import __version__
from offkey.export.c.cut import Cut
from offkey.export.c.decision import calibration_of, decision_piece
from offkey.export.c.dense import with_int8
from offkey.export.c.pieces import Piece, number, part
from offkey.export.c.program import program
from offkey.export.c.replay import replay_sources
from offkey.model import Model

__all__ = ["c_sources"]

_ORDER = (
    "fft",
    "decibels",
    "spectrum",
    "mel",
    "mean",
    "moments",
    "change",
    "low",
    "level",
    "dot",
    "square_apart",
    "exponential",
    "axes",
    "mahalanobis",
    "mahalanobis_axes",
    "pca_residual",
    "gmm",
    "network",
    "autoencoder",
    "frames",
    "knn",
    "local_density",
    "score",
    "score_of_moves",
    "decision",
    "events",
    "stream",
)
"""Parts of a program in the order in which they use one another."""


def c_sources(
    model: Model,
    calibration: Mapping[str, Any] | None = None,
    *,
    hop_s: float | None = None,
    int8: bool = False,
    clips: Sequence[NDArray[np.int16]] | None = None,
) -> dict[str, str]:
    """Return a model as a program in C99, file by file.

    Parameters
    ----------
    model : Model
        Fitted; a spectrum or log-mel bands pooled by mean, deviation and change.
    calibration : mapping, optional
        Threshold, normal scores, tail and events, as in ``calibration.json``; by default the model's, without events.
    hop_s : float, optional
        Seconds from the start of a window to the start of the next, cut to whole frames; 1 by default.
    int8 : bool, default False
        Whether the weights of an autoencoder have eight bits, with a scale a row, rather than 32; see `with_int8`.
    clips : sequence of ndarray of int16, shape (n,), optional
        Sound at the model's rate that ``replay.c`` replays, each clip at least a window long; noise by default.

    Returns
    -------
    dict of str to str
        The text of ``offkey.h``, ``offkey.c``, ``vectors.h`` and ``replay.c``.

    Raises
    ------
    ExportError
        If a part of the model cannot go to C; the sentence says what would.
    """
    model = with_int8(model) if int8 else model
    cut = Cut.of(model, hop_s)
    told = calibration_of(model) if calibration is None else calibration
    whole = Piece.joined([program(model, cut, int8=int8), decision_piece(told)])
    title = (
        f"Anomalous sound of one machine, by offkey {__version__}: '{model.detector.name}' of '{model.front_end.name}'."
    )
    return {
        "offkey.h": _header(whole, title),
        "offkey.c": _code(whole),
        **replay_sources(model, told, cut, clips),
    }


def _header(whole: Piece, title: str) -> str:
    defines = "\n".join(f"#define OFFKEY_{name} {value}" for name, value in whole.sizes.items())
    members = sorted(whole.state, key=lambda member: -member.alignment)
    state = "\n".join(member.text() for member in members)
    return part("offkey.h").replace("@TITLE@", title).replace("@DEFINES@", defines).replace("@STATE@", state)


def _code(whole: Piece) -> str:
    numbers = "\n".join(
        f"#define {name} {value if isinstance(value, str) else number(value)}" for name, value in whole.numbers.items()
    )
    tables = "\n".join(table.text() for table in whole.tables)
    parts = [part(f"{name}.c", whole.flags) for name in _ORDER if name in {*whole.parts, "stream"}]
    head = '/* Free of licence, see offkey.h. */\n#include <math.h>\n#include <string.h>\n\n#include "offkey.h"\n'
    return "\n".join([head, numbers, "", tables, *parts])
