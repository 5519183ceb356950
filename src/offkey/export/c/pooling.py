"""Levels of frames to features of windows in C, by sums over blocks of frames that windows share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.export.c.cut import Cut
from offkey.export.c.front_end import Bands
from offkey.export.c.pieces import Member, Piece
from offkey.features.logmel import LogMel
from offkey.features.spectrum import Spectrum

__all__ = ["pooling_piece"]

_BANDS = "OFFKEY_BANDS"


def pooling_piece(
    cut: Cut, front_end: Spectrum | LogMel, bands: Bands, centre: NDArray[np.float64], *, centred: bool
) -> Piece:
    """Return what pools the levels of frames.

    `centre`: shape (n_features,); what features are less.
    `centred`: whether the mean of a window is taken away.
    """
    pieces = [_moments(cut, bands.count) if front_end.deviation else _mean(cut, bands.count)]
    if front_end.change:
        pieces.append(_change(cut, bands.count, at=bands.count * (1 + front_end.deviation)))
    if bands.low and centred:
        pieces.append(_low(cut, bands))
    if front_end.normalisation == "clip-level":
        usual = {"USUAL_LEVEL": float(centre[: bands.count].mean())}
        pieces.append(Piece(("level",), numbers=usual, flags=frozenset({"level"})))
    return Piece.joined(pieces)


def _mean(cut: Cut, bands: int) -> Piece:
    blocks = cut.frames // cut.block
    state = [
        Member("in_block", "uint16_t", "frames of the newest block"),
        Member("sum", "float", "sums of its levels", (_BANDS,), bands),
    ]
    if blocks:
        state += [
            _slot("slot", "means"),
            _ring("sums", "sums of the levels of earlier blocks", "BLOCKS", blocks, bands),
        ]
    return Piece(("mean",), {"BLOCKS": blocks}, state=tuple(state), flags=_flags("levels", blocks=blocks))


def _moments(cut: Cut, bands: int) -> Piece:
    blocks = cut.frames // cut.block
    state = [
        Member("in_block", "uint16_t", "frames of the newest block"),
        Member("begin", "float", "levels of its first frame", (_BANDS,), bands),
        Member("sum", "float", "sums of what its levels are beside these", (_BANDS,), bands),
        Member("square", "float", "sums of their squares", (_BANDS,), bands),
    ]
    if blocks:
        state += [
            _slot("slot", "means"),
            _ring("means", "mean levels of earlier blocks", "BLOCKS", blocks, bands),
            _ring("squares", "sums of squares about them", "BLOCKS", blocks, bands),
        ]
    flags = _flags("levels", "deviation", blocks=blocks)
    return Piece(("moments",), {"BLOCKS": blocks}, state=tuple(state), flags=flags)


def _change(cut: Cut, bands: int, *, at: int) -> Piece:
    """Return the differences from frame to frame, of which a window has one less than frames."""
    changes = cut.frames - 1
    blocks = changes // cut.block
    state = [
        Member("has_before", "uint8_t", "whether there was a frame before"),
        Member("in_change", "uint16_t", "differences of the newest block"),
        Member("before", "float", "levels of the frame before", (_BANDS,), bands),
        Member("change", "float", "sums of differences to the next frame", (_BANDS,), bands),
    ]
    if blocks:
        ring = _ring("changes", "sums of differences of earlier blocks", "CHANGE_BLOCKS", blocks, bands)
        state += [_slot("change_slot", "changes"), ring]
    numbers = {"CHANGE_AT": at, "CHANGES": max(1, changes)}
    return Piece(
        ("change",),
        {"CHANGE_BLOCKS": blocks},
        numbers,
        state=tuple(state),
        flags=_flags("change", change_blocks=blocks),
    )


def _low(cut: Cut, bands: Bands) -> Piece:
    """Return the bins that the mean of a window is in: three numbers of each frame wait for it."""
    blocks = cut.window // cut.hop
    state = [
        Member("total", "int64_t", "sum of the samples of the newest hop"),
        Member("in_total", "uint32_t", "number of these samples"),
        Member("low_at", "uint16_t", "place of the next frame"),
        Member("low", "float", "amplitudes of the two lowest bins", ("OFFKEY_FRAMES", "3"), 3 * cut.frames),
    ]
    if blocks:
        state += [
            _slot("total_slot", "totals"),
            Member("totals", "int64_t", "sums of the samples of earlier hops", ("OFFKEY_TOTAL_BLOCKS",), blocks),
        ]
    numbers = {"FIRST_LOW": min(bands.low), "N_LOW": len(bands.low)}
    flags = _flags("low", total_blocks=blocks)
    return Piece(("low",), {"TOTAL_BLOCKS": blocks}, numbers, state=tuple(state), flags=flags)


def _slot(name: str, ring: str) -> Member:
    return Member(name, "uint16_t", f"the oldest of the {ring}")


def _ring(name: str, note: str, blocks: str, count: int, bands: int) -> Member:
    return Member(name, "float", note, (f"OFFKEY_{blocks}", _BANDS), count * bands)


def _flags(*names: str, **counts: int) -> frozenset[str]:
    return frozenset({*names, *(name for name, count in counts.items() if count)})
