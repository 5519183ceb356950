from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from offkey.datasets.check import check_dataset

Hum = Callable[..., NDArray[np.float32]]
TinyEdition = Callable[[int], Path]

CLIPS = {2020: 144, 2021: 144, 2022: 144, 2023: 72, 2024: 72, 2025: 80, 2026: 72}


@pytest.mark.parametrize("year", CLIPS)
def test_tiny_edition_is_counted(tiny_edition: TinyEdition, year: int) -> None:
    root = tiny_edition(year)
    result = check_dataset(f"dcase{year}", root, ground_truth=root / "ground_truth")
    assert result.clips == sum(cell["n"] for cell in result.counts) == CLIPS[year]
    assert (result.rates, result.channels) == ({16_000: CLIPS[year]}, {2 if year == 2026 else 1: CLIPS[year]})
    assert result.seconds["longest"] == pytest.approx(0.3)
    assert all(": expected " in problem for problem in result.problems)  # the sounds themselves are in order
    if year == 2026:  # no count of it is confirmed
        assert result.verdict == "Every clip is fit to be used; whether all are there is in doubt, see the notes."
    else:
        assert result.verdict == f"There are {len(result.problems)} problems with this set."
    assert not [note for note in result.notes if "no label" in note]


def test_json_has_the_promised_form(tiny_edition: TinyEdition) -> None:
    steps: list[int] = []
    result = check_dataset(
        "dcase2023",
        tiny_edition(2023),
        machines=["fan"],
        progress=lambda total: steps.append(total) or (lambda: steps.append(1)),
    )
    report = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert list(report)[:4] == ["dataset", "clips", "counts", "problems"]
    assert {"machine", "section", "domain", "split", "label", "n"} <= report["counts"][0].keys()
    assert (report["dataset"], report["clips"]) == ("dcase2023", 36)
    assert steps == [36, *36 * [1]]
    assert "fan 00 (dev, train, source, normal): expected 990 clips, found 18." in report["problems"]


@pytest.fixture
def damaged(tmp_path: Path, hum: Hum) -> Path:
    folder = tmp_path / "normal"
    folder.mkdir()
    for k in range(3):
        soundfile.write(folder / f"good_{k}.wav", hum(k), 16_000)
    shutil.copy(folder / "good_0.wav", folder / "twin.wav")
    soundfile.write(folder / "loud.wav", np.clip(100 * hum(5), -1, 1), 16_000)
    soundfile.write(folder / "silent.wav", np.zeros(16_000), 16_000)
    soundfile.write(folder / "other.wav", np.stack([hum(6), hum(7)], axis=1), 48_000)
    (folder / "broken.wav").write_text("no sound")
    return tmp_path


def test_every_fault_is_told(damaged: Path) -> None:
    result = check_dataset("folder", damaged)
    assert result.clips == 8
    assert len(result.problems) == 3
    for name in ("broken.wav is no sound file", "silent.wav: it is digital silence", "twin.wav are the same file"):
        assert [problem for problem in result.problems if name in problem]
    assert [Path(file).name for file in result.clipped] == ["loud.wav"]
    notes = " ".join(result.notes)
    assert "1 clips have samples cut off at full scale: normal/loud.wav." in notes
    assert "different rates: 16000, 48000" in notes
    assert "different channels: 1, 2" in notes
    assert result.verdict == "There are 3 problems with this set."


def test_sound_folder_gets_a_clear_verdict(normal_folder: Path, tmp_path: Path) -> None:
    result = check_dataset("folder", normal_folder)
    assert result.problems == []
    assert result.verdict == "Every clip is fit to be used; no counts are published for this set."
    (tmp_path / "bad.wav").touch()
    assert check_dataset("folder", tmp_path).verdict == "There is 1 problem with this set."


def test_form_other_than_published_is_a_problem(tmp_path: Path, hum: Hum) -> None:
    folder = tmp_path / "fan" / "train"
    folder.mkdir(parents=True)
    for k in range(7):
        sound = np.stack([hum(k, rate=8000), hum(k + 10, rate=8000)], axis=1)
        soundfile.write(folder / f"normal_id_00_{k:08d}.wav", sound, 8000)
    soundfile.write(folder / "normal_id_00_00000007.wav", hum(3, seconds=12), 16_000)
    soundfile.write(folder / "take.wav", hum(4), 16_000)
    result = check_dataset("dcase2020", tmp_path)
    text = " ".join(result.problems)
    assert "7 clips are not sampled at 16000 Hz, as dcase2020 is published: fan/train/normal_id_00_00000000.wav" in text
    assert "7 clips are not of 1 channel(s)" in text
    assert "and 2 more." in text
    assert "1 clips are longer than 11.5 s" in text
    assert "1 sound files are not of the set that was read: fan/train/take.wav." in result.notes


def test_complete_sets_are_called_complete(monkeypatch: pytest.MonkeyPatch, tiny_edition: TinyEdition) -> None:
    from offkey.datasets import comparison
    from offkey.datasets.editions.published import Cell, PublishedSet

    cells = [
        Cell("dev", "fan", "00", split, domain, label, n, True, "made up")
        for split, domain, label, n in (
            ("train", "source", "normal", 18),
            ("train", "target", "normal", 2),
            *(("test", domain, label, 4) for domain in ("source", "target") for label in ("normal", "anomaly")),
        )
    ]
    monkeypatch.setattr(comparison, "published_set", lambda dataset: PublishedSet(dataset, cells=tuple(cells)))
    fan = tiny_edition(2023) / "dev_data"
    assert check_dataset("dcase2023", fan).verdict == "The set is complete and every clip is fit to be used."
    cells.append(Cell("dev", "pump", "00", "train", "source", "normal", 18, True, "made up"))
    result = check_dataset("dcase2023", fan)
    assert result.verdict.startswith("What is there is complete")
    assert "Not there, development set: pump." in result.notes


def test_real_recordings_are_sound(shared_data: Path) -> None:
    result = check_dataset("dcase2020", shared_data / "dcase2020_real")
    assert (result.clips, result.rates, result.channels) == (111, {16_000: 111}, {1: 111})
    assert 10.0 <= result.seconds["shortest"] <= result.seconds["longest"] <= 11.1
    assert all(": expected " in problem for problem in result.problems)  # a small part of the set
