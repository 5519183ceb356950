"""Fixtures for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real recordings, spectra, score files and ground truth, outside the repository."""
    named = os.environ.get("OFFKEY_TEST_DATA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the test data folder {folder} is absent (OFFKEY_TEST_DATA names another)")
    return folder
