from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.errors import ParameterError, UsageError
from offkey.evaluation.metrics import auc

RATE = 16_000


def _clip(machine: int, number: int, *, wild: bool = False, rub: float = 0.0) -> np.ndarray:
    """A tone of the machine's own, a whistle that goes up and down by load, and noise of its own level."""
    rng = np.random.default_rng((machine, number))
    t = np.arange(RATE // 2) / RATE
    load = rng.uniform(0.3, 3)
    sound = 0.05 * np.sin(2 * np.pi * (150 + 40 * machine) * t + rng.uniform(0, 6))
    sound += 0.01 * load * np.sin(2 * np.pi * 2500 * t + rng.uniform(0, 6))
    noise = 10 ** rng.uniform(-2, 1) if wild else 1 + machine
    sound += 0.002 * noise * rng.standard_normal(len(t))
    return (sound + rub * np.sin(2 * np.pi * 5000 * t)).astype(np.float32)


def _clips(machine: int, first: int, n: int, **how: float) -> list[np.ndarray]:
    return [_clip(machine, first + number, **how) for number in range(n)]


@pytest.fixture(scope="module")
def sister() -> offkey.Model:
    return offkey.fit(_clips(1, 0, 40), rate=RATE)


@pytest.fixture(scope="module")
def model(sister: offkey.Model) -> offkey.Model:
    return offkey.fit(_clips(0, 0, 8), rate=RATE, base=sister)


def test_few_clips_find_more_faults_with_a_sister(model: offkey.Model) -> None:
    alone = offkey.fit(_clips(0, 0, 8), rate=RATE)
    normal, faulty = _clips(0, 100, 30), _clips(0, 200, 30, rub=0.002)
    labels = np.repeat([0, 1], 30)

    def found(one: offkey.Model) -> float:
        return auc(labels, np.array([result.score for result in one.score(normal + faulty, rate=RATE)]))

    assert found(model) > max(0.95, found(alone) + 0.02)
    assert len(model.calibration.normal_scores) == 8
    assert model.fitted_on.clips == 8
    assert any("learnt from 40 clips of sister machines as well: model 1" in note for note in model.fitted_on.notes)


def test_a_machine_that_varies_otherwise_is_left_out_and_named(model: offkey.Model) -> None:
    stranger = offkey.fit(_clips(2, 0, 40, wild=True), rate=RATE)
    alone = offkey.fit(_clips(0, 0, 8), rate=RATE)
    found = offkey.fit(_clips(0, 0, 8), rate=RATE, base=[stranger])
    clips = _clips(0, 100, 5)
    assert [r.score for r in found.score(clips, rate=RATE)] == [r.score for r in alone.score(clips, rate=RATE)]
    assert any(note.startswith("Left out") and "model 1" in note for note in found.fitted_on.notes)


def test_files_serve_as_bases_and_earlier_ones_are_refused(
    sister: offkey.Model, model: offkey.Model, tmp_path: Path
) -> None:
    path = tmp_path / "sister.offkey"
    sister.save(path)
    found = offkey.fit(_clips(0, 0, 8), rate=RATE, base=path)
    clip = _clip(0, 100)
    assert found.score(clip, rate=RATE).score == model.score(clip, rate=RATE).score
    sister_without = offkey.load(path)
    sister_without.variation = None
    with pytest.raises(UsageError, match=r"model 1 does not keep how its normal clips vary.*fit it again"):
        offkey.fit(_clips(0, 0, 8), rate=RATE, base=sister_without)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"rate": 8000}, r"at 16000 Hz, not 8000 Hz \(--rate\)"),
        ({"features": "mfcc"}, r"front end 'logmel', not 'mfcc' \(--features\)"),
        ({"features_params": {"n_mels": 64}}, r"n_mels=128, not 64 \(--features-param\)"),
        ({"window_s": 0.25}, r"clips of 0.5 s, not 0.25 s, and shorter ones vary more \(--window\)"),
    ],
)
def test_a_base_that_hears_otherwise_is_refused(sister: offkey.Model, options: dict, fault: str) -> None:
    with pytest.raises(UsageError, match=f"The base model 1 hears in another way than the new model: .*{fault}"):
        offkey.fit(_clips(0, 0, 8), **{"rate": RATE, **options}, base=sister)


def test_a_base_that_has_learnt_a_clip_of_the_new_machine_is_refused(sister: offkey.Model) -> None:
    with pytest.raises(UsageError, match=r"The base model 1 has learnt 2 of these 8 clips.*array 6, array 7"):
        offkey.fit(_clips(0, 0, 6) + _clips(1, 0, 2), rate=RATE, base=sister)


def test_a_base_that_is_given_twice_counts_once(sister: offkey.Model, model: offkey.Model) -> None:
    found = offkey.fit(_clips(0, 0, 8), rate=RATE, base=[sister, sister])
    assert found.fitted_on.notes == model.fitted_on.notes
    assert found.threshold == model.threshold


@pytest.mark.parametrize(("base", "found"), [(3, "of the type int"), ([None], "None")])
def test_what_is_no_base_is_refused(base: object, found: str) -> None:
    with pytest.raises(ParameterError, match=f"The model is {found}: expected the path of a file"):
        offkey.fit(_clips(0, 0, 8), rate=RATE, base=base)


def test_domains_are_refused(sister: offkey.Model) -> None:
    with pytest.raises(UsageError, match="A base cannot be joined with clips of several domains"):
        offkey.fit(_clips(0, 0, 10), rate=RATE, base=sister, domains=["source"] * 5 + ["target"] * 5)
