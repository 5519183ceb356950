"""An exported folder held against what offkey computed when it was exported."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from offkey.runtime.arrays import read_arrays
from offkey.runtime.errors import GraphError
from offkey.runtime.folder import load
from offkey.runtime.replay import VECTORS, Compared, replay

__all__ = ["Checked", "check_export"]

Engine = Literal["numpy", "onnxruntime"]


@dataclass(frozen=True)
class Checked:
    """An exported folder, as its vectors find it.

    Parameters
    ----------
    folder : Path
        Where it is.
    compared : dict of str to list of Compared
        By the engine that ran the graph: each tensor that was compared.
    notes : list of str
        Sentences on what else is to be known: an engine that does not take the graph, a calibration that was edited.

    Examples
    --------
    >>> from offkey.export import check_export, export_model
    >>> checked = check_export(export_model(model, "pump7-edge").folder)
    >>> [one.name for one in checked.compared["numpy"] if not one.ok]
    []
    """

    folder: Path
    compared: dict[str, list[Compared]]
    notes: list[str]

    @property
    def agrees(self) -> bool:
        """Whether every number is within its tolerance."""
        return all(one.ok for found in self.compared.values() for one in found)

    def sentences(self) -> list[str]:
        """Return what was found, a sentence for each engine and for each tensor that is too far away."""
        said = []
        for engine, found in self.compared.items():
            far = [one for one in found if not one.ok]
            names = ", ".join(one.name for one in found)
            said.append(f"{engine}: {len(found) - len(far)} of {len(found)} agree ({names}).")
            said += [f"{engine}: {one.sentence()}" for one in far]
        return [*said, *(f"note: {note}" for note in self.notes)]

    def as_json(self) -> dict[str, Any]:
        """Return the figures by engine and name."""
        compared = {engine: [vars(one) | {"ok": one.ok} for one in found] for engine, found in self.compared.items()}
        return {"folder": str(self.folder), "agrees": self.agrees, "compared": compared, "notes": self.notes}


def check_export(folder: str | PathLike[str]) -> Checked:
    """Replay the vectors of an exported folder: by numpy, and by onnxruntime where it is installed.

    Parameters
    ----------
    folder : path
        As `export_model` wrote it; its ``calibration.json`` may have been edited since.

    Returns
    -------
    Checked

    Raises
    ------
    FolderError, GraphError
        If a file is missing, damaged, of a later protocol, or not of the same export as the others.

    Examples
    --------
    >>> from offkey.export import check_export, export_model
    >>> folder = export_model(model, "pump7-edge").folder
    >>> check_export(folder).agrees
    True
    """
    place = Path(folder)
    compared, notes = {"numpy": replay(place, engine="numpy")}, _edited(place)
    if find_spec("onnxruntime") is not None:
        try:
            compared["onnxruntime"] = replay(place, engine="onnxruntime")
        except GraphError as error:
            notes = [*notes, str(error)]
    return Checked(place, compared, notes)


def _edited(folder: Path) -> list[str]:
    """Say which numbers of the decision are not those that were exported."""
    now, then = load(folder, engine="numpy").calibration, read_arrays(folder / VECTORS)
    notes = []
    if now.threshold != float(then["threshold"]):
        notes.append(f"The threshold was edited: it is {now.threshold:g}, and was {float(then['threshold']):g}.")
    if now.normal_scores != then["normal_scores"].tolist():
        notes.append("The normal scores were edited, by which p-values are ranks.")
    return notes
