"""Levels of frames to features of windows in C, by sums over blocks of frames that windows share."""

from __future__ import annotations

from offkey.export.c.cut import Cut
from offkey.export.c.pieces import Member, Piece

__all__ = ["pooling_piece"]


def pooling_piece(cut: Cut, bands: int) -> Piece:
    """Return what pools so many levels of a frame."""
    blocks = cut.frames // cut.block
    state = [
        Member("in_block", "uint16_t", "frames of the newest block"),
        Member("sum", "float", "sums of its levels", ("OFFKEY_BANDS",), bands),
    ]
    if blocks:
        state += [
            Member("slot", "uint16_t", "the oldest of the blocks before"),
            Member("sums", "float", "sums of theirs", ("OFFKEY_BLOCKS", "OFFKEY_BANDS"), blocks * bands),
        ]
    flags = {"levels"} | ({"blocks"} if blocks else set())
    return Piece(("mean",), {"BLOCKS": blocks}, state=tuple(state), flags=frozenset(flags))
