"""A small model that keeps references, and clips to explain."""

from __future__ import annotations

from pathlib import Path

import pytest

import offkey
from offkey.model import Model


@pytest.fixture(scope="session")
def keeping_model(normal_folder: Path) -> Model:
    """Fitted on 24 clips of one second, of which it keeps four; not to be changed."""
    return offkey.fit(normal_folder, keep_references=4)
