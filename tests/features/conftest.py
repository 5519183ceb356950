"""Fixtures for front ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from offkey.features import find


@pytest.fixture(scope="session")
def whole_name(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Return a function: name of a front end to the same with an argument, a small stand-in, where it takes one."""
    stand_ins = {
        "discriminative": ("embedding_folder", "tiny.offkeynet"),
        "onnx": ("yamnet_folder", "patches.onnx"),
        "hub": ("hub_folder", "ast"),
    }

    def whole(name: str) -> str:
        if find(name).argument is None:
            return name
        fixture, file = stand_ins[name]
        folder: Path = request.getfixturevalue(fixture)
        return f"{name}:{folder / file}"

    return whole
