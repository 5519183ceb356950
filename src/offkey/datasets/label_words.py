"""Words that call a clip normal or anomalous, in the names of folders and files."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from offkey.tables import ANOMALY_WORDS, NORMAL_WORDS

__all__ = ["LABEL_WORDS", "Label", "label_of_file", "label_of_folder"]

Label: TypeAlias = Literal["normal", "anomaly"]

LABEL_WORDS: dict[str, Label] = {
    **dict.fromkeys(NORMAL_WORDS, "normal"),
    **dict.fromkeys(ANOMALY_WORDS, "anomaly"),
}
"""Names of folders, in lower case, and the label of the clips in them."""

_SURE = frozenset(
    {"abnormal", "anormal", "anomaly", "anomalies", "anomalous", "faulty", "defective", "malfunctioning", "unhealthy"}
)
"""Words that call a clip anomalous whatever else its file is called; ``broken`` may be said of other things."""

_IN_FILES = _SURE | {"ng", "nok", "normal"}
_NOT = frozenset({"no", "not", "non", "without"})
_SILENT_WORDS = """
audio channel class clip clips data day file files id line machine machines motor mic nr recording recordings run sample
samples sensor set sound sounds test train training unit wav wavs
bearing bearings compressor conveyor engine fan fans gearbox pump pumps rail slider toy car valve valves
"""
_SILENT = frozenset(_SILENT_WORDS.split())
"""Words beside which a label still means all of the folder or file."""

_OTHER: dict[Label, Label] = {"normal": "anomaly", "anomaly": "normal"}
_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def label_of_folder(name: str) -> Label | None:
    """Return the label in a folder's name, None if it has none.

    It must say nothing else: ``NG``, ``abnormal_02`` and ``faulty-clips`` call what lies in them anomalous,
    ``not ok`` does too, and ``anomaly-project`` does not.

    `name`: the name, without the folders above it.
    """
    return _only_label_of(_words(name), frozenset(LABEL_WORDS))


def label_of_file(stem: str) -> Label | None:
    """Return the label in a file's own name, None if it has none.

    One of the words that are sure is enough to call it anomalous: ``pump7_abnormal_at_noon``. For all others the name
    must say nothing else, as that of a folder.

    `stem`: the name without its ending.
    """
    words = _words(stem)
    return "anomaly" if _labels_of(words, _SURE | {"normal"}) == {"anomaly"} else _only_label_of(words, _IN_FILES)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_HUMP.sub(" ", name))]


def _only_label_of(words: list[str], vocabulary: frozenset[str]) -> Label | None:
    """Return the one label of some words that say nothing else."""
    labels = _labels_of(words, vocabulary)
    silent = vocabulary | _SILENT | _NOT | {"free"}
    return labels.pop() if len(labels) == 1 and silent.issuperset(words) else None


def _labels_of(words: list[str], vocabulary: frozenset[str]) -> set[Label]:
    """Return the labels of words; one with a negation before it, or ``free`` behind it, is the other one."""
    labels: set[Label] = set()
    for number, word in enumerate(words):
        if word in vocabulary:
            negated = (number > 0 and words[number - 1] in _NOT) or words[number + 1 : number + 2] == ["free"]
            labels.add(_OTHER[LABEL_WORDS[word]] if negated else LABEL_WORDS[word])
    return labels
