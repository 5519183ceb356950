"""ToyADMOS: toy car, conveyor and train, in cases, with four microphones in a file each at 48 kHz.

``ToyCar/case1/NormalSound_IND/1100010001_ToyCar_case1_normal_IND_ch1_0001.wav`` (one run a file),
``AnomalousSound_IND/1101010001_ToyCar_case1_ab01_IND_ch1_0001.wav``, ``NormalSound_CNT/`` (long
recordings) and ``ToyCar/EnvironmentalNoise_CNT/``. The case takes the place of the section. The authors'
example takes 1,000 normal runs for training at random and tests on the others and all anomalous ones;
here they are the first 1,000, so that everyone has the same. Long recordings and noise are
supplemental. Names of the noise files could not be confirmed, so nothing is read from them.

Source: Koizumi et al., "ToyADMOS", WASPAA 2019, and the authors' make_dataset_for_car_and_conveyor.py,
github.com/YumaKoizumi/ToyADMOS-dataset.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.datasets.dcase import Row
from offkey.datasets.layout import check_root, chosen_machines, contents, walk
from offkey.datasets.table import make_table
from offkey.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["read"]

_NAME = re.compile(r"\d+_(Toy[A-Za-z]+)_case(\d+)_(normal|ab\d+)_(IND|CNT)_ch(\d)_\d+\.wav", re.IGNORECASE | re.ASCII)
_NOISE_FOLDER = "environmentalnoise_cnt"
_MIC = re.compile(r"_ch(\d)(?:_|\.)", re.IGNORECASE | re.ASCII)


def read(
    root: Path, *, machines: Sequence[str] | None = None, microphone: int | None = 1, train_clips: int = 1000
) -> pl.DataFrame:
    """Read the set; parameters and errors as in `offkey.datasets.readers.read_dataset`.

    `microphone`: which of the four microphones, as the files count them; None for all.
    Returns: the table of clips; `attributes` holds the anomaly's condition and the microphone.
    """
    check_root(root)
    rows = [row for folder in walk(root) for clip in folder.clips if (row := _row(clip))]
    rows = [row for row in rows if microphone is None or row["attributes"].endswith(f"mic_{microphone}")]
    if not rows:
        raise DataError(
            f"No clip of ToyADMOS was found under {root}: expected ToyCar/case1/NormalSound_IND/"
            f"1100010001_ToyCar_case1_normal_IND_ch1_0001.wav and its like; found {contents(root)}."
        )
    names = chosen_machines([row["machine"] for row in rows], machines, root)
    rows = [row for row in rows if row["machine"] in names]
    _split(rows, train_clips)
    return make_table(rows)


def _row(clip: Path) -> Row | None:
    if clip.parent.name.lower() == _NOISE_FOLDER:
        mic = _MIC.search(clip.name)
        attributes = f"mic_{mic[1]}" if mic else ""
        machine = clip.parent.parent.name
        known = {"file": str(clip), "machine": machine, "attributes": attributes}
        return known | {"split": "supplemental", "supplement": "noise"}
    if not (match := _NAME.fullmatch(clip.name)):
        return None
    machine, case, condition, kind, mic_number = match.groups()
    normal = condition.lower() == "normal"
    return {
        "file": str(clip),
        "machine": machine,
        "section": f"{int(case):02d}",
        "label": "normal" if normal else "anomaly",
        "split": "supplemental" if kind.upper() == "CNT" else None,
        "attributes": f"mic_{mic_number}" if normal else f"condition_{condition}_mic_{mic_number}",
    }


def _split(rows: list[Row], train_clips: int) -> None:
    """Train on the first normal runs of each case; a run is one, through whatever microphone."""
    runs: dict[tuple[str, str], dict[str, None]] = {}
    normal = [row for row in rows if row["split"] is None and row["label"] == "normal"]
    for row in sorted(normal, key=_run):
        runs.setdefault((row["machine"], row["section"]), {})[_run(row)] = None
    training = {key: set(list(names)[:train_clips]) for key, names in runs.items()}
    for row in rows:
        if row["split"] is None:
            trains = row["label"] == "normal" and _run(row) in training[row["machine"], row["section"]]
            row["split"] = "train" if trains else "test"


def _run(row: Row) -> str:
    return _MIC.sub("_", Path(row["file"]).name)
