"""Hold-out splits of the training clips, for sets whose test labels are secret.

The normal training clips of each machine and section are divided, domain by domain, into training,
validation and test. What is missing to measure anything are anomalies. **Proxies** stand in for them, and
are called so in the table's column ``proxy``: held-out clips of the machine's other ids (``"other id 02"``),
and held-out clips with a synthetic fault mixed in (``"fault leak at 0 dB"``). Results on proxies order
detectors and settings at best; they are no results on faults of the machine.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey.datasets.proxies import FaultMix, mix_faults
from offkey.datasets.table import make_table
from offkey.errors import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["HoldOut", "SplitResult", "hold_out"]

_Row = dict[str, Any]
_Key = tuple[Any, ...]


@dataclass(frozen=True)
class HoldOut:
    """The shares of clips that are held out, and the proxies beside them.

    `validation`, `test`: share of each section's training clips, each between 0 and 1, together below 1.
    """

    validation: float = 0.1
    test: float = 0.2
    seed: int = 0  # another seed draws other clips; the same seed draws the same, whatever else is in the set
    other_ids: bool = True  # whether clips of the machine's other ids or sections stand in for anomalies

    def __post_init__(self) -> None:
        shares = (self.validation, self.test)
        if not (all(0 <= share < 1 for share in shares) and 0 < sum(shares) < 1):
            raise ParameterError(
                "The shares of validation and test must lie between 0 and 1 and together above 0 and below 1. "
                f"Got {self.validation:g} and {self.test:g} instead."
            )


@dataclass(frozen=True)
class SplitResult:
    """A table of splits."""

    table: pl.DataFrame  # training clips, and for validation and test normal clips and proxies of anomalies
    left_out: list[tuple[str, str]]


def hold_out(
    table: pl.DataFrame,
    how: HoldOut,
    *,
    faults: FaultMix | None = None,
    proxy_folder: Path | None = None,
    progress: Callable[[int], Callable[[], None]] = lambda total: lambda: None,
) -> SplitResult:
    """Divide the normal training clips of a set.

    `table`: the set; clips of its split ``"train"``, or without a split, that are normal are divided, the others are
        left out.
    `proxy_folder`: where the clips with faults are written; needed with `faults`.
    `progress`: called with the number of clips to mix; what it returns is called after each.
    Returns: as many proxies of each kind as normal clips, in each section and split, as far as there are enough.
    """
    rows = [
        row
        for row in table.iter_rows(named=True)
        if row["split"] in ("train", None) and row["label"] == "normal" and not row["supplement"]
    ]
    if not rows:
        raise DataError("There are no normal training clips to divide: expected clips of the split 'train'.")
    divided = _divide(rows, how)
    held_out = [row for row in divided if row["split"] != "train"]
    proxies = _other_ids(held_out, how) if how.other_ids else []
    left_out: list[tuple[str, str]] = []
    if faults is not None:
        if proxy_folder is None:
            raise ParameterError("Clips with faults need a folder to be written to; got none.")
        mixed, left_out = mix_faults(held_out, faults, proxy_folder, seed=how.seed, advance=progress(len(held_out)))
        proxies += mixed
    if not proxies and left_out:
        raise DataError(
            f"No fault could be mixed into any of {len(left_out)} held-out clips, so nothing can stand in for "
            f"anomalies; of the first: {left_out[0][1]}"
        )
    if not proxies:
        reason = _one_id_each(held_out) if how.other_ids else "clips of other ids are not to"
        raise DataError(f"Nothing can stand in for anomalies: {reason}; name a fault to be mixed into clips.")
    return SplitResult(make_table([*divided, *proxies]), left_out)


def _divide(rows: Sequence[_Row], how: HoldOut) -> list[_Row]:
    """Give each clip its split, section by section and domain by domain."""
    sections: dict[_Key, dict[str | None, list[_Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        sections[_section(row)][row["domain"]].append(row)
    divided = []
    for key, domains in sections.items():
        of_section: list[_Row] = []
        for clips in domains.values():
            drawn = sorted(clips, key=lambda row: _draw(row, how.seed))
            n_test, n_validation = round(how.test * len(drawn)), round(how.validation * len(drawn))
            for k, row in enumerate(drawn):
                split = "test" if k < n_test else "validation" if k < n_test + n_validation else "train"
                of_section.append({**row, "split": split})
        _check_enough(key, of_section, how)
        divided += of_section
    return sorted(divided, key=lambda row: (str(row["machine"]), str(row["section"]), row["file"]))


def _check_enough(key: _Key, rows: list[_Row], how: HoldOut) -> None:
    wanted = {"train": 1.0, "validation": how.validation, "test": how.test}
    for split, share in wanted.items():
        if share and not any(row["split"] == split for row in rows):
            name = " ".join(str(part) for part in key[:2] if part) or "the set"
            raise DataError(f"{name} has too few training clips for a split {split!r}: found {len(rows)}.")


def _other_ids(held_out: list[_Row], how: HoldOut) -> list[_Row]:
    """Let clips of other ids of the same machine, of the same split, stand in for anomalies."""
    sections: dict[_Key, list[_Row]] = defaultdict(list)
    for row in held_out:
        sections[*_section(row), row["split"]].append(row)
    proxies = []
    for (machine, section, snr_db, split), normal in sections.items():
        others = [
            row
            for (its_machine, its_section, its_snr, its_split), rows in sections.items()
            for row in rows
            if (its_machine, its_snr, its_split) == (machine, snr_db, split) and its_section != section
        ]
        drawn = sorted(others, key=lambda row: _draw(row, how.seed, for_section=section))[: len(normal)]
        part = normal[0]["part"]  # a section of the evaluation may stand in for one of the development
        proxies += [
            {**row, "section": section, "part": part, "label": "anomaly", "proxy": f"other id {row['section']}"}
            for row in drawn
        ]
    return proxies


def _one_id_each(held_out: list[_Row]) -> str:
    """Say why no clip of another id can stand in: there is no other, or none at the same signal-to-noise ratio."""
    one_each = len({(row["machine"], row["section"]) for row in held_out}) == len({row["machine"] for row in held_out})
    return f"the machines have one id each{'' if one_each else ' at each signal-to-noise ratio'}"


def _section(row: _Row) -> _Key:
    return row["machine"], row["section"], row["snr_db"]


def _draw(row: _Row, seed: int, for_section: str | None = "") -> bytes:
    """Return what a clip is drawn by: its own name and the seed alone, not what else there is."""
    words = (seed, row["machine"], row["section"], row["snr_db"], Path(row["file"]).name, for_section)
    return hashlib.blake2b("/".join(map(str, words)).encode(), digest_size=8).digest()
