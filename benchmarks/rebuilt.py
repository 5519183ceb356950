"""Clips of real MIMII machines, rebuilt from their published mean spectra by the script in the data folder."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

__all__ = ["rebuilt", "script"]


@contextmanager
def rebuilt(data: Path, machine: str, snr: str, **options: object) -> Iterator[Path]:
    """Give a folder of rebuilt clips that lasts as long as the block; options are those of ``rebuild_mimii.py``."""
    with TemporaryDirectory() as folder:
        script = str(data / "rebuild_mimii.py")
        more = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        subprocess.run([sys.executable, script, folder, "--machine", machine, "--snr", snr, *more], check=True)
        yield Path(folder)


def script(data: Path) -> ModuleType:
    """Return the script as a module, whose ``rows`` are the spectra, and whose ``clip`` makes sound of one."""
    spec = importlib.util.spec_from_file_location("rebuild_mimii", data / "rebuild_mimii.py")
    assert spec is not None  # noqa: S101 - a .py file always has one
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
