from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.errors import AudioError, ParameterError
from offkey.synthetic import Plant, faults, mix_fault
from offkey.synthetic.levels import rms

RATE = 16_000
PLANT = Plant(1, duration_s=6.0)
ADDED = [name for name in faults() if name != "missing_stroke"]


def band_power(
    samples: NDArray[np.float32], band: tuple[float, float], spans: tuple[tuple[float, float], ...]
) -> float:
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1.0 / RATE)
    inside = np.fft.irfft(np.where((hz >= band[0]) & (hz <= band[1]), spectrum, 0.0), len(samples))
    return float(np.mean(np.concatenate([inside[round(a * RATE) : round(b * RATE)] for a, b in spans]) ** 2))


@pytest.mark.parametrize("fault", ADDED)
@pytest.mark.parametrize("snr_db", [-12.0, 6.0])
@pytest.mark.parametrize("source", ["fan", "slider"])
def test_the_fault_has_the_strength_asked_for(fault: str, snr_db: float, source: str) -> None:
    clip = PLANT.clip(source).samples
    mixed, truth = mix_fault(clip, RATE, fault=fault, snr_db=snr_db, rng=np.random.default_rng(3))
    gain = float(np.dot(mixed, clip) / np.dot(clip, clip))  # what the clip was scaled by, but for chance correlation
    added = mixed - gain * clip
    ratio_db = 10.0 * np.log10(
        band_power(added, truth.band, truth.spans) / gain**2 / band_power(clip, truth.band, truth.spans)
    )
    assert ratio_db == pytest.approx(snr_db, abs=1.2)  # a tenth of the fault may lie outside its band
    assert rms(mixed) == pytest.approx(rms(clip), rel=1e-3)


@pytest.mark.parametrize("fault", faults())
def test_severity_sets_the_strength_where_none_is_given(fault: str) -> None:
    clip = PLANT.clip("slider", 1).samples

    def change(severity: float) -> float:
        mixed, truth = mix_fault(clip, RATE, fault=fault, severity=severity, rng=np.random.default_rng(0))
        assert truth.severity == severity
        return rms(mixed - clip)

    assert 0.0 < change(0.1) < change(1.0)


def test_the_same_generator_makes_the_same_mixture() -> None:
    clip = PLANT.clip("pump").samples
    first, second = (mix_fault(clip, RATE, fault="squeal", rng=np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert first[1] == second[1]


@pytest.mark.parametrize("snr_db", [None, 12.0])
def test_a_missing_stroke_leaves_the_background(snr_db: float | None) -> None:
    clip = Plant(1, duration_s=8.0, snr_db=12.0).clip("slider").samples
    mixed, truth = mix_fault(clip, RATE, fault="missing_stroke", snr_db=snr_db, rng=np.random.default_rng(0))
    scale = rms(mixed) / rms(clip)
    assert scale == pytest.approx(1.0, rel=1e-3)
    band = (500.0, 7000.0)
    left = band_power(mixed, band, truth.spans) / band_power(clip, band, truth.spans)
    assert left < (0.1 if snr_db is None else 0.35)
    start, end = truth.spans[0]
    assert band_power(mixed, band, ((start, end),)) > 1e-3 * band_power(clip, band, ((start, end),))  # not silence


def test_no_stroke_can_be_missing_from_a_steady_sound() -> None:
    steady = np.random.default_rng(0).standard_normal(4 * RATE)
    with pytest.raises(AudioError, match="cannot lose a stroke"):
        mix_fault(steady, RATE, fault="missing_stroke", rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("samples", "arguments", "words"),
    [
        (np.zeros(RATE), {"fault": "leak"}, "must hold sound"),
        (np.ones(100), {"fault": "leak"}, "at least 8000 samples"),
        (np.ones((RATE, 2)), {"fault": "leak"}, "one-dimensional"),
        (np.full(RATE, np.inf), {"fault": "leak"}, "finite"),
        (np.ones(RATE), {"fault": "cough"}, "'fault' must be one of"),
        (np.ones(RATE), {"fault": "leak", "severity": 0.0}, "'severity' must be"),
        (np.ones(RATE), {"fault": "leak", "snr_db": float("nan")}, "'snr_db' must be"),
    ],
)
def test_what_cannot_be_mixed_is_refused(samples: np.ndarray, arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        mix_fault(samples, RATE, rng=np.random.default_rng(0), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", faults())
def test_faults_mix_into_real_clips(fault: str, shared_data: Path) -> None:
    import soundfile

    folder = shared_data / "dcase2020_real" / "valve" / "test"
    clip, rate = soundfile.read(folder / "normal_id_02_00000017.wav", dtype="float32")
    mixed, truth = mix_fault(clip, rate, fault=fault, snr_db=0.0, rng=np.random.default_rng(1))
    assert np.isfinite(mixed).all()
    assert rms(mixed) == pytest.approx(rms(clip), rel=1e-3)
    assert len(truth.spans) >= 1
    assert rms(mixed - clip) > 0.01 * rms(clip)
