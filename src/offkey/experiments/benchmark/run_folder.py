"""The folder of a run: ``run.json``, which says what it holds, and the refusal to mix what does not belong together."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey._version import __version__
from offkey.errors import DataError, UsageError
from offkey.experiments.candidate import Candidate
from offkey.files import atomic_text, make_folder
from offkey.tables import read_text_table

if TYPE_CHECKING:
    from offkey.experiments.benchmark.measured import Measured
    from offkey.experiments.benchmark.settings import Settings
    from offkey.experiments.outcome import Outcome

__all__ = ["RunFolder", "read_run", "read_run_results", "read_run_scores"]

_FORM = 1  # of run.json; it rises when an older offkey could no longer read it


class RunFolder:
    """A folder that a benchmark writes to.

    `path`: the folder; it is made if it does not exist.
    """

    def __init__(self, path: Path, held: Mapping[str, Any]) -> None:
        self.path, self.held = path, dict(held)
        self.earlier: list[Candidate] = []
        if path.exists() and not path.is_dir():
            raise UsageError(f"The option --out must name a folder, but {path} is a file.")
        if (path / "run.json").is_file():
            content = read_run(path)
            self._check_same(content["held"])
            self.earlier = [Candidate.from_json(entry) for entry in content["combinations"]]
        elif path.is_dir() and any(path.iterdir()):
            raise UsageError(
                f"The option --out names {path}, which holds something else than a run: name a new folder."
            )
        make_folder(path, parents=False)

    def write(self, candidates: Sequence[Candidate], **content: Any) -> None:
        """Write ``run.json``."""
        whole = {
            "form": _FORM,
            "versions": _versions(),
            "held": self.held,
            "combinations": [candidate.to_json() for candidate in candidates],
            **content,
        }
        with atomic_text(self.path / "run.json") as file:
            json.dump(whole, file, indent=1, ensure_ascii=False)

    def finish(self, settings: Settings, measured: Measured, seconds: float) -> None:
        """Write ``run.json`` of a run that is done."""
        first = measured.outcomes[: len(measured.plan.cells)]
        digests = "".join(outcome.scored.train_digest + outcome.scored.test_digest for outcome in first)
        self.write(
            measured.candidates,
            complete=True,
            dataset=settings.dataset,
            edition=measured.plan.year,
            root=str(settings.root),
            ground_truth=None if settings.ground_truth is None else str(settings.ground_truth),
            data_digest=hashlib.sha256(digests.encode()).hexdigest(),
            groups=[_cell_described(outcome) for outcome in first],
            notes=measured.notes,
            errors=len(measured.failed),
            seconds=round(seconds, 3),
        )

    def clear(self, candidates: Sequence[Candidate]) -> None:
        """Remove the scores and submissions of candidates that are not up to date any more."""
        for candidate in candidates:
            (self.path / "scores" / f"{candidate.name}.csv").unlink(missing_ok=True)
            shutil.rmtree(self.path / "submission" / candidate.name, ignore_errors=True)

    def _check_same(self, earlier: Mapping[str, Any]) -> None:
        for option, now in self.held.items():
            before = earlier.get(option)
            if before != now:
                raise UsageError(
                    f"The run {self.path} was made with {_shown(option, before)}, and now it is {_shown(option, now)}: "
                    "name another folder with --out."
                )


def read_run(path: Path) -> dict[str, Any]:
    """Read ``run.json`` of a run."""
    try:
        content: dict[str, Any] = json.loads((path / "run.json").read_text(encoding="utf-8"))
        form = int(content["form"])
    except OSError as error:
        raise DataError(f"{path} is no run: expected a folder that 'offkey benchmark --out' wrote.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"{path / 'run.json'} is damaged: run the benchmark again into a new folder.") from error
    if form > _FORM:
        raise DataError(f"The run {path} was written by a later offkey: update this one, which is {__version__}.")
    return content


def read_run_scores(path: Path, candidate: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of one candidate's scores in a run: where each stands, and its cells by column."""
    file = path / "scores" / f"{candidate}.csv"
    try:
        for line, row in read_text_table(file, "file of scores", ("file", "score", "label", "error")).rows(("file",)):
            yield f"{file}, line {line}", row
    except DataError as error:
        raise DataError(f"{str(error).removesuffix('.')}; run the benchmark again.") from error


def read_run_results(path: Path, candidate: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one candidate in ``results.csv`` of a run, cells by column; none if the file was taken away."""
    if not (path / "results.csv").is_file():
        return
    wanted = ("part", "domain", "combination", "n_normal", "n_anomalous", "n_test", "false_alarm_rate", "score_s")
    try:
        for _, row in read_text_table(path / "results.csv", "table of results", wanted).rows(("part",)):
            if row["combination"] == candidate:
                yield row
    except DataError as error:
        raise DataError(f"{str(error).removesuffix('.')}; run the benchmark again.") from error


def _shown(option: str, value: Any) -> str:
    if value is None:
        return f"no {option}"
    return " ".join(f"{option} {one}" for one in (value if isinstance(value, list) else [value]))


def _versions() -> dict[str, str]:
    packages = ("numpy", "scipy", "scikit-learn", "soundfile", "soxr")
    return {"offkey": __version__, "python": platform.python_version(), **{name: version(name) for name in packages}}


def _cell_described(outcome: Outcome) -> dict[str, Any]:
    cell, scored = outcome.cell, outcome.scored
    return {
        "part": cell.part,
        "machine": cell.machine,
        "section": cell.section,
        "snr_db": cell.snr_db,
        "n_train": len(cell.train),
        "n_test": len(cell.test),
        "rate": scored.rate,
        "train_digest": scored.train_digest,
        "test_digest": scored.test_digest,
    }
