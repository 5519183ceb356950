"""A model as pieces of a program: transform, front end, pooling, units, detector."""

from __future__ import annotations

import numpy as np

from offkey.export.c.cut import Cut
from offkey.export.c.detectors import scoring_of
from offkey.export.c.detectors.scoring import units_piece
from offkey.export.c.front_end import bands_of, transform_piece
from offkey.export.c.pieces import Piece, Table
from offkey.export.c.pooling import pooling_piece
from offkey.model import Model

__all__ = ["program"]


def program(model: Model, cut: Cut) -> Piece:
    """Return all of a program but its decision; an ExportError says which part of the model cannot go to C."""
    front_end, bands = bands_of(model.front_end, cut.rate)
    scoring = scoring_of(model.detector)
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
