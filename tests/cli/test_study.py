from __future__ import annotations

from pathlib import Path

import pytest

QUICK = ("autoencoder.bottleneck=2,3", "autoencoder.epochs=2", "autoencoder.widths=[8]", "gmm.n_components=1,2")
WORDS = [word for value in QUICK for word in ("--param", value)]


def test_autoencoder_against_gmm_in_one_command(run, tiny_edition, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    ran = run("study", tiny_edition(2020), "--dataset", "dcase2020", *WORDS, "--out", tmp_path / "out", "--json")
    assert ran.status == 0, ran.err
    told = ran.json
    assert [one["config"]["features"] for one in told["settings"]] == ["frames"] * 2 + ["logmel"] * 2
    assert [one["config"]["detector_params"]["bottleneck"] for one in told["settings"][:2]] == [2, 3]
    assert all(0 <= one["mean"]["auc"] <= 1 for one in told["settings"])
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"study.csv", "study.md", "study.png"}
    assert "Nothing was chosen" in ran.err


def test_the_table_has_every_id_and_setting(run, tiny_edition, tmp_path: Path) -> None:
    options = ("--detector", "gmm", "--detector", "knn", "--param", "gmm.n_components=1", "--features", "knn=mfcc")
    ran = run("study", tiny_edition(2020), "--dataset", "dcase2020", *options, "--out", tmp_path / "out")
    assert ran.status == 0, ran.err
    for word in ("rank", "fan 00", "fan 02", "AUC", "gmm n_components=1 (logmel)", "knn (mfcc)"):
        assert word in ran.out


def test_the_picture_fits_a_column_of_a_paper(run, tiny_edition, tmp_path: Path) -> None:
    options = ("--detector", "knn", "--param", "knn.n_neighbors=1,2", "--format", "pdf", "--width", "8.8cm")
    ran = run("study", tiny_edition(2020), "--dataset", "dcase2020", *options, "--out", tmp_path / "out")
    assert ran.status == 0, ran.err
    assert b"/MediaBox [ 0 0 249.4" in (tmp_path / "out" / "study.pdf").read_bytes()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--param", "bottleneck=2,8"), "--param must have the form DETECTOR.NAME=V1,V2"),
        (("--features", "frames"), "--features must have the form DETECTOR=NAME"),
        (("--param", "knn.n_neighbors=1,2"), "'knn' has settings, but takes no part"),
    ],
)
def test_a_wrong_option_is_said(run, tiny_edition, tmp_path: Path, options, words: str) -> None:
    ran = run("study", tiny_edition(2020), "--dataset", "dcase2020", *options, "--out", tmp_path / "out")
    assert ran.status == 2
    assert words in ran.err
