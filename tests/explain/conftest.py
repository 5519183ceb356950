"""A small model that keeps references, and clips to explain."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.proxy_clips import RATE, Machine, real_slider

import offkey
from offkey.model import Model


@pytest.fixture(scope="session")
def keeping_model(normal_folder: Path) -> Model:
    """Fitted on 24 clips of one second, of which it keeps four; not to be changed."""
    return offkey.fit(normal_folder, keep_references=4)


@pytest.fixture(scope="session")
def slider(shared_data: Path) -> Machine:
    """Real clips of a slide rail."""
    return real_slider(shared_data, 0)


@pytest.fixture(scope="session")
def slider_model(slider: Machine) -> Model:
    """Fitted on them; not to be changed."""
    return offkey.fit(slider.train, rate=RATE)
