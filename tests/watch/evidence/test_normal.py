"""The normal clip that an event is compared with."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.model import Model
from offkey.watch.evidence.normal import normal_flac


@pytest.fixture(scope="module")
def model(normal_folder: Path) -> Model:
    return offkey.fit(normal_folder, detector="knn", jobs=1, keep_references=4)


def test_the_sound_is_the_one_that_the_model_keeps(model: Model) -> None:
    assert model.reference is not None
    for row in map(int, model.reference.sounds):
        normal = {"name": model.reference.names[row], "start_s": float(model.reference.spans_s[row, 0])}
        content = normal_flac(model, {"normal": normal})
        assert content is not None
        kept = model.reference.sound(row)
        assert np.array_equal(soundfile.read(io.BytesIO(content), dtype="float32")[0], kept)


def test_there_is_none_where_the_model_keeps_none(model: Model) -> None:
    assert model.reference is not None
    without = next(name for row, name in enumerate(model.reference.names) if str(row) not in model.reference.sounds)
    assert normal_flac(model, {"normal": {"name": without, "start_s": None}}) is None
    assert normal_flac(model, {}) is None
    assert normal_flac(replace(model, reference=None), {"normal": {"name": without, "start_s": None}}) is None
