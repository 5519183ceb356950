"""Flash and memory of a program in C, known before it is written, and what would need less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from offkey.errors import ExportError
from offkey.export.c.pieces import Member, Piece

__all__ = ["Room", "Sizes", "check_room", "sizes_of"]

_CODE = {
    "powers_of_two": 240,
    "odd_factors": 1000,
    "fft": 560,
    "decibels": 48,
    "spectrum": 80,
    "mel": 130,
    "mean": 120,
    "moments": 380,
    "change": 300,
    "low": 600,
    "level": 80,
    "dot": 40,
    "square_apart": 40,
    "exponential": 200,
    "axes": 80,
    "mahalanobis": 100,
    "mahalanobis_axes": 100,
    "pca_residual": 50,
    "gmm": 300,
    "network": 400,
    "autoencoder": 30,
    "frames": 220,
    "knn": 190,
    "local_density": 100,
    "fused": 1950,
    "score": 40,
    "score_of_moves": 110,
    "decision": 250,
    "events": 260,
}
"""Bytes of each part, by gcc for Cortex-M4 with -O2; the tests hold their sum against the compiler."""
_STREAM, _LIBRARY = 480, 1600  # of the parts that all programs have, and of sqrtf, logf and memset
_RESULT, _STACK = 40, 256

_BY: Mapping[str, tuple[str, ...]] = {
    "whitener": ("bands", "bands"),
    "whiteners": ("bands", "bands"),
    **dict.fromkeys(("centre", "units", "moves", "axes", "means", "bins", "mel_first", "mel_end"), ("bands",)),
    "clips": ("clips", "bands"),
    "radii": ("clips",),
    "per_radius": ("clips",),
    "usual": ("clips",),
    "shortness": ("clips",),
    "turns_of_bands": ("bands", "bands"),
    "spreads": ("bands",),
    "near_clips": ("clips", "bands"),
    "directions": ("clips", "bands"),
}
"""By what the tables grow; others have the size that they have."""
_AXES = {"OFFKEY_BANDS": "bands", "OFFKEY_FEATURES": "bands", "OFFKEY_INPUTS": "bands", "OFFKEY_WIDEST": "widths"}
_LEAST = {"bands": 8, "clips": 16, "widths": 8}
"""The least of each that is worth a name."""


@dataclass(frozen=True)
class Room:
    """The bytes of one thing, and by what it grows; a name that stands twice squares it."""

    size: int
    by: tuple[str, ...] = ()

    def scaled(self, name: str, share: float) -> float:
        """Return its bytes with a share of what one name counts."""
        return self.size * share ** self.by.count(name)


@dataclass(frozen=True)
class Sizes:
    """Bytes that a program takes.

    Parameters
    ----------
    tables : int
        Constants; exact.
    code : int
        What a compiler for Cortex-M4 makes of the code, about.
    state : int
        What is remembered of a stream; exact.
    stack : int
        What calls take of the stack at most, about.
    """

    tables: int
    code: int
    state: int
    stack: int
    flash_rooms: tuple[Room, ...] = field(default=(), repr=False)
    ram_rooms: tuple[Room, ...] = field(default=(), repr=False)
    counts: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def flash(self) -> int:
        """Bytes of tables and code."""
        return self.tables + self.code

    @property
    def ram(self) -> int:
        """Bytes of state and stack."""
        return self.state + self.stack

    def most(self, name: str, *, flash: int | None, ram: int | None) -> int | None:
        """Return the most bands, clips or widths with which a program fits, None where none does or it has none.

        `name`: one of ``"bands"``, ``"clips"`` and ``"widths"``.
        `flash`, `ram`: bytes that there are.
        """
        there = self.counts.get(name, 0)
        for count in range(there - 1, _LEAST[name] - 1, -1):
            share = count / there
            of_flash = self.code + sum(room.scaled(name, share) for room in self.flash_rooms)
            of_ram = self.stack + sum(room.scaled(name, share) for room in self.ram_rooms)
            if (flash is None or of_flash <= flash) and (ram is None or of_ram <= ram):
                return count
        return None


def sizes_of(whole: Piece) -> Sizes:
    """Return the sizes of a program."""
    flash = tuple(Room(table.size, _table_by(table.name, whole)) for table in whole.tables)
    ram = (Room(_RESULT), *(Room(member.size, _member_by(member)) for member in whole.state))
    state = sum(room.size for room in ram)
    widest = max(member.alignment for member in whole.state)
    neighbors, largest = whole.numbers.get("NEIGHBORS", 0), whole.numbers.get("LARGEST", 0)
    counts = {
        "bands": whole.sizes["BANDS"],
        "clips": int(whole.numbers.get("N_CLIPS", 0)),
        "widths": whole.sizes.get("WIDEST", 0),
    }
    return Sizes(
        sum(room.size for room in flash),
        _STREAM + _LIBRARY + sum(_CODE[name] for name in whole.parts),
        -(-state // widest) * widest,
        _STACK + 24 * int(neighbors) + 8 * int(largest),
        flash,
        ram,
        counts,
    )


def check_room(
    found: Sizes, remedies: Mapping[str, Sizes], names: Mapping[str, str], *, flash: int | None, ram: int | None
) -> None:
    """Check that a program fits; an ExportError says what it needs, and with what it would fit.

    `remedies`: sizes of other programs of the same model, by what would make them, in words.
    `names`: by what a user asks for fewer bands, clips or widths, with ``{}`` for the number.
    """
    if _fits(found, flash, ram):
        return
    would = next((words for words, sizes in remedies.items() if _fits(sizes, flash, ram)), None)
    for name, words in names.items():
        if would is None and (count := found.most(name, flash=flash, ram=ram)) is not None:
            would = words.format(count)
    needs = f"{_kilo(found.flash)} of flash and {_kilo(found.ram)} of memory"
    there = " and ".join(
        f"{_kilo(room)} of {word}" for word, room in (("flash", flash), ("memory", ram)) if room is not None
    )
    hope = f"{would}, it would fit." if would else "nothing less of this model would fit: take a larger controller."
    raise ExportError(f"The program needs {needs}, more than the {there} that there are; {hope}")


def _fits(sizes: Sizes, flash: int | None, ram: int | None) -> bool:
    return (flash is None or sizes.flash <= flash) and (ram is None or sizes.ram <= ram)


def _kilo(size: int) -> str:
    return f"{size / 1024:.1f} kB"


def _table_by(name: str, whole: Piece) -> tuple[str, ...]:
    if name.startswith("weights_"):  # what stands between inputs and the widest layer, or between two of these
        number, last = int(name.removeprefix("weights_")), int(whole.numbers["N_LAYERS"]) - 1
        return ("widths",) if number in (0, last) else ("widths", "widths")
    return _BY.get(name, ())


def _member_by(member: Member) -> tuple[str, ...]:
    return tuple(_AXES[axis] for axis in member.axes if axis in _AXES)
