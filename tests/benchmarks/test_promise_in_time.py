from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from benchmarks.promise_sets import InTime

from benchmarks import promise_in_time, promise_sets

RATE = 8_000


def plant(number: int, gain: float = 1.0, tone_hz: float | None = None) -> np.ndarray:
    rng = np.random.default_rng(number)
    t = np.arange(RATE // 2) / RATE
    sound = 0.01 * rng.standard_normal(len(t)) * rng.uniform(0.8, 1.25) + 0.02 * np.sin(2 * np.pi * 120 * t)
    if tone_hz is not None:
        sound += 0.02 * np.sin(2 * np.pi * tone_hz * t)
    return np.asarray(gain * sound, np.float32)


@pytest.fixture(scope="module")
def louder() -> InTime:
    """A machine whose later clips are 6 dB louder."""
    later = np.arange(80) >= 40
    normal = [plant(number, 2.0 if late else 1.0) for number, late in enumerate(later)]
    return InTime("plant", "later", normal, later, [plant(500 + number, 2.0, 3000) for number in range(5)], RATE)


def test_a_promise_that_time_breaks_is_kept_again_after_ten_clips(louder, capsys: pytest.CaptureFixture[str]) -> None:
    found = promise_in_time.in_both_orders(louder, draws=2)
    at_random, in_time = found
    assert at_random.before[1] < 0.2 < in_time.before[1]
    assert in_time.warned
    assert in_time.after[1] < 0.2
    assert in_time.areas[1] > 0.9
    promise_in_time.print_machine(louder, *found)
    promise_in_time.print_goals([found])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| plant | later | ")
    assert "- a warning where more than 0.08 alarm: 1 of 1: met" in lines


def test_real_sets_are_cut_by_flight_day_number_and_recording(tmp_path: Path) -> None:
    names = {
        "drone_propeller": (["normal_a_w0", "normal_a_w1"], ["normal_b_w0"]),
        "air_compressor": (["260327_a"], ["260329_b"]),
        "bldc_prop": ([f"motor_20pct_{number:03d}_w0" for number in range(4)], ["motor_20pct_004_w0"]),
        "vibration": ([f"0600_{lb}_t0" for lb in ("00lb", "11lb")], [f"0600_{lb}_t1" for lb in ("00lb", "11lb")]),
    }
    for name, parts in names.items():
        for part, stems in zip(("train", "test_normal", "test_anomaly"), (*parts, ["faulty"]), strict=True):
            _write(tmp_path / "real" / name / part, stems)
    _write(tmp_path / "dcase2020_real" / "slider" / "train", [f"normal_id_00_{number:08d}" for number in range(5)])
    later = {machine.name: machine.later.tolist() for machine in promise_sets.real(tmp_path)}
    assert later == {
        "slide rail": [True, True, False, False, False],
        "drone_propeller": [False, False, True],
        "air_compressor": [False, True],
        "bldc_prop": [False, False, False, True, True],
        "vibration": [False, True, False, True],
    }


def _write(folder: Path, stems: list[str]) -> None:
    folder.mkdir(parents=True)
    for stem in stems:
        soundfile.write(folder / f"{stem}.flac", np.zeros(100), RATE)
