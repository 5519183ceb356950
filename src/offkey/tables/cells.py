"""The meaning of a cell: a number, or the label of a clip."""

from __future__ import annotations

__all__ = ["ANOMALY_WORDS", "LABELS", "NORMAL_WORDS", "label_of", "means_no_label", "number"]

NORMAL_WORDS = ("normal", "normals", "healthy", "good", "ok")
"""Words for a normal clip, in a cell or in the name of a folder."""

_ANOMALY_WORDS = """
abnormal abnormals anormal anomaly anomalies anomalous ng nok fault faults faulty failure failures fail failed
malfunction malfunctions malfunctioning defect defects defective damaged broken bad unhealthy outlier outliers
"""
ANOMALY_WORDS = tuple(_ANOMALY_WORDS.split())
"""Words for an anomalous clip, in a cell or in the name of a folder."""

LABELS = {**dict.fromkeys(("0", "false", *NORMAL_WORDS), 0), **dict.fromkeys(("1", "true", *ANOMALY_WORDS), 1)}
"""Words of a label cell, in any case, and their label: 0 for normal, 1 for anomaly."""

_NO_LABEL = frozenset({"", "unsure", "unknown", "nan", "none", "null", "na", "n/a", "<na>", "?", "-"})


def number(text: str) -> float | None:
    """Return the number that a cell holds, None if it holds none."""
    try:
        return float(text)
    except ValueError:
        return None


def label_of(text: str) -> int | None:
    """Return 0 or 1 for the text of a label, None if it is none.

    `text`: one of `LABELS`, in any case, or a number equal to 0 or 1, such as ``1.0``.
    """
    value = number(text)
    return LABELS.get(text.strip().lower() if value is None else f"{value:g}")


def means_no_label(text: str) -> bool:
    """Tell whether a cell says that a clip has no label: it is empty, ``unsure``, ``unknown``, ``nan`` or the like."""
    return text.strip().lower() in _NO_LABEL
