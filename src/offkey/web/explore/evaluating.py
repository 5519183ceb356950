"""The commands that lead from the labels that people gave to an evaluation, ready to be copied into a terminal."""

from __future__ import annotations

import shlex
from pathlib import Path

from offkey.experiments.benchmark.run_folder import read_run

__all__ = ["evaluating"]

_SCORES = "scores.csv"


def evaluating(labels: Path, *, model: Path | None = None, run: Path | None = None) -> list[str]:
    """Return the commands that evaluate scores against labels.

    A `run` has its scores; else the labelled clips are scored by `model` first, ``M.offkey`` where none was given.
    """
    scores = Path(_SCORES)
    commands = []
    if run is not None:
        scores = run / "scores" / f"{read_run(run)['combinations'][0]['combination']}.csv"
    else:
        commands.append(["score", str(model or "M.offkey"), str(labels), "--out", _SCORES])
    commands.append(["evaluate", str(scores), "--labels", str(labels)])
    return [shlex.join(["offkey", *command]) for command in commands]
