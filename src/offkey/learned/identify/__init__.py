"""Recognition of machine types: calibrated classifiers, which also say when a clip is of no type they know.

>>> from offkey.learned.identify import fit_identifier, load_identifier, read_clips
>>> identifier = fit_identifier(read_clips("machines").clips)
"""

from offkey.learned.identify.classifiers import Classifier, create, names
from offkey.learned.identify.clips import TypedClip, read_clips
from offkey.learned.identify.fitting import fit_identifier
from offkey.learned.identify.identifier import UNKNOWN, Identification, Identifier
from offkey.learned.identify.identifier_file import load_identifier
from offkey.learned.identify.splits import TypeSplit, split_clips

__all__ = [
    "UNKNOWN",
    "Classifier",
    "Identification",
    "Identifier",
    "TypeSplit",
    "TypedClip",
    "create",
    "fit_identifier",
    "load_identifier",
    "names",
    "read_clips",
    "split_clips",
]
