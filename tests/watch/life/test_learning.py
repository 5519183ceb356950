"""The first phase: sound to clips, what is unusable left out, a model fitted beside, and the shadow."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.conftest import Hum

from offkey.errors import OffkeyError
from offkey.watch.acquisition.quality import Doubt
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End
from offkey.watch.life.background_fit import Fitted
from offkey.watch.life.learning import Learning
from offkey.watch.life.normal_set import NormalSet

AT = 1_800_000_000.0


@pytest.fixture
def learning(settings, tmp_path: Path):
    def make(**fields) -> Learning:
        described = settings({"kind": "stdin", "rate": 16_000}, **{"learn_hours": 0.06, **fields})
        return Learning(described, NormalSet(tmp_path, "hum"), AT)

    return make


def _hear(learning: Learning, sound: np.ndarray, at: float = AT) -> None:
    learning.feed(Begin(16_000, at))
    for block in np.array_split(sound, math.ceil(len(sound) / 40_000)):
        learning.feed(block[:, None])


def test_sound_is_cut_into_clips_that_are_kept(learning, hum: Hum) -> None:
    machine = learning()
    _hear(machine, hum(1, seconds=65))
    machine.feed(Correction("clock moved", 30.0, "The clock was set."))
    machine.feed(hum(2, seconds=10)[:, None])
    names = sorted(path.name for path in machine.folder.iterdir())
    assert names == [f"20270115T080{k}Z.flac" for k in ("000", "010", "020", "030", "040", "050", "130")]
    samples, rate = soundfile.read(machine.folder / names[0])
    assert (samples.shape, rate) == ((160_000,), 16_000)
    assert np.allclose(samples, hum(1, seconds=65)[:160_000], atol=1e-4)
    assert machine.stage() == "learning, 0.0194 of 0.06 hours of normal sound in 7 clips"
    assert learning().collected.clips == 7  # after a restart


def test_what_is_unusable_is_named_and_counts_as_no_time(learning, hum: Hum) -> None:
    machine = learning()
    _hear(machine, np.concatenate([np.zeros(160_000, np.float32), 30 * hum(1, seconds=10).clip(-0.0333, 0.0333)]))
    assert machine.collected.clips == 0
    assert machine.collected.collected_s == 0
    assert dict(machine.collected.left_out) == {"silent": 1, "clipped": 1}
    assert machine.problem == "The sound of hum is clipped: lower the gain of the microphone."
    assert machine.stage().endswith("2 clips were left out (1 silent, 1 clipped)")
    _hear(machine, hum(1, seconds=10))
    assert (machine.collected.clips, machine.problem) == (1, "")
    assert "has no channel 1" in _problem(learning(learn_channel="1"), hum)


def _problem(machine: Learning, hum: Hum) -> str:
    _hear(machine, hum(1, seconds=10))
    return machine.problem


def test_sound_of_a_source_in_doubt_is_not_learnt_from(learning, hum: Hum) -> None:
    machine = learning()
    machine.feed(Begin(16_000, AT))
    machine.feed(hum(1, seconds=5)[:, None])
    machine.feed(Doubt("level moved"))
    machine.feed(hum(2, seconds=10)[:, None])
    machine.feed(Doubt(None))
    machine.feed(hum(3, seconds=15)[:, None])
    assert dict(machine.collected.left_out) == {"level moved": 2}
    assert machine.collected.clips == 1


def test_a_clip_never_reaches_over_a_gap(learning, hum: Hum) -> None:
    machine = learning()
    _hear(machine, hum(1, seconds=9))
    machine.feed(End("it broke off"))
    _hear(machine, hum(1, seconds=9), AT + 60)
    assert machine.collected.clips == 0


def test_short_recordings_are_clips_as_they_are_and_are_taken_once(learning, hum: Hum) -> None:
    machine = learning()
    machine.feed(Begin(16_000, AT, 4.0))
    machine.feed(hum(1, seconds=4)[:, None])
    findings = machine.feed(End("the file has ended", is_whole=True, recording="a.wav"))
    assert [(row.name, row.error) for row in findings.recordings] == [("a.wav", None)]
    assert soundfile.info(next(machine.folder.iterdir())).frames == 64_000


def test_recordings_that_were_copied_together_are_clips_of_their_own(learning, hum: Hum) -> None:
    machine = learning()
    for number in range(3):
        machine.feed(Begin(16_000, AT + 0.1 * number))
        machine.feed(hum(number, seconds=10)[:, None])
        machine.feed(End("the file has ended", is_whole=True, recording=f"{number}.wav"))
    names = sorted(path.name for path in machine.folder.iterdir())
    assert names == ["20270115T080000Z-2.flac", "20270115T080000Z-3.flac", "20270115T080000Z.flac"]


def test_clips_are_spread_over_the_whole_time_and_bounded(learning, hum: Hum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offkey.watch.life.learning._MOST", 20)
    machine = learning(learn_hours=0.2)
    for minute in range(12):
        _hear(machine, hum(minute, seconds=60), AT + 60 * minute)
    assert machine.is_complete
    assert machine.collected.clips == 20
    _hear(machine, hum(99, seconds=60), AT + 900)
    assert machine.collected.clips == 20


def test_a_model_is_fitted_beside_and_what_stands_out_is_named(learning, hum: Hum) -> None:
    machine = learning()
    assert machine.fitted() is None
    for number in range(22):
        _hear(machine, hum(number, seconds=10, tone_hz=3000 if number == 3 else 440), AT + 10 * number)
    assert machine.is_complete
    assert machine.fitted() is None
    assert machine.stage() == "learning, a model is being fitted to 22 clips of normal sound"
    outcome = _outcome(machine)
    assert outcome.report["clips"] == 22
    assert outcome.sentence().startswith("learnt from 22 clips, 4 minutes of sound.")
    assert "20270115T080030Z.flac" in outcome.sentence()
    assert machine.new_model.is_file()
    assert not machine.new_model.with_suffix(".json").exists()


def _outcome(machine: Learning) -> Fitted:
    until = time.monotonic() + 120
    while (outcome := machine.fitted()) is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    return outcome


def test_a_fit_that_fails_lets_the_machine_learn_on(learning, hum: Hum) -> None:
    machine = learning()
    same = hum(1, seconds=10)
    for number in range(22):
        _hear(machine, same, AT + 10 * number)
    with pytest.raises(OffkeyError, match=r"^No model could be fitted \(status 1\): ") as found:
        _outcome(machine)
    assert (machine.is_complete, machine.problem) == (False, str(found.value))
