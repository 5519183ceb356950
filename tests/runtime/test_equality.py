"""An exported model decides as offkey does, on files and on a stream."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.conftest import Hum

import offkey
from offkey.decision.events import excursions, smooth
from offkey.export import export_model
from offkey.model import Model, Result
from offkey.runtime import load
from offkey.runtime.engine import EngineName

RATE, SECONDS = 8_000, 0.5


@pytest.fixture(scope="module")
def fitted(hum: Hum) -> Model:
    clips = [hum(number, seconds=SECONDS, rate=RATE) for number in range(24)]
    return offkey.fit(clips, rate=RATE, false_alarm_rate=1e-4)


@pytest.fixture(scope="module")
def folder(fitted: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_model(fitted, tmp_path_factory.mktemp("equal") / "edge").folder


def _files(folder: Path, hum: Hum) -> list[Path]:
    """Normal and faulty sound of one window, of several, and of several and a rest."""
    paths = []
    for number, (seconds, tone_hz) in enumerate([(0.5, None), (0.5, 2500), (2.0, None), (2.3, 900), (3.71, None)]):
        sound = hum(500 + number, seconds=seconds, rate=RATE)
        if tone_hz is not None:
            t = np.arange(RATE // 5) / RATE
            sound[-len(t) :] += (0.1 * np.sin(2 * np.pi * tone_hz * t)).astype(np.float32)
        paths.append(folder / f"{number}.wav")
        soundfile.write(paths[-1], sound, RATE)
    return paths


@pytest.mark.parametrize("engine", ["numpy", "onnxruntime"])
def test_files_get_the_windows_scores_and_decisions_of_offkey(
    fitted: Model, folder: Path, hum: Hum, tmp_path: Path, engine: EngineName
) -> None:
    pytest.importorskip(engine)
    exported = load(folder, engine=engine)
    paths = _files(tmp_path, hum)
    expected: dict[str, list[Result]] = {str(path): [] for path in paths}
    for result in fitted.results(paths):
        expected[result.file].append(result)
    for path in paths:
        found = exported.score_windows(path)
        assert [(one.start_s, one.end_s) for one in found] == [(one.start_s, one.end_s) for one in expected[str(path)]]
        scores = np.array([one.score for one in found], np.float64)
        np.testing.assert_allclose(scores, [float(one.score or 0) for one in expected[str(path)]], rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose([one.p_value for one in found], fitted.calibration.p_values(scores), rtol=1e-9)
        assert [one.anomalous for one in found] == [one.anomalous for one in expected[str(path)]]
        whole = fitted.score(path)
        assert exported.score(path).start_s == whole.start_s
        assert exported.score(path).anomalous == whole.anomalous
    assert [exported.score(path).anomalous for path in paths] == [False, True, False, True, False]


def test_a_stream_has_the_events_of_offkey(fitted: Model, folder: Path, hum: Hum) -> None:
    exported = load(folder, engine="numpy")
    rule = exported.events
    assert rule is not None
    sound = hum(700, seconds=40.0, rate=RATE)
    sound[15 * RATE : 22 * RATE] *= 4
    results = exported.stream().push(sound)
    surprises = fitted.calibration.surprises([one.score for one in results])
    smoothed = smooth(surprises, rule.half_life, usual=rule.usual, hold=rule.hold)
    peaks = [one for one in excursions(smoothed, rule.close_at, rule.hold) if one.peak >= rule.open_at]
    first = next(one.event for one in results if one.event is not None)
    hop = round(rule.hop_s * RATE)
    assert first.kind == "new"
    assert first.start_s == peaks[0].first * hop / RATE
    loudest = max((one.event for one in results if one.event is not None), key=lambda event: event.peak)
    assert loudest.start_s <= 15 < loudest.end_s < 30
    assert loudest.peak == pytest.approx(max(one.peak for one in peaks))


def test_the_decision_stands_in_the_folder_as_text(fitted: Model, folder: Path) -> None:
    values = json.loads((folder / "calibration.json").read_text())
    assert values["threshold"] == fitted.threshold.value
    assert values["normal_scores"] == fitted.calibration.normal_scores.tolist()
