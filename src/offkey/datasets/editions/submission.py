"""The files of a submission and those of the official evaluator: their names, as patterns of a closed form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from offkey.datasets.editions.formula import DOMAINS, FIGURES, Formula
from offkey.datasets.editions.table import Table

__all__ = ["KINDS", "EvaluatorFiles", "SubmissionForm", "take_evaluator", "take_submission"]

KINDS = ("anomaly_score", "decision_result")
"""The kinds of files of a submission."""

_Layout: TypeAlias = Literal["ids", "domains", "sections", "sections, halved"]
_ON_SECTIONS = frozenset({"auc", "auc_source", "auc_target", "pauc"})
_OF_LAYOUT: dict[_Layout, frozenset[str]] = {  # the figures that an evaluator's table is made of
    "ids": frozenset({"auc", "pauc"}),
    "domains": frozenset(figure for figure in FIGURES if "_" in figure),
    "sections": _ON_SECTIONS,
    "sections, halved": _ON_SECTIONS,
}


@dataclass(frozen=True)
class SubmissionForm:
    """The files that an edition asks for.

    `name`: name of a file, with ``{kind}``, ``{machine}``, ``{section}`` and, where each domain has a file of its own,
        ``{domain}``.
    `also_read`: names that are read; what stands in square brackets may be missing, and ``{seed}`` is a number and
        whatever follows it.
    """

    name: str
    also_read: str
    decisions: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of `KINDS` that the rules ask for."""
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
        """Return kind, machine, section and domain from the name of a file; None if it is no such name."""
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

    `table`: {"ids", "domains", "sections", "sections, halved"}; its layout: one row per id, one row per section and
        domain, or one row per section; ``"halved"`` takes means over the source domain from the first half of the
        sections, as the evaluator of 2022 does.
    """

    table: _Layout
    file: str  # its name, with ``{system}``


def take_submission(table: Table) -> SubmissionForm:
    """Take the files of a submission from their table."""
    name = table.text("name", form=r"[\w.{}-]+\.csv", expected="a CSV file's name with {kind}, {machine}, {section}")
    also_read = table.text("also_read", name, form=r"[\w.{}\[\]-]+\.csv", expected="a CSV file's name")
    form = SubmissionForm(name, also_read, table.flag("decisions", True))
    table.end()
    _check_places("name", name, {"{kind}", "{machine}", "{section}"}, {"{domain}"}, table)
    needed = set(re.findall(r"\{\w*\}", name))
    _check_places("also_read", also_read, needed, {"{seed}"}, table)
    _check_places("also_read", _without_options(also_read, table), needed, {"{seed}"}, table)
    example = {"kind": KINDS[0], "machine": "fan", "section": "00", "domain": form.domains[0]}
    if form.read(form.write(**example)) != example:
        raise table.fault(f"'also_read' must read names such as {form.write(**example)} too")
    return form


def take_evaluator(table: Table, score: Formula, submission: SubmissionForm) -> EvaluatorFiles:
    """Take what the evaluator writes from its table, which must fit the score."""
    layout: _Layout = table.one_of("table", tuple(_OF_LAYOUT))
    file = table.text("file", form=r"[\w.-]*\{system\}[\w.-]*\.csv", expected="a CSV file's name with {system}")
    table.end()
    missing = sorted(_OF_LAYOUT[layout] - {*score.figures, *score.also_shown})
    if missing:
        raise table.fault(f"the table {layout!r} needs {', '.join(missing)} among 'figures' or 'also_shown' of [score]")
    if layout != "ids" and not submission.decisions:
        raise table.fault(f"the table {layout!r} needs decisions, but 'decisions' of [submission] is false")
    return EvaluatorFiles(layout, file)


def _check_places(key: str, name: str, needed: set[str], allowed: set[str], table: Table) -> None:
    """Check which places in braces a name has, each once."""
    found = re.findall(r"\{\w*\}", name)
    rest = re.sub(r"\{\w*\}", "", name)
    wrong = (
        set(found) - needed - allowed or needed - set(found) or len(found) > len(set(found)) or set(rest) & set("{}")
    )
    if wrong:
        also = f", and may have {', '.join(sorted(allowed))}"
        raise table.fault(f"{key!r} must have {', '.join(sorted(needed))}, each once{also}; found {name!r}")


def _without_options(name: str, table: Table) -> str:
    """Return a name without what stands in square brackets, which may be nested."""
    kept, depth = [], 0
    for letter in name:
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if depth < 0:
            break
        if not depth and letter != "]":
            kept.append(letter)
    if depth:
        raise table.fault(f"'also_read' must close each square bracket that it opens; found {name!r}")
    return "".join(kept)
