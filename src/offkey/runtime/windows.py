"""Sound cut into windows as it comes, in bounded memory, as offkey cuts recordings and streams."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .gate import Samples

__all__ = ["Windows"]


class Windows:
    """Windows of one length, one each `hop` samples; how the sound is divided into blocks changes nothing.

    Parameters
    ----------
    length, hop : int
        Of a window, and from the start of one to the start of the next, in samples.
    """

    def __init__(self, length: int, hop: int) -> None:
        self._length, self._hop = length, hop
        self._buffer = np.empty(2 * length, np.float32)  # twice a window, so that samples are seldom moved
        self._fill = 0  # samples that it holds, the newest of the sound
        self._end = 0  # the sample with which they end
        self._start = 0  # where the next window starts
        self._last_end = 0  # where the last window ended

    @property
    def end(self) -> int:
        """Samples that came so far."""
        return self._end

    def feed(self, block: Samples) -> Iterator[tuple[int, Samples]]:
        """Take the next block, and give each window that is whole, with the number of its first sample.

        Parameters
        ----------
        block : ndarray of float32, shape (n,)
            Any number of samples.

        Yields
        ------
        tuple of int and ndarray of float32
            The window is overwritten when the next one is asked for.
        """
        while len(block):
            missing = self._start + self._length - self._end  # up to the end of the next window
            piece, block = block[:missing], block[missing:]
            self._append(piece)
            if self._end == self._start + self._length:
                start, self._last_end = self._start, self._end
                self._start += self._hop
                yield start, self._newest()

    def rest(self) -> tuple[int, Samples] | None:
        """Return the window that ends with the sound, where samples came after the last one; None where none did.

        Windows that do not adjoin leave sound out, which is left out at the end, too.
        """
        if self._end < self._length or self._last_end == self._end or self._hop > self._length:
            return None
        return self._end - self._length, self._newest()

    def _newest(self) -> Samples:
        return self._buffer[self._fill - self._length : self._fill]

    def _append(self, piece: Samples) -> None:
        """Hold the newest samples, at least as many as a window has."""
        self._end += len(piece)
        piece = piece[-self._length :]
        if self._fill + len(piece) > len(self._buffer):
            keep = self._length - len(piece)
            self._buffer[:keep] = self._buffer[self._fill - keep : self._fill]
            self._fill = keep
        self._buffer[self._fill : self._fill + len(piece)] = piece
        self._fill += len(piece)
