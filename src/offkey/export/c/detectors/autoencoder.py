"""Autoencoder in C: over frames, or over the features of a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offkey.errors import ExportError
from offkey.export.c.cut import Cut
from offkey.export.c.dense import Dense, dense_layers
from offkey.export.c.detectors.scoring import Scoring
from offkey.export.c.front_end import frames_bands
from offkey.export.c.pieces import Member, Piece, Table
from offkey.features.sequence import Frames
from offkey.graph import rounded
from offkey.learned.autoencoder.detector import Autoencoder
from offkey.model import Model

__all__ = ["autoencoder", "frames_piece"]


@dataclass(frozen=True)
class _Layers:
    """The table of the layers, which points to the tables of their numbers."""

    layers: list[Dense]
    int8: bool
    name: str = "layers"

    @property
    def size(self) -> int:
        """Bytes of it."""
        return len(self.layers) * (20 if self.int8 else 16)

    def text(self) -> str:
        """Return its definition."""
        kind, scales = ("int8_t", "    const float *scales;\n") if self.int8 else ("float", "")
        rows = [
            f"    {{weights_{k}, {f'scales_{k}, ' if self.int8 else ''}biases_{k}, {one.weights.shape[1]}, "
            f"{len(one.weights)}, {int(one.rectifies)}}},"
            for k, one in enumerate(self.layers)
        ]
        return (
            f"typedef {kind} weight;\n\ntypedef struct {{\n    const weight *weights;\n{scales}"
            "    const float *biases;\n    uint16_t inputs, outputs;\n    uint8_t rectifies;\n} layer;\n\n"
            f"static const layer layers[{len(rows)}] = {{\n" + "\n".join(rows) + "\n};\n"
        )


def autoencoder(detector: Autoencoder, *, int8: bool = False) -> Scoring:
    """Return the error by which the features of a window are reconstructed."""
    piece = Piece.joined([_network(detector, int8=int8), Piece(("autoencoder",))])
    return Scoring(piece, detector.mean_.astype(np.float64), np.zeros((1, detector.n_features_)), detector.scale_)


def frames_piece(model: Model, front_end: Frames, detector: Autoencoder, cut: Cut, *, int8: bool) -> Piece:
    """Return front end and detector of a model whose network takes a few frames at a time.

    An ExportError says which of them cannot go to C.
    """
    if model.standardiser is not None:
        raise ExportError(
            "A model of 'frames' that was recalibrated cannot go to C, since each frame of a window was moved by "
            "itself: export the model as it was before."
        )
    bands, context = frames_bands(front_end, cut), detector.context
    network, inputs = _network(detector, int8=int8), cut.frames - detector.context + 1
    blocks, size = inputs // cut.block, context * bands.count
    if network.sizes["INPUTS"] != size:
        raise ExportError(
            f"An autoencoder of windows of fewer frames than its context of {context} cannot go to C: fit with "
            f"--detector-param context={cut.frames}, or on longer clips."
        )
    state = [
        Member("in_block", "uint16_t", "errors of the newest block"),
        Member("n_frames", "uint16_t", "frames so far, up to those of an input"),
        Member("inputs", "float", "the newest frames in units of their spread", ("OFFKEY_INPUTS",), size),
        Member("error", "float", "sum of the errors of the newest block"),
    ]
    if blocks:
        state += [
            Member("slot", "uint16_t", "the oldest of the errors"),
            Member("errors", "float", "sums of the errors of earlier blocks", ("OFFKEY_BLOCKS",), blocks),
        ]
    tables = (
        Table("centre", detector.mean_.astype(np.float32)),
        Table("units", (1 / detector.scale_.astype(np.float64)).astype(np.float32)),
    )
    frames = Piece(
        ("frames",),
        {"CONTEXT": context, "BLOCKS": blocks},
        {"UNIT(i)": "units[i]", "N_INPUTS": inputs},
        tables,
        tuple(state),
        frozenset({"frames", *(["blocks"] if blocks else [])}),
    )
    return Piece.joined([bands.piece, network, frames])


def _network(detector: Autoencoder, *, int8: bool) -> Piece:
    if detector.distance != "mse":
        raise ExportError(
            f"The distance '{detector.distance}' of the autoencoder cannot go to C: fit with --detector-param "
            "distance=mse."
        )
    layers = dense_layers(detector)
    tables: list[Table] = []
    for k, one in enumerate(layers):
        if int8:
            whole, scales = rounded(one.weights, 0)
            tables += [Table(f"weights_{k}", whole.reshape(-1), "int8_t"), Table(f"scales_{k}", scales)]
        else:
            tables.append(Table(f"weights_{k}", one.weights.reshape(-1)))
        tables.append(Table(f"biases_{k}", one.biases))
    widest = max(len(one.weights) for one in layers[:-1])
    hidden = Member("hidden", "float", "outputs of two layers of the network", ("2", "OFFKEY_WIDEST"), 2 * widest)
    return Piece(
        ("network",),
        {"INPUTS": layers[0].weights.shape[1], "WIDEST": widest},
        {"N_LAYERS": len(layers)},
        (*tables, _Layers(layers, int8)),
        (hidden,),
        frozenset({"int8"} if int8 else ()),
    )
