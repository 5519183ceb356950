"""Data sets: reads folders and benchmark layouts as a table of clips; ground truth, checks, splits and downloads.

>>> import offkey
>>> from offkey.datasets import read_dataset
>>> from offkey.evaluation import evaluate
>>> clips = read_dataset("dcase2020", "dcase2020").filter(machine="fan", section="00")
>>> train, test = clips.filter(split="train"), clips.filter(split="test")
>>> model = offkey.fit(train["file"], detector="knn")
>>> scores = [result.score for result in model.score(test["file"])]
>>> evaluate(test["label"] == "anomaly", scores)["n_anomalous"]
8
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offkey.datasets.editions import edition_names
from offkey.datasets.ground_truth import GroundTruth, Truth, match_names, read_ground_truth
from offkey.datasets.names import ClipName, parse_name
from offkey.datasets.readers import names, read_dataset
from offkey.datasets.table import COLUMNS, make_table, read_table, write_table

if TYPE_CHECKING:
    from offkey.datasets.check import CheckResult, check_dataset

__all__ = [
    "COLUMNS",
    "CheckResult",
    "ClipName",
    "GroundTruth",
    "Truth",
    "check_dataset",
    "edition_names",
    "make_table",
    "match_names",
    "names",
    "parse_name",
    "read_dataset",
    "read_ground_truth",
    "read_table",
    "write_table",
]


if not TYPE_CHECKING:  # to a type checker, a name that is not imported above is a mistake

    def __getattr__(name: str) -> Any:  # checking hears clips, which takes numpy; names alone are read without
        if name not in ("CheckResult", "check_dataset"):
            raise AttributeError(f"module 'offkey.datasets' has no attribute {name!r}")
        from offkey.datasets import check

        return getattr(check, name)


def __dir__() -> list[str]:
    return __all__
