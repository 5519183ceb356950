"""An edition of DCASE Challenge Task 2, read from its file: no value in it decides which code runs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from offkey.datasets.editions.formula import Formula, take_formula
from offkey.datasets.editions.published import PublishedSet, Recordings, take_published
from offkey.datasets.editions.results import PublishedSystem, take_systems
from offkey.datasets.editions.submission import EvaluatorFiles, SubmissionForm, take_evaluator, take_submission
from offkey.datasets.editions.table import Table
from offkey.errors import DataError

__all__ = ["ClipForm", "Edition", "read_edition", "read_set"]


@dataclass(frozen=True)
class ClipForm:
    """The names of an edition's clips, and their channels.

    `names`: {"id", "section"}; ``"id"`` for ``normal_id_01_00000000.wav``, ``"section"`` for
        ``section_00_source_train_normal_0000.wav``.
    `channel`, `noise_channel`: which channel the official baseline hears, and which one hears the surroundings.
    `hidden_attributes`: whether the organisers hid attributes and published them afterwards in correspondence files.
    """

    names: Literal["id", "section"]
    channel: int | None = None
    noise_channel: int | None = None
    hidden_attributes: bool = False


@dataclass(frozen=True, kw_only=True)
class Edition(PublishedSet):
    """One edition of DCASE Challenge Task 2."""

    year: int
    about: str
    ground_truth: str  # where the organisers publish the labels of the evaluation set
    clips: ClipForm
    score: Formula
    submission: SubmissionForm
    evaluator: EvaluatorFiles | None = None  # what the official evaluator writes; None where that is not known
    systems: tuple[PublishedSystem, ...] = field(default=(), repr=False)

    @property
    def section_word(self) -> str:
        """The organisers' word for a section: ``"id"`` or ``"section"``."""
        return self.clips.names

    @property
    def score_meaning(self) -> str:
        """The meaning of the official score, as the end of a sentence."""
        return self.score.meaning(self.section_word)


def read_edition(path: Path) -> Edition:
    """Read an edition of the challenge.

    `path`: a file such as ``dcase2027.toml``.
    """
    top = _open(path)
    year = top.whole("year", 2000, 2099)
    if path.stem != f"dcase{year}":
        raise top.fault(f"the year is {year}: expected the file's name to be dcase{year}.toml")
    common = take_published(top, path.stem, ("dev", "additional", "eval"))
    score, submission = take_formula(top.table("score")), take_submission(top.table("submission"))
    edition = Edition(
        **common,
        year=year,
        about=top.text("about"),
        ground_truth=top.text("ground_truth"),
        clips=_clips(top.table("clips"), common["recordings"]),
        score=score,
        submission=submission,
        evaluator=take_evaluator(top.table("evaluator"), score, submission) if "evaluator" in top else None,
        systems=tuple(take_systems(top, year)),
    )
    top.end()
    return edition


def read_set(path: Path) -> PublishedSet:
    """Read what is published of a data set that is no edition; errors as of `read_edition`."""
    top = _open(path)
    found = PublishedSet(**take_published(top, path.stem, None))
    top.end()
    return found


def _open(path: Path) -> Table:
    try:
        return Table(path, "", tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DataError(f"The edition {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"The edition {path} cannot be read as TOML in UTF-8: {error}.") from error


def _clips(table: Table, recordings: Recordings) -> ClipForm:
    names: Literal["id", "section"] = table.one_of("names", ("id", "section"))
    last = recordings.channels - 1
    channel = table.whole("channel", 0, last) if "channel" in table else None
    noise_channel = table.whole("noise_channel", 0, last) if "noise_channel" in table else None
    form = ClipForm(names, channel, noise_channel, table.flag("hidden_attributes", False))
    table.end()
    return form
