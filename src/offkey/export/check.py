"""An exported folder held against what offkey computed when it was exported."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from offkey.export.calibration import edits
from offkey.export.compiled import check_c
from offkey.export.folder import C_FOLDER
from offkey.runtime.errors import GraphError
from offkey.runtime.folder import read_decision
from offkey.runtime.replay import Compared, read_vectors, replay

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
        By what ran the model, ``"numpy"``, ``"onnxruntime"`` or ``"c"``: each tensor that was compared.
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
        """Return what was found, a sentence for each way to run it and for each tensor that is too far away."""
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


def check_export(folder: str | PathLike[str], *, compile_c: bool = False) -> Checked:
    """Replay the vectors of an exported folder: by numpy, and by onnxruntime where it is installed.

    No code of the folder is run, unless `compile_c` says so.

    Parameters
    ----------
    folder : path
        As `export_model` wrote it; what decides in its ``calibration.json`` may have been edited since.
    compile_c : bool, default False
        Whether to compile its C by ``$CC``, ``cc``, ``gcc`` or ``clang``, and to run it: for folders that are trusted.

    Returns
    -------
    Checked

    Raises
    ------
    FolderError, GraphError
        If a file is missing, damaged, of a later protocol, or not of the same export as the others; if there is C alone
        and it is not to be compiled.
    UsageError
        If there is no C to compile, or no compiler.
    ExportError
        If the C does not compile, or does not give results.

    Examples
    --------
    >>> from offkey.export import check_export, export_model
    >>> folder = export_model(model, "pump7-edge").folder
    >>> check_export(folder).agrees
    True
    """
    place = Path(folder)
    decision, notes = read_decision(place), list[str]()
    compared: dict[str, list[Compared]] = {}
    if decision.sha256 is not None or not compile_c:
        compared["numpy"] = replay(place, engine="numpy")
        if find_spec("onnxruntime") is not None:
            try:
                compared["onnxruntime"] = replay(place, engine="onnxruntime")
            except GraphError as error:
                notes.append(str(error))
    arrays = read_vectors(place, decision)
    edited = edits(decision, arrays)
    if compile_c:
        compared["c"] = check_c(place, arrays)
    if edited and (place / C_FOLDER).is_dir():
        edited.append(f"{C_FOLDER}/offkey.c decides as it did when it was exported: no edit reaches it.")
    return Checked(place, compared, [*notes, *edited])
