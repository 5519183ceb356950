"""Models that an earlier version fitted say today what they said then."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest
from tests.earlier.commands import FITS
from tests.earlier.conftest import ABOUT, FILES, Run, Written, apart
from tests.earlier.plant import clips_digest

import offkey

MODELS = sorted(name for name in FITS if name not in ("plant.offkeynet", "types.offkey"))


def test_the_clips_are_those_that_the_files_were_made_of(clips: Path) -> None:
    assert clips_digest(clips) == ABOUT["clips"]


def test_nothing_is_left_untested() -> None:
    assert sorted(path.name for path in (FILES / "models").iterdir()) == sorted(FITS)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_scores_as_it_did(run: Run, written: Written, name: str) -> None:
    expected = written(f"scores/{name}.json")
    clips = "long" if name == "windows.offkey" else "plant/fan/test"
    found = run(f"score models/{name} {clips} --json")
    assert [row["file"] for row in found["rows"]] == [row["file"] for row in expected["rows"]]
    warned, before = found.pop("shift"), expected.pop("shift")  # a later version warns of more
    assert set(warned) >= set(before)
    assert apart(found, expected) == []
    assert len({row["score"] for row in found["rows"]}) > 10


@pytest.mark.parametrize("name", ["fused.offkey", "windows.offkey"])
def test_a_model_that_is_loaded_scores_as_by_the_command(here: Path, written: Written, name: str) -> None:
    rows = written(f"scores/{name}.json")["rows"]
    model = offkey.load(here / "models" / name)
    for file in dict.fromkeys(row["file"] for row in rows):
        results = model.score([file])
        of_file = [row for row in rows if row["file"] == file]
        for result, row in zip(results, of_file, strict=True):
            found = {"score": result.score, "p_value": result.p_value, "anomalous": int(result.anomalous)}
            assert apart(found, {name: row[name] for name in found}) == []


def test_types_are_told_as_they_were(run: Run, written: Written) -> None:
    expected = written("scores/types.offkey.json")
    found = run("identify score models/types.offkey plant/fan/test plant/pump/test --json")
    assert apart(found, expected) == []


@pytest.mark.parametrize("style", ["knn", "windows"])
def test_score_files_have_the_same_columns_in_the_same_order(here: Path, run: Run, style: str) -> None:
    clips = {"knn": "plant/fan/test", "windows": "long"}[style]
    run(f"score models/{style}.offkey {clips} --out new.csv")
    earlier, now = ((here / name).read_text().splitlines() for name in (f"scores/{style}.csv", "new.csv"))
    assert now[0] == earlier[0]
    assert [line.partition(",")[0] for line in now] == [line.partition(",")[0] for line in earlier]


def test_a_trained_front_end_goes_into_a_new_model(run: Run, written: Written) -> None:
    run(FITS["embedded.offkey"].replace("--model models/", "--model "))
    found, expected = run("score embedded.offkey plant/fan/test --json"), written("scores/embedded.offkey.json")
    assert apart(found, expected) == []


def test_networks_are_saved_again_as_they_were_without_the_extra(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    model = offkey.load(here / "models" / "autoencoder.offkey")
    clip = "plant/fan/test/anomaly_id_00_00000000.wav"
    model.save(here / "again.offkey")
    assert offkey.load(here / "again.offkey").score([clip]) == model.score([clip])
    with zipfile.ZipFile(here / "again.offkey") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["protocol"] == 2
    assert set(manifest["detector"]["learnt"]["network_"]) == {"layers", "arrays"}


def test_kept_clips_are_there_to_be_heard(run: Run, here: Path) -> None:
    clip = "plant/fan/test/anomaly_id_00_00000000.wav"
    run(f"explain models/fused.offkey {clip} --out why.html")
    assert (here / "why.html").read_text().count(
        "<audio"
    ) == 2  # the clip, and the one that was kept and is the most alike
