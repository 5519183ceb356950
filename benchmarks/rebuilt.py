"""Clips of real MIMII machines, rebuilt from their published mean spectra by the script in the data folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["rebuilt"]


@contextmanager
def rebuilt(data: Path, machine: str, snr: str, **options: object) -> Iterator[Path]:
    """Give a folder of rebuilt clips that lasts as long as the block; options are those of ``rebuild_mimii.py``."""
    with TemporaryDirectory() as folder:
        script = str(data / "rebuild_mimii.py")
        more = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        subprocess.run([sys.executable, script, folder, "--machine", machine, "--snr", snr, *more], check=True)
        yield Path(folder)
