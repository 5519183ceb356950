"""A model as pieces of a program: transform, front end, pooling, units, detector."""

from __future__ import annotations

import numpy as np

from offkey.errors import ExportError
from offkey.export.c.cut import Cut
from offkey.export.c.detectors import scoring_of
from offkey.export.c.detectors.autoencoder import frames_piece
from offkey.export.c.detectors.scoring import units_piece
from offkey.export.c.front_end import bands_of, transform_piece
from offkey.export.c.pieces import Piece, Table
from offkey.export.c.pooling import pooling_piece
from offkey.features.sequence import Frames
from offkey.learned.autoencoder.detector import Autoencoder
from offkey.model import Model

__all__ = ["program"]


def program(model: Model, cut: Cut, *, int8: bool = False) -> Piece:
    """Return all of a program but its decision; an ExportError says which part of the model cannot go to C.

    `int8`: whether weights of a network have eight bits.
    """
    if isinstance(model.front_end, Frames):
        if not isinstance(model.detector, Autoencoder):
            raise ExportError(
                f"The front end 'frames' goes to C with the detector 'autoencoder' alone, not with "
                f"'{model.detector.name}': fit with --features logmel."
            )
        frames = frames_piece(model, model.front_end, model.detector, cut, int8=int8)
        return Piece.joined([cut.piece(), transform_piece(cut), frames])
    front_end, bands = bands_of(model.front_end, cut.rate)
    scoring = scoring_of(model.detector, int8=int8)
    centre = scoring.centre_of(model.standardiser)
    return Piece.joined(
        [
            cut.piece(),
            transform_piece(cut),
            bands.piece,
            Piece(tables=(Table("centre", centre.astype(np.float32)),)),
            pooling_piece(cut, front_end, bands, centre, centred=model.extractor().centred),
            units_piece(scoring, model.standardiser),
            scoring.piece,
        ]
    )
