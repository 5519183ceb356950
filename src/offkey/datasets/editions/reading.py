"""Reads an edition's file and checks all that stands in it: no value decides which code runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from offkey.datasets.editions.edition import (
    DOMAINS,
    FIGURES,
    KINDS,
    Archive,
    Cell,
    ClipForm,
    Edition,
    EvaluatorFiles,
    Formula,
    PublishedSet,
    PublishedSystem,
    Recordings,
    SubmissionForm,
)
from offkey.datasets.editions.table import Table
from offkey.errors import DataError

__all__ = ["read_edition", "read_set"]

_PARTS: Final = ("dev", "eval")
_COLUMNS = (
    "clips",
    "normal",
    "anomaly",
    *(f"{domain}_{label}" for domain in DOMAINS for label in ("normal", "anomaly")),
)
_SPLITS = ("train", "test", "supplemental")
_KINDS: Final = ("baseline", "top", "research")
_Kind: TypeAlias = Literal["baseline", "top", "research"]
_Layout: TypeAlias = Literal["ids", "domains", "sections", "sections, halved"]
_ON_SECTIONS = frozenset({"auc", "auc_source", "auc_target", "pauc"})
_OF_TABLE = {  # the figures that an evaluator's table is made of
    "ids": frozenset({"auc", "pauc"}),
    "domains": frozenset(figure for figure in FIGURES if "_" in figure),
    "sections": _ON_SECTIONS,
    "sections, halved": _ON_SECTIONS,
}


def read_edition(path: Path) -> Edition:
    """Read an edition of the challenge.

    Parameters
    ----------
    path : Path
        A file such as ``dcase2027.toml``.

    Returns
    -------
    Edition

    Raises
    ------
    DataError
        If it cannot be read or a value is not as it must be; with the file and the table.
    """
    top = _open(path)
    year = top.whole("year", 2000, 2099)
    if path.stem != f"dcase{year}":
        raise top.fault(f"the year is {year}: expected the file's name to be dcase{year}.toml")
    common = _published(top, path.stem, ("dev", "additional", "eval"))
    score, submission = _formula(top.table("score")), _submission(top.table("submission"))
    edition = Edition(
        **common,
        year=year,
        about=top.text("about"),
        ground_truth=top.text("ground_truth"),
        clips=_clips(top.table("clips"), common["recordings"]),
        score=score,
        submission=submission,
        evaluator=_evaluator(top.table("evaluator"), score, submission) if "evaluator" in top else None,
        systems=(*_systems(top, year), *_system_tables(top, year)),
    )
    top.end()
    return edition


def read_set(path: Path) -> PublishedSet:
    """Read what is published of a data set that is no edition; errors as of `read_edition`."""
    top = _open(path)
    found = PublishedSet(**_published(top, path.stem, None))
    top.end()
    return found


def _open(path: Path) -> Table:
    try:
        return Table(path, "", tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DataError(f"The edition {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"The edition {path} cannot be read as TOML in UTF-8: {error}.") from error


def _published(top: Table, name: str, parts: tuple[str, ...] | None) -> dict[str, Any]:
    machines = _names_by_part(top.table("machines"))
    sections = _names_by_part(top.table("sections"))
    of_recordings = top.table("recordings")
    recordings = Recordings(
        of_recordings.whole("rate", 1000, 1_000_000),
        of_recordings.whole("channels", 1, 1024),
        of_recordings.number("longest_s", 0, 86_400),
    )
    of_recordings.end()
    return {
        "name": name,
        "machines": machines,
        "recordings": recordings,
        "cells": tuple(cell for table in top.tables("counts") for cell in _cells(table, machines, sections)),
        "archives": tuple(one for table in top.tables("archives") for one in _archives(table, name, machines, parts)),
    }


def _names_by_part(table: Table) -> dict[str, tuple[str, ...]]:
    names = {part: tuple(table.words(part, default=())) for part in _PARTS}
    table.end()
    return {part: listed for part, listed in names.items() if listed}


def _cells(table: Table, machines: dict[str, tuple[str, ...]], sections: dict[str, tuple[str, ...]]) -> Iterator[Cell]:
    """Yield a cell for each machine, section and column of one table of counts."""
    part = table.one_of("part", _PARTS)
    split = table.one_of("split", _SPLITS) if "split" in table else None
    columns = table.words("columns", _COLUMNS)
    confirmed, source = table.flag("confirmed", True), table.text("source")
    clips = table.table("clips")
    table.end()
    for key, counts in clips.rows(len(columns), 0, 1_000_000).items():
        words = key.split()
        named = [word for word in words if not re.fullmatch(r"\d\d", word, re.ASCII)]
        unknown = set(named) - {"all"} - set(machines.get(part, ()))
        if unknown or not named:
            raise clips.fault(f"{key!r} must be 'all' or machines of {part}, and sections of two digits")
        of_row = machines.get(part, ()) if named == ["all"] else named
        numbers = [word for word in words if word not in named] or sections.get(part, ())
        for machine, section, (column, n) in product(of_row, numbers, list(zip(columns, counts, strict=True))):
            domain, _, label = ("", "", "") if column == "clips" else column.rpartition("_")
            yield Cell(part, machine, section, split, domain or None, label or None, int(n), confirmed, source)


def _archives(
    table: Table, dataset: str, machines: dict[str, tuple[str, ...]], parts: tuple[str, ...] | None
) -> list[Archive]:
    part = table.one_of("part", parts) if parts else table.text("part", form=r"\w+", expected="a word")
    record = table.text("record", form=r"\d{1,12}", expected="the number of a Zenodo record, in quotes")
    name = table.text("name", form=r"[\w.-]*\{machine\}[\w.-]*\.zip", expected="a zip file's name with {machine}")
    folder = table.text("folder", form=r"[\w-]+(/[\w-]+)*", expected="a folder beneath the data set's")
    listed = table.words("machines", default=machines.get("eval" if part in ("additional", "eval") else "dev", ()))
    confirmed, sums = table.flag("confirmed", True), table.table("md5", {})
    table.end()
    md5 = {
        machine: sums.text(machine, form=r"[0-9a-f]{32}", expected="32 hexadecimal digits")
        for machine in listed
        if machine in sums
    }
    sums.end()
    return [
        Archive(dataset, part, machine, record, name.replace("{machine}", machine), folder, confirmed, md5.get(machine))
        for machine in listed
    ]


def _clips(table: Table, recordings: Recordings) -> ClipForm:
    names: Literal["id", "section"] = table.one_of("names", ("id", "section"))
    last = recordings.channels - 1
    channel = table.whole("channel", 0, last) if "channel" in table else None
    noise_channel = table.whole("noise_channel", 0, last) if "noise_channel" in table else None
    form = ClipForm(names, channel, noise_channel, table.flag("hidden_attributes", False))
    table.end()
    return form


def _formula(table: Table) -> Formula:
    figures = tuple(table.words("figures", FIGURES))
    if not figures:
        raise table.fault("'figures' must name at least one figure")
    formula = Formula(
        table.one_of("mean", ("arithmetic", "harmonic")),
        figures,
        table.one_of("anomalies", ("own", "both"), "own"),
        table.number("max_fpr", 0, 1, 0.1),
        tuple(table.words("also_shown", [figure for figure in FIGURES if figure not in figures], ())),
    )
    table.end()
    return formula


def _submission(table: Table) -> SubmissionForm:
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


def _evaluator(table: Table, score: Formula, submission: SubmissionForm) -> EvaluatorFiles:
    layout: _Layout = table.one_of("table", ("ids", "domains", "sections", "sections, halved"))
    file = table.text("file", form=r"[\w.-]*\{system\}[\w.-]*\.csv", expected="a CSV file's name with {system}")
    table.end()
    missing = sorted(_OF_TABLE[layout] - {*score.figures, *score.also_shown})
    if missing:
        raise table.fault(f"the table {layout!r} needs {', '.join(missing)} among 'figures' or 'also_shown' of [score]")
    if layout != "ids" and not submission.decisions:
        raise table.fault(f"the table {layout!r} needs decisions, but 'decisions' of [submission] is false")
    return EvaluatorFiles(layout, file)


def _systems(top: Table, year: int) -> Iterator[PublishedSystem]:
    """Yield the results that are published one by one."""
    for table in top.tables("results"):
        columns = table.words("columns", FIGURES, ())
        system = PublishedSystem(
            edition=year,
            part=table.one_of("part", _PARTS),
            name=table.text("name"),
            kind=table.one_of("kind", _KINDS),
            score=table.number("score", 0, 1),
            source=table.text("source"),
            derived=table.flag("derived", False),
            confirmed=table.flag("confirmed", True),
            machines={
                machine: dict(zip(columns, map(float, figures), strict=True))
                for machine, figures in table.table("machines", {}).rows(len(columns), 0, 1).items()
            },
        )
        table.end()
        yield system


def _system_tables(top: Table, year: int) -> Iterator[PublishedSystem]:
    """Yield the results of tables that measure many systems alike."""
    for table in top.tables("result_tables"):
        parts, of = table.words("parts", _PARTS), table.text("of")
        kind: _Kind = table.one_of("kind", _KINDS)
        source = table.text("source")
        scores = table.table("scores").rows(len(parts), 0, 1)
        table.end()
        for name, row in scores.items():
            for part, score in zip(parts, row, strict=True):
                yield PublishedSystem(year, "dev" if part == "dev" else "eval", f"{name} ({of})", kind, score, source)
