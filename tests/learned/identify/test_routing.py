from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import offkey
from offkey.audio import ArrayRecording
from offkey.errors import UsageError
from offkey.learned.identify.identifier import Identification
from offkey.learned.identify.routing import Router


class TakesAllForAFan:
    """An identifier that needs no network."""

    types = ("fan", "pump")

    def results(self, sources: Sequence[Any], **_: object) -> Iterator[Identification]:
        return (Identification(source.name, "fan", 0.9, 0.5, {}) for source in sources)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, hum) -> Path:
    """Two fans: one that hums, and one that whistles in half of the clips and hums in the others."""
    folder = tmp_path_factory.mktemp("models")
    hums = [hum(number) for number in range(30)]
    whistles = [hum(100 + number, tone_hz=3000.0) for number in range(30)]
    for ident, clips in (("00", hums), ("02", [*hums[:15], *whistles[:15]])):
        offkey.fit(clips, rate=16_000, features="stats", detector="knn").save(folder / f"fan_id_{ident}.offkey")
    return folder


def routed(folder: Path, *sounds: np.ndarray, name: str = "clip.wav") -> list[Any]:
    router = Router(TakesAllForAFan(), folder, window_s=1.0, hop_s=1.0)  # type: ignore[arg-type]
    return list(router.results([ArrayRecording(np.concatenate(sounds), 16_000, name=name)], jobs=1))


def test_a_clip_goes_to_the_machine_that_it_is_the_least_unusual_for(folder: Path, hum) -> None:
    assert {result.model for result in routed(folder, hum(201))} == {"fan_id_00"}
    assert {result.model for result in routed(folder, hum(202, tone_hz=3000.0))} == {"fan_id_02"}


def test_of_a_long_recording_the_most_unusual_window_picks_the_model(folder: Path, hum) -> None:
    """Most of it hums, as one machine always does; that it whistles in the end is normal for the other alone."""
    results = routed(folder, *[hum(5)] * 62, hum(105, tone_hz=3000.0))
    assert len(results) == 63
    assert {result.model for result in results} == {"fan_id_02"}
    assert not any(result.anomalous for result in results)


def test_an_official_name_tells_the_machine(folder: Path, hum) -> None:
    (result,) = routed(folder, hum(202, tone_hz=3000.0), name="anomaly_id_00_00000000.wav")
    assert (result.model, result.anomalous) == ("fan_id_00", True)


def test_types_without_a_model_are_known_and_a_folder_without_any_is_refused(folder: Path, tmp_path: Path) -> None:
    assert Router(TakesAllForAFan(), folder).missing() == ["pump"]  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"holds no model of the types fan, pump: expected files such as fan\.offkey"):
        Router(TakesAllForAFan(), tmp_path)  # type: ignore[arg-type]
