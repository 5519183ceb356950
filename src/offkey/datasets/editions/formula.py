"""The official score of an edition: a mean of figures, in a closed vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offkey.datasets.editions.table import Table

__all__ = ["DOMAINS", "FIGURES", "Formula", "take_formula"]

DOMAINS = ("source", "target")
"""The domains of the editions that have such."""

FIGURES = tuple(f"{area}{domain}" for area in ("auc", "pauc") for domain in ("", "_source", "_target"))
"""The figures that a section gives to an official score."""

_USUAL_MAX_FPR = 0.1


@dataclass(frozen=True)
class Formula:
    """The official score: a mean of figures over machines and sections.

    `figures`: what each section gives: ``auc`` or ``pauc`` of all its clips, or of a domain, as in ``auc_source``.
    `anomalies`: {"own", "both"}; against which anomalies the normal clips of a domain are set: those of the domain, or
        of both.
    """

    mean: Literal["arithmetic", "harmonic"]  # {"arithmetic", "harmonic"}; which mean
    figures: tuple[str, ...]
    anomalies: Literal["own", "both"] = "own"
    max_fpr: float = _USUAL_MAX_FPR
    also_shown: tuple[str, ...] = ()

    @property
    def has_domains(self) -> bool:
        """Whether a figure is measured on one domain."""
        return any("_" in figure for figure in self.figures)

    def meaning(self, section_word: str) -> str:
        """Say what the score is, as the end of a sentence: ``"the arithmetic mean of AUC and pAUC over ..."``."""
        words = []
        for figure in self.figures:
            area, _, domain = figure.partition("_")
            words.append(area.replace("auc", "AUC") + (f" ({domain})" if domain else ""))
        listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
        text = f"the {self.mean} mean of {listed} over all machines and {section_word}s"
        if self.has_domains and self.anomalies == "both":
            text += "; a domain's figure sets its normal clips against the anomalies of both domains"
        elif self.has_domains:
            text += "; a domain's figure is measured on its own clips alone"
        if any(figure.startswith("pauc") for figure in self.figures) and self.max_fpr != _USUAL_MAX_FPR:
            text += f"; the pAUC ends at a false-positive rate of {self.max_fpr:g}"
        return text


def take_formula(table: Table) -> Formula:
    """Take a formula from its table."""
    figures = tuple(table.words("figures", FIGURES))
    if not figures:
        raise table.fault("'figures' must name at least one figure")
    formula = Formula(
        table.one_of("mean", ("arithmetic", "harmonic")),
        figures,
        table.one_of("anomalies", ("own", "both"), "own"),
        table.number("max_fpr", 0, 1, _USUAL_MAX_FPR),
        tuple(table.words("also_shown", [figure for figure in FIGURES if figure not in figures], ())),
    )
    table.end()
    return formula
