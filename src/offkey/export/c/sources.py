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
from offkey.export.c.pieces import Piece, number, part, shared
from offkey.export.c.program import program
from offkey.export.c.replay import replay_sources
from offkey.export.c.sizes import Sizes, check_room, sizes_of
from offkey.features.spectrum import Spectrum
from offkey.learned.autoencoder.detector import Autoencoder
from offkey.model import Model

__all__ = ["c_sources", "sizes"]

_ORDER = (
    "powers_of_two",
    "odd_factors",
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
    "fused",
    "score",
    "score_of_moves",
    "decision",
    "events",
    "stream",
)
"""Parts of a program in the order in which they use one another."""
_HOPS_S = (2, 5, 10)
"""Seconds from window to window that are tried where memory does not suffice."""


def c_sources(
    model: Model,
    calibration: Mapping[str, Any] | None = None,
    *,
    hop_s: float | None = None,
    int8: bool = False,
    clips: Sequence[NDArray[np.int16]] | None = None,
    flash: int | None = None,
    ram: int | None = None,
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
    flash, ram : int, optional
        Bytes that there are for the program, and for what it remembers; by default nothing is refused.

    Returns
    -------
    dict of str to str
        The text of ``offkey.h``, ``offkey.c``, ``vectors.h`` and ``replay.c``.

    Raises
    ------
    ExportError
        If a part of the model cannot go to C, or the program does not fit; the sentence says what would.
    """
    model = with_int8(model) if int8 else model
    cut = Cut.of(model, hop_s)
    decision = calibration_of(model) if calibration is None else calibration
    whole = _whole(model, decision, cut, int8=int8)
    if flash is not None or ram is not None:
        check_room(sizes_of(whole), _remedies(model, decision, cut, int8=int8), _names(model), flash=flash, ram=ram)
    title = (
        f"Anomalous sound of one machine, by offkey {__version__}: '{model.detector.name}' of '{model.front_end.name}'."
    )
    return {
        "offkey.h": _header(whole, title),
        "offkey.c": _code(whole),
        **replay_sources(model, decision, cut, clips),
    }


def sizes(
    model: Model,
    calibration: Mapping[str, Any] | None = None,
    *,
    hop_s: float | None = None,
    int8: bool = False,
) -> Sizes:
    """Return the flash and the memory that a model takes in C.

    Parameters
    ----------
    model, calibration, hop_s, int8
        As of `c_sources`.

    Returns
    -------
    Sizes
        Of a controller with pointers of 32 bits.

    Raises
    ------
    ExportError
        If a part of the model cannot go to C.
    """
    decision = calibration_of(model) if calibration is None else calibration
    return sizes_of(_whole(with_int8(model) if int8 else model, decision, Cut.of(model, hop_s), int8=int8))


def _whole(model: Model, calibration: Mapping[str, Any], cut: Cut, *, int8: bool) -> Piece:
    return shared(Piece.joined([program(model, cut, int8=int8), decision_piece(calibration)]))


def _remedies(model: Model, calibration: Mapping[str, Any], cut: Cut, *, int8: bool) -> dict[str, Sizes]:
    """Return the sizes of programs of the same model that need less, by what would make them."""
    found = {}
    if isinstance(model.detector, Autoencoder) and not int8:
        found["with weights of eight bits (--int8)"] = sizes_of(_whole(model, calibration, cut, int8=True))
    for hop_s in _HOPS_S:
        if cut.hop < round(hop_s * cut.rate) <= cut.window:
            later = sizes_of(_whole(model, calibration, Cut.of(model, hop_s), int8=int8))
            found[f"with a window every {hop_s} s (--hop {hop_s})"] = later
    return found


def _names(model: Model) -> dict[str, str]:
    """Return by what a user asks for less of a model."""
    few = "with at most {0} clips remembered (--memory {0})"
    layers = "with layers of at most {0} (--detector-param widths=[{0},{0},{0},{0}])"
    is_spectrum = isinstance(model.front_end, Spectrum)
    bins, bands = "on {0} bins (--features-param keep=[2,3,...])", "on {0} bands (--features-param n_mels={0})"
    return {"clips": few, "widths": f"fitted {layers}", "bands": f"fitted {bins if is_spectrum else bands}"}


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
