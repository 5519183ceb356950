"""What the organisers of a public data set publish of it, and how an edition of the challenge scores systems."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

__all__ = [
    "DOMAINS",
    "FIGURES",
    "KINDS",
    "Archive",
    "Cell",
    "ClipForm",
    "Edition",
    "EvaluatorFiles",
    "Formula",
    "PublishedSet",
    "PublishedSystem",
    "Recordings",
    "SubmissionForm",
]

DOMAINS = ("source", "target")
"""The domains of the editions that have such."""

FIGURES = tuple(f"{area}{domain}" for area in ("auc", "pauc") for domain in ("", "_source", "_target"))
"""What a section gives to an official score."""

KINDS = ("anomaly_score", "decision_result")
"""What a file of a submission holds."""

_USUAL_MAX_FPR = 0.1


@dataclass(frozen=True)
class Recordings:
    """The form of a set's recordings.

    Parameters
    ----------
    rate : int
        Sampling rate in Hz.
    channels : int
        Number of channels of each file.
    longest_s : float
        No recording is longer, in seconds, with a little to spare.
    """

    rate: int
    channels: int
    longest_s: float


@dataclass(frozen=True)
class Cell:
    """A published count of clips.

    Parameters
    ----------
    part : str
        ``"dev"`` or ``"eval"``; the training clips of ``"eval"`` are the additional training set.
    machine, section : str
        Machine type, and section or machine id.
    split, domain, label : str or None
        None where the count covers all values.
    n : int
        Number of clips.
    confirmed : bool
        False where the figure rests on a third party's inventory or on a total that was split up: then a
        difference is worth a remark, but proves nothing.
    source : str
        Where the figure comes from.
    """

    part: str
    machine: str
    section: str
    split: str | None
    domain: str | None
    label: str | None
    n: int
    confirmed: bool
    source: str


@dataclass(frozen=True)
class Archive:
    """One published archive.

    Parameters
    ----------
    dataset, part, machine : str
        What is in it.
    record : str
        Number of the Zenodo record.
    name : str
        File name in the record.
    folder : str
        Where it is unpacked, beneath the data set's folder.
    confirmed : bool
        Whether the organisers' own scripts name it.
    md5 : str or None
        Its MD5 sum where the edition's file tells it; Zenodo tells it in any case.
    """

    dataset: str
    part: str
    machine: str
    record: str
    name: str
    folder: str
    confirmed: bool
    md5: str | None = None


@dataclass(frozen=True)
class PublishedSet:
    """What is published of a data set: machines, form, counts and archives.

    Parameters
    ----------
    name : str
        Name of the data set, such as ``"dcase2023"``.
    machines : mapping of str to tuple of str
        The machines of ``"dev"`` and of ``"eval"``.
    recordings : Recordings or None
        The form of the recordings; None where it is not known.
    cells : tuple of Cell
        The published counts.
    archives : tuple of Archive
        In the order of publication.
    """

    name: str
    machines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recordings: Recordings | None = None
    cells: tuple[Cell, ...] = field(default=(), repr=False)
    archives: tuple[Archive, ...] = field(default=(), repr=False)

    def machines_of(self, part: str | None = None) -> list[str]:
        """Return the machines of one part or of all, each once."""
        parts = (names for name, names in self.machines.items() if part in (None, name))
        return list(dict.fromkeys(machine for names in parts for machine in names))

    def part_of(self, machine: str | None, section: str | None) -> str | None:
        """Tell whether a machine and section belong to the ``"dev"`` or the ``"eval"`` set; None if unknown.

        A section that is not known belongs where all sections of its machine do.
        """
        known = self._parts.get((machine or "", section or ""))
        found = {part for part, machines in self.machines.items() if machine in machines}
        return known or (found.pop() if len(found) == 1 else None)

    @cached_property
    def _parts(self) -> dict[tuple[str, str], str]:
        return {(cell.machine, cell.section): cell.part for cell in self.cells}


@dataclass(frozen=True)
class ClipForm:
    """How an edition names its clips, and what else is in them.

    Parameters
    ----------
    names : {"id", "section"}
        ``"id"`` for ``normal_id_01_00000000.wav``, ``"section"`` for ``section_00_source_train_normal_0000.wav``.
    channel, noise_channel : int or None
        Which channel the official baseline hears, and which one hears the surroundings.
    hidden_attributes : bool
        Whether the organisers hid attributes and published them afterwards in correspondence files.
    """

    names: Literal["id", "section"]
    channel: int | None = None
    noise_channel: int | None = None
    hidden_attributes: bool = False


@dataclass(frozen=True)
class Formula:
    """The official score: a mean of figures over machines and sections.

    Parameters
    ----------
    mean : {"arithmetic", "harmonic"}
        Which mean.
    figures : tuple of str
        What each section gives: ``auc`` or ``pauc`` of all its clips, or of a domain, as in ``auc_source``.
    anomalies : {"own", "both"}
        Against which anomalies the normal clips of a domain are set: those of the domain, or of both.
    max_fpr : float
        Highest false-positive rate of the pAUC.
    also_shown : tuple of str
        Figures that are reported and do not count.
    """

    mean: Literal["arithmetic", "harmonic"]
    figures: tuple[str, ...]
    anomalies: Literal["own", "both"] = "own"
    max_fpr: float = _USUAL_MAX_FPR
    also_shown: tuple[str, ...] = ()

    @property
    def has_domains(self) -> bool:
        """Whether a figure is measured on one domain."""
        return any("_" in figure for figure in self.figures)


@dataclass(frozen=True)
class SubmissionForm:
    """The files that an edition asks for.

    Parameters
    ----------
    name : str
        Name of a file, with ``{kind}``, ``{machine}``, ``{section}`` and, where each domain has a file of its
        own, ``{domain}``.
    also_read : str
        Names that are read; what stands in square brackets may be missing, and ``{seed}`` is a number and
        whatever follows it.
    decisions : bool
        Whether decisions are asked for beside scores.
    """

    name: str
    also_read: str
    decisions: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which of `KINDS` are asked for."""
        return KINDS if self.decisions else KINDS[:1]

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that have a file of their own; one empty text if none has."""
        return DOMAINS if "{domain}" in self.name else ("",)

    def write(self, kind: str, machine: str, section: str, domain: str = "") -> str:
        """Return the name of a file."""
        name = self.name.replace("{kind}", kind).replace("{section}", section).replace("{domain}", domain)
        return name.replace("{machine}", machine)

    def read(self, name: str) -> dict[str, str] | None:
        """Return what the name of a file tells (kind, machine, section, domain); None if it is no such name."""
        match = self._pattern.fullmatch(name)
        return {"domain": "", **match.groupdict()} if match else None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        meanings = {
            "{kind}": f"(?P<kind>{'|'.join(self.kinds)})",
            "{machine}": r"(?P<machine>(?!DCASE20\d\dT2).+)",  # what the baselines put before the machine
            "{section}": r"(?P<section>\d\d)",
            "{domain}": f"(?P<domain>{'|'.join(DOMAINS)})",
            "{seed}": r"\d+.*",
            "[": "(?:",
            "]": ")?",
        }
        pieces = re.split(r"(\{\w+\}|[\[\]])", self.also_read)
        return re.compile("".join(meanings.get(piece, re.escape(piece)) for piece in pieces), re.ASCII)


@dataclass(frozen=True)
class EvaluatorFiles:
    """The table that the official evaluator writes of a system.

    Parameters
    ----------
    table : {"ids", "domains", "sections", "sections, halved"}
        Its layout: a row an id, a row a section and domain, or a row a section; ``"halved"`` takes means over
        the source domain from the first half of the sections, as the evaluator of 2022 does.
    file : str
        Its name, with ``{system}``.
    """

    table: Literal["ids", "domains", "sections", "sections, halved"]
    file: str


@dataclass(frozen=True)
class PublishedSystem:
    """One system's published result on one set.

    Attributes
    ----------
    edition : int
        The year.
    part : {"dev", "eval"}
        Whether it was measured on the development or the evaluation set.
    name : str
        The system.
    kind : {"baseline", "top", "research"}
        An organisers' baseline, the best of the challenge, or published elsewhere.
    score : float
        The official score, between 0 and 1.
    source : str
        Where it was published.
    derived : bool
        Whether the source prints only the figures that the score follows from.
    confirmed : bool
        False where only a third party reports it.
    machines : mapping of str to mapping of str to float
        Figures by machine, as far as published: ``auc`` and ``pauc``, or ``auc_source``,
        ``auc_target`` and ``pauc``.
    """

    edition: int
    part: Literal["dev", "eval"]
    name: str
    kind: Literal["baseline", "top", "research"]
    score: float
    source: str
    derived: bool = False
    confirmed: bool = True
    machines: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Edition(PublishedSet):
    """One edition of DCASE Challenge Task 2.

    Parameters
    ----------
    year : int
        The year.
    about : str
        What is particular to it.
    ground_truth : str
        Where the organisers publish the labels of the evaluation set.
    clips : ClipForm
        How clips are named.
    score : Formula
        The official score.
    submission : SubmissionForm
        The files to hand in.
    evaluator : EvaluatorFiles or None
        What the official evaluator writes; None where that is not known.
    systems : tuple of PublishedSystem
        Published results.
    """

    year: int
    about: str
    ground_truth: str
    clips: ClipForm
    score: Formula
    submission: SubmissionForm
    evaluator: EvaluatorFiles | None = None
    systems: tuple[PublishedSystem, ...] = field(default=(), repr=False)

    @property
    def section_word(self) -> str:
        """What the organisers call a section: ``"id"`` or ``"section"``."""
        return self.clips.names

    @property
    def score_meaning(self) -> str:
        """What the official score is, as the end of a sentence: ``"the arithmetic mean of AUC and pAUC over ..."``."""
        formula, words = self.score, []
        for figure in formula.figures:
            area, _, domain = figure.partition("_")
            words.append(area.replace("auc", "AUC") + (f" ({domain})" if domain else ""))
        listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
        text = f"the {formula.mean} mean of {listed} over all machines and {self.section_word}s"
        if formula.has_domains and formula.anomalies == "both":
            text += "; a domain's figure sets its normal clips against the anomalies of both domains"
        elif formula.has_domains:
            text += "; a domain's figure is measured on its own clips alone"
        if any(figure.startswith("pauc") for figure in formula.figures) and formula.max_fpr != _USUAL_MAX_FPR:
            text += f"; the pAUC ends at a false-positive rate of {formula.max_fpr:g}"
        return text
