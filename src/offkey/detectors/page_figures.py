"""The figures of the documentation page, read from the tables of ``docs/results.md`` and ``proxies.md``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["COLUMNS", "Figures"]

_DOCS = Path(__file__).parents[3] / "docs"

COLUMNS = ("real spectra", "real slide rail", "synthetic machines")
"""The ids and the seed of the figures: nothing was chosen by them."""


@dataclass(frozen=True)
class Figures:
    """AUC and pAUC of detectors over the default front end, and of the default detector over front ends.

    `proxies`: by detector and front end, on the real slide rail and on synthetic machines, faults of seed 1 mixed in.
    """

    spectra: dict[str, str]
    proxies: tuple[dict[tuple[str, str], str], ...]

    @classmethod
    def read(cls, folder: Path = _DOCS) -> Figures:
        """Read the pages of results; without them there are no figures."""
        pages = [folder / name for name in ("results.md", "proxies.md")]
        text = "\n".join(page.read_text(encoding="utf-8") for page in pages if page.is_file())
        spectra = {row[0]: f"{row[3]} / {row[4]}" for row in _table(text, "## Detectors on spectra", "| detector |")}
        marks = ("Seed 1, real slide rail", "Seed 1, synthetic machines")
        proxies = tuple({(row[0], row[1]): row[-1] for row in _table(text, mark, "| detector |")} for mark in marks)
        return cls(spectra, proxies)

    def of(self, detector: str, front_end: str) -> list[str]:
        """Return a cell for each of `COLUMNS`; a dash where nothing was measured."""
        known = [self.spectra.get(detector) if front_end == "logmel" else None]
        known += [figures.get((detector, front_end)) for figures in self.proxies]
        return [figure or "-" for figure in known]


def _table(text: str, after: str, head: str) -> Iterator[list[str]]:
    """Yield the cells of the first table with such a head after some words."""
    _, _, rest = text.partition(after)
    _, _, table = rest.partition(f"\n{head}")
    for line in table.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]
