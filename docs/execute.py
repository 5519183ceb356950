"""Executes notebooks of the documentation and stores them with their outputs: ``make notebooks``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

_SECONDS = 300  # for one cell, on a busy machine


def execute(source: Path, target: Path) -> None:
    """Execute a notebook in an empty folder, and write it with its outputs and without times of this run."""
    notebook = nbformat.read(source, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        sockets = {"transport": "ipc", "ip": f"{folder}/kernel"}  # files, which no network reaches
        NotebookClient(
            notebook,
            timeout=_SECONDS,
            resources={"metadata": {"path": folder}},
            record_timing=False,
            coalesce_streams=True,
            config=Config({"KernelManager": sockets}),
        ).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _was_a_bar(output)]
    notebook.metadata = {key: notebook.metadata[key] for key in ("kernelspec",)}
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, target)


def _was_a_bar(output: nbformat.NotebookNode) -> bool:
    """Tell whether an output held a progress bar, which is drawn where a machine is slow and is empty afterwards."""
    return bool(output.get("data", {}).get("text/html") == "")


def main() -> None:
    """Read the command line."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("notebooks", nargs="+", type=Path)
    reader.add_argument("--to", type=Path, help="folder to write to; by default each notebook is written in its place")
    given = reader.parse_args()
    for notebook in given.notebooks:
        execute(notebook, notebook if given.to is None else given.to / notebook.name)


if __name__ == "__main__":
    main()
