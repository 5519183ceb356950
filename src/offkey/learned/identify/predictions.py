"""The predictions for held-out clips, as a CSV file."""

from __future__ import annotations

from pathlib import Path

from offkey.files import atomic_text
from offkey.learned.identify.fitting import Learnt
from offkey.learned.identify.identifier import UNKNOWN
from offkey.tables import csv_writer, path_text

__all__ = ["write_predictions"]


def write_predictions(path: Path, learnt: Learnt) -> None:
    """Write one row per held-out clip, or per window of a long one.

    The columns are ``file``, ``ident`` (machine id), ``label`` (true type), ``machine_type`` (predicted type),
    ``likeliest``, ``probability`` (of the likeliest, calibrated), one of each type, and ``p_value``.
    """
    types, y = learnt.identifier.types, learnt.held_out.y
    judged = learnt.identifier.model.judge(learnt.held_out.X)
    with atomic_text(path) as file:
        table = csv_writer(file)
        table.writerow(("file", "ident", "label", "machine_type", "likeliest", "probability", *types, "p_value"))
        for row, clip in enumerate(learnt.held_out_clips):
            shares, likeliest = judged.probabilities[row].tolist(), types[judged.likeliest[row]]
            called = UNKNOWN if judged.unknown[row] else likeliest
            words = (path_text(clip.path), clip.ident, types[y[row]], called, likeliest)
            table.writerow((*words, max(shares), *shares, float(judged.p_values[row])))
