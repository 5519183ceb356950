"""What is found is said once, and kept."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from offkey.watch.clock import REAL
from offkey.watch.findings import Findings
from offkey.watch.recorder import Recorder
from offkey.watch.rows import PASSED_OVER, LifeStep, Recording
from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store


def _said(tmp_path: Path, findings: Findings) -> list[str]:
    said: list[str] = []
    with closing(Store(tmp_path / "plant.db")) as store:
        recorder = Recorder(PlantSettings(), store, said.append, REAL)
        recorder.keep(findings)
        recorder.pending.write(is_forced=True)
    return said


def test_a_recording_without_a_score_is_named_unless_its_machine_was_out_of_service(tmp_path: Path) -> None:
    errors = (None, PASSED_OVER, "a.wav is empty: expected a sound file, found 0 bytes.")
    rows = [Recording("fan", str(number), error) for number, error in enumerate(errors)]
    assert _said(tmp_path, Findings(recordings=rows)) == [
        "fan: no score: a.wav is empty: expected a sound file, found 0 bytes."
    ]


def test_a_step_is_said_but_for_that_which_the_new_phase_says(tmp_path: Path) -> None:
    steps = [LifeStep("fan", 1.0, step, "offkey", "why", {}) for step in ("shadow", "armed")]
    assert _said(tmp_path, Findings(steps=steps)) == ["fan: shadow; why"]
