from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.datasets.readers import read_dataset
from offkey.datasets.table import make_table
from offkey.detectors import create
from offkey.errors import DataError, ParameterError, UsageError
from offkey.evaluation.labels import read_labels
from offkey.experiments.pseudo_labels import COLUMNS, Proposal, Words, propose_labels, write_proposals
from offkey.features import create as front_end

pytest.importorskip("transformers", reason="the extra hub is not installed")


@pytest.fixture
def clips(tmp_path: Path, hum) -> Path:
    """Six test clips without a label, one of them silent, beside training clips and a labelled one."""
    for name, seed in (("train/a", 0), ("test/normal/b", 1), *((f"test/c{k}", 10 + k) for k in range(5))):
        path = tmp_path / "fan" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, hum(seed), 16_000)
    soundfile.write(tmp_path / "fan" / "test" / "silent.wav", np.zeros(16_000), 16_000)
    return tmp_path


def test_proposals_are_what_zero_shot_says_of_the_clips_without_a_label(clips: Path, hub_folder: Path, hum) -> None:
    model = str(hub_folder / "clap")
    words = Words(model=model, normal=["a fan"], anomaly=["a broken fan", "a whistle"])
    proposals, notes = propose_labels(read_dataset("folder", clips), words)
    assert [Path(one.file).stem for one in proposals] == [f"c{k}" for k in range(5)] + ["silent"]
    X = np.array([front_end(f"hub:{model}").vector(hum(10 + k), 16_000) for k in range(5)])
    detector = create("zero_shot", model=model, prompt_normal=["a fan"], prompt_anomaly=["a broken fan", "a whistle"])
    odds = detector.fit(X).score(X)
    found = np.array([one.probability for one in proposals[:5]])
    np.testing.assert_allclose(np.log(found / (1 - found)), odds, atol=2e-2)  # the files have 16 bits
    assert proposals[-1].label is None
    assert "silent" in str(proposals[-1].error)
    assert any("its model card names no licence" in note for note in notes)
    one_sided = any("Every clip is proposed as" in note for note in notes)
    assert one_sided == (len({one.label for one in proposals[:5]}) == 1)


def test_the_label_is_the_more_probable_one_and_its_probability_the_confidence() -> None:
    assert (Proposal("a", 0.8).label, Proposal("a", 0.8).confidence) == ("anomaly", 0.8)
    assert Proposal("a", 0.3).label == "normal"
    assert Proposal("a", 0.3).confidence == pytest.approx(0.7)
    assert (Proposal("a", None, "silent").label, Proposal("a", None, "silent").confidence) == (None, None)


def test_the_file_marks_every_label_as_proposed(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    write_proposals([Proposal("a.wav", 0.8), Proposal("b.wav", 0.25), Proposal("c.wav", None, "silent")], path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert rows == [
        {"file": "a.wav", "label": "anomaly", "proposed": "1", "confidence": "0.8000", "anomaly_probability": "0.8000"},
        {"file": "b.wav", "label": "normal", "proposed": "1", "confidence": "0.7500", "anomaly_probability": "0.2500"},
    ]
    labels = read_labels(path)
    assert labels == {"a.wav": 1, "b.wav": 0}
    assert labels.n_proposed == 2
    assert labels.caveat.startswith("2 of 2 labels are proposed by a model, not known")


def test_a_model_without_words_is_refused_before_anything_is_heard(clips: Path, hub_folder: Path) -> None:
    heard: list[int] = []
    with pytest.raises(ParameterError, match="ast compares no sound with text"):
        propose_labels(
            read_dataset("folder", clips),
            Words(model=str(hub_folder / "ast")),
            progress=lambda total: lambda: heard.append(total),
        )
    assert not heard


def test_what_cannot_be_proposed_is_said(hub_folder: Path) -> None:
    words = Words(model=str(hub_folder / "clap"))
    with pytest.raises(DataError, match="There is no test clip without a label"):
        propose_labels(make_table([{"file": "a.wav", "split": "test", "label": "normal"}]), words)
    rows = [{"file": f"{k}.wav", "split": "test", "channel": k} for k in (1, 2)]
    with pytest.raises(UsageError, match="read on several channels"):
        propose_labels(make_table(rows), words)
