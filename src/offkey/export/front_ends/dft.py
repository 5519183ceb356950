"""The discrete Fourier transform as two matrix products with small weights.

It is taken in double precision. In single precision, matrix products round about twice as much as the fast transform
that Python uses, which shows in bands that lie 70 dB below others; in double precision a vector differs from that of
Python by the rounding of Python alone. A window of 10 s at 16 kHz takes a millisecond more for it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ExportError
from offkey.graph import Builder

__all__ = ["Parts", "cut", "power_spectra", "spectra"]

_MOST = 2048  # numbers in the longer transform: its matrix then takes 34 MB

Floats = NDArray[np.float64]


class Parts(NamedTuple):
    """A length as a product of two: `many` transforms of `few` numbers' places, then `few` of what they give.

    A number n of a row is ``few * m + l``; a frequency k is ``a + many * c``; half of the a suffice for a real row.
    """

    many: int
    few: int

    @property
    def half(self) -> int:
        """Number of frequencies of the first transform that are worked out; the others are their mirror images."""
        return self.many // 2 + 1

    @property
    def places(self) -> NDArray[np.int64]:
        """The place of each frequency, 0 to half the length, in what `spectra` gives."""
        n = self.many * self.few
        k = np.arange(n // 2 + 1)
        k = np.where(k % self.many < self.half, k, n - k)
        return k % self.many * self.few + k // self.many


def cut(length: int) -> Parts:
    """Return the two factors of a length that take the fewest products and weights."""

    def cost(parts: Parts) -> int:
        first = 2 * parts.many * parts.half
        second = (2 * parts.few) ** 2 if parts.few > 1 else 0
        return parts.few * first + parts.half * second + first + second

    factors = [Parts(length // few, few) for few in range(1, length + 1) if length % few == 0]
    return min(factors, key=cost)


def power_spectra(b: Builder, rows: str, length: int) -> str:
    """Add the squared magnitudes of the discrete Fourier transform of rows, as `spectra` has it."""
    real, imaginary = spectra(b, rows, length)
    return b("Add", b("Mul", real, real), b("Mul", imaginary, imaginary))


def spectra(b: Builder, rows: str, length: int) -> tuple[str, str]:
    """Add real and imaginary part of the discrete Fourier transform of rows.

    The transform of a length that is a product takes that of each residue, turned by a factor each, and a transform
    over the residues (J. W. Cooley & J. W. Tukey, "An algorithm for the machine calculation of complex Fourier series",
    Mathematics of Computation 19, 1965): 1,024 numbers take 6,300 weights and 100,000 products, as a plain matrix they
    take a million of both.

    `rows`: shape (n_rows, length), double precision.
    Returns: each of shape (n_rows, half * few); where each frequency stands in it, `Parts.places` says.
    """
    parts = cut(length)
    if parts.many > _MOST:
        raise ExportError(
            f"A spectrum of {length} numbers cannot be exported, since it would take a matrix of "
            f"{16 * parts.many * parts.half // 10**6} MB; fit the model on clips of another length or rate."
        )
    apart = b("Transpose", b("Reshape", rows, b.weight([-1, parts.many, parts.few])), perm=[0, 2, 1])
    angles = _angles(parts.many)[:, : parts.half]
    found = b("MatMul", apart, b.weight(np.concatenate([np.cos(angles), -np.sin(angles)], axis=1)))
    real, imaginary = b("Split", found, b.weight([parts.half, parts.half]), outputs=2, axis=2)
    if parts.few > 1:
        real, imaginary = _joined(b, real, imaginary, parts)
    flat = b.weight([-1, parts.half * parts.few])
    return b("Reshape", real, flat), b("Reshape", imaginary, flat)


def _joined(b: Builder, real: str, imaginary: str, parts: Parts) -> tuple[str, str]:
    """Add the second transform, (n_rows, few, half) to (n_rows, half, few)."""
    turn = 2 * np.pi * np.outer(np.arange(parts.few), np.arange(parts.half)) / (parts.many * parts.few)
    cosine, sine = b.weight(np.cos(turn)), b.weight(np.sin(turn))
    turned = (
        b("Add", b("Mul", real, cosine), b("Mul", imaginary, sine)),
        b("Sub", b("Mul", imaginary, cosine), b("Mul", real, sine)),
    )
    both = b("Transpose", b("Concat", *turned, axis=1), perm=[0, 2, 1])
    cosines, sines = np.cos(_angles(parts.few)), np.sin(_angles(parts.few))
    found = b("MatMul", both, b.weight(np.block([[cosines, -sines], [sines, cosines]])))
    real, imaginary = b("Split", found, b.weight([parts.few, parts.few]), outputs=2, axis=2)
    return real, imaginary


def _angles(n: int) -> Floats:
    """Return the angle of each number and frequency of a transform."""
    return 2 * np.pi * (np.outer(np.arange(n), np.arange(n)) % n) / n
