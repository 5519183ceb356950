"""An embedding trained on a data set, by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from offkey import features
from offkey.audio import Channel
from offkey.datasets.readers import read_dataset
from offkey.errors import DataError, UsageError
from offkey.experiments.plan import divided
from offkey.features import FrontEnd
from offkey.features.learning import Origin, Stage
from offkey.files import make_folder
from offkey.hearing.learning import training_clips
from offkey.hearing.rates import common_rate
from offkey.model import ModelConfig
from offkey.model.make_components import make_extractor
from offkey.tables import path_of

__all__ = ["learn_dataset"]

_PARTS = {"dev": (None, "dev"), "eval": ("additional", "eval"), "both": (None, "dev", "additional", "eval")}


def learn_dataset(
    dataset: str,
    root: Path,
    folder: Path,
    *,
    machines: Sequence[str] | None = None,
    part: str = "both",
    params: Mapping[str, Any] | None = None,
    jobs: int,
    stage: Stage,
) -> tuple[FrontEnd, list[tuple[str, str]]]:
    """Train the front end ``discriminative`` on the normal training clips of a data set.

    `folder` keeps computed inputs and the checkpoint. Also returns name and reason of each training clip that is left
    out because it is called anomalous or cannot be used.
    """
    if part not in _PARTS:
        raise UsageError(f"The part must be one of {', '.join(_PARTS)}. Got {part!r} instead.")
    front_end = features.create("discriminative", **(params or {}))
    if not front_end.learns:
        raise UsageError("The parameter 'network' names networks that are trained already: leave it out.")
    table = read_dataset(dataset, root, machines=machines)
    training = _training_rows([row for row in table.iter_rows(named=True) if row["part"] in _PARTS[part]])
    rows = [row for row in training if row["label"] != "anomaly"]
    left_out = {row["file"]: "the data set calls it anomalous" for row in training if row["label"] == "anomaly"}
    if not rows:
        raise DataError(f"{root} has no normal training clips in the part {part!r}: there is nothing to learn from.")
    files = [path_of(row["file"]) for row in rows]
    official = {row["channel"] for row in rows} - {None}
    channel: Channel = official.pop() if len(official) == 1 else 0
    rate, _ = common_rate(files, None, jobs)
    extractor = make_extractor(ModelConfig(features="discriminative", channel=channel), rate, front_end=front_end)
    origins = [Origin(row["machine"], row["section"], row["attributes"]) for row in rows]
    make_folder(folder, parents=False)

    def failed(name: str, reason: str) -> None:
        left_out.setdefault(name, reason)

    clips = training_clips(files, extractor, origins, failed=failed)
    front_end.learn(clips, rate, jobs=jobs, folder=folder, stage=stage)
    return front_end, sorted(left_out.items())


def _training_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that a benchmark would train on; a set without a split is divided as it divides it."""
    if all(row["split"] is None for row in rows):
        groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for row in rows:
            groups.setdefault((row["machine"], row["section"], row["snr_db"]), []).append(row)
        rows = [row for group in groups.values() for row in divided(group)]
    return [row for row in rows if row["split"] == "train"]
