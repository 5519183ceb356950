from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile

import offkey
from offkey.errors import UsageError
from offkey.experiments import runner as runner_module
from offkey.experiments.benchmark import Settings, run_benchmark
from offkey.experiments.candidate import Candidate
from offkey.experiments.fitting import fit_and_score
from offkey.experiments.reader import CellFeatures


@pytest.fixture
def settings(tiny_edition, tmp_path: Path, knn: Candidate) -> Settings:
    """One front end and two detectors on the two ids of the development set of 2020: 72 clips."""
    mahalanobis = Candidate("logmel", "mahalanobis", features_params=knn.features_params)
    return Settings("dcase2020", tiny_edition(2020), tmp_path / "run", [knn, mahalanobis])


def _files(folder: Path) -> dict[str, bytes]:
    kept = [path for path in folder.rglob("*") if path.is_file() and "store" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept if path.name != "run.json"}


def _scores(folder: Path, candidate: Candidate) -> list[dict[str, str]]:
    with (folder / "scores" / f"{candidate.name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_each_clip_is_read_once_for_a_front_end(settings: Settings, reads: list[str]) -> None:
    run_benchmark(settings)
    assert len(reads) == 72
    assert len(set(reads)) == 72
    mfcc = replace(settings, candidates=[*settings.candidates, Candidate("mfcc", "knn"), Candidate("mfcc", "lof")])
    run = run_benchmark(mfcc)
    assert len(reads) == 144
    assert run.reused == 4
    assert [one.name for one in run.measured.candidates] == [one.name for one in mfcc.candidates]


def test_scores_are_those_of_a_model_fitted_on_the_section(settings: Settings, knn: Candidate) -> None:
    run_benchmark(settings)
    model = offkey.fit(
        sorted((settings.root / "dev_data/fan/train").glob("normal_id_02_*")),
        detector="knn",
        features_params={**knn.features_params, "clip_s": 10.0},  # which a fit would learn from its clips
    )
    rows = [row for row in _scores(settings.out, knn) if row["section"] == "02"]
    results = model.score([settings.root / row["file"] for row in rows])
    assert [float(row["score"]) for row in rows] == pytest.approx([result.score for result in results], rel=1e-12)
    assert [float(row["p_value"]) for row in rows] == [result.p_value for result in results]
    assert [int(row["anomalous"]) for row in rows] == [result.anomalous for result in results]
    assert len(rows) == 16


def test_domains_reach_the_detector(tiny_edition, tmp_path: Path, knn: Candidate, monkeypatch) -> None:
    seen = []

    def watched(candidate: Candidate, read: CellFeatures, **kwargs: Any) -> object:
        seen.append(read.cell.domains)
        return fit_and_score(candidate, read, **kwargs)

    monkeypatch.setattr(runner_module, "fit_and_score", watched)
    run_benchmark(Settings("dcase2023", tiny_edition(2023), tmp_path / "r", [knn]))
    assert seen == [["source"] * 18 + ["target"] * 2]


def test_a_run_that_broke_off_while_fitting_goes_on_without_reading(
    settings: Settings, reads: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = run_benchmark(replace(settings, out=tmp_path / "whole"), jobs=1)
    reads.clear()
    fitted: list[str] = []

    def breaking(candidate: Candidate, read: CellFeatures, **kwargs: Any) -> object:
        fitted.append(f"{candidate.name} {read.cell.name}")
        if len(fitted) == 3:
            raise KeyboardInterrupt
        return fit_and_score(candidate, read, **kwargs)

    monkeypatch.setattr(runner_module, "fit_and_score", breaking)
    with pytest.raises(KeyboardInterrupt):
        run_benchmark(settings, jobs=1)
    assert len(reads) == 72
    assert not (settings.out / "results.csv").exists()
    assert json.loads((settings.out / "run.json").read_text())["complete"] is False
    broken = fitted[2]
    run = run_benchmark(settings, jobs=1)
    assert len(reads) == 72
    assert run.reused in (2, 3)  # the next may have begun when the third broke off
    assert sorted(fitted) == sorted([*set(fitted), broken])
    assert json.loads((settings.out / "run.json").read_text())["complete"] is True
    drop = ("fit_s", "score_s")
    assert [{k: v for k, v in row.items() if k not in drop} for row in run.measured.rows] == [
        {k: v for k, v in row.items() if k not in drop} for row in whole.measured.rows
    ]


def test_a_run_that_broke_off_while_reading_reads_nothing_twice(settings: Settings, reads: list[str]) -> None:
    def stage(name: str, steps: int) -> Any:
        left = iter(range(30))

        def advance() -> None:
            if name == "Reading" and next(left, None) is None:
                raise KeyboardInterrupt

        return advance

    with pytest.raises(KeyboardInterrupt):
        run_benchmark(settings, jobs=1, stage=stage)
    ahead = len(reads) - 30
    assert 0 <= ahead <= 4  # those that were being read when it broke off
    run_benchmark(settings, jobs=1)
    assert len(reads) == 72 + ahead
    assert len(set(reads)) == 72


def test_the_same_command_again_computes_nothing_and_changes_nothing(settings: Settings, reads: list[str]) -> None:
    run_benchmark(settings)
    before = _files(settings.out)
    reads.clear()
    run = run_benchmark(settings)
    assert (reads, run.reused) == ([], 4)
    assert _files(settings.out) == before


def test_another_configuration_is_refused_or_a_combination_of_its_own(settings: Settings, knn: Candidate) -> None:
    first = run_benchmark(replace(settings, candidates=[knn]))
    for changed, said in (
        ({"false_alarm_rate": 0.1}, r"made with --false-alarm-rate 0\.01, and now it is --false-alarm-rate 0\.1: name"),
        ({"channel": "mean"}, "made with --channel 0, and now it is --channel mean"),
        ({"parts": ("dev", "eval")}, "made with --part dev, and now it is --part both"),
        ({"machines": ("fan",)}, "made with no --machine, and now it is --machine fan"),
    ):
        with pytest.raises(UsageError, match=said):
            run_benchmark(replace(settings, **changed))
    other = replace(knn, detector_params={"n_neighbors": 5})
    both = run_benchmark(replace(settings, candidates=[other]))
    assert [one.name for one in both.measured.candidates] == [knn.name, other.name]
    assert [row for row in both.measured.rows if row["combination"] == knn.name] == first.measured.rows


def test_clips_that_changed_are_scored_again_and_what_rests_on_the_old_ones_is_left_out(
    settings: Settings, knn: Candidate, tmp_path: Path, hum, reads: list[str]
) -> None:
    shutil.copytree(settings.root / "dev_data", tmp_path / "data")
    settings = replace(settings, root=tmp_path / "data")
    run_benchmark(settings)
    clip = tmp_path / "data/fan/test/normal_id_00_00000000.wav"
    soundfile.write(clip, hum(77, seconds=0.3, tone_hz=500), 16_000)
    os.utime(clip, ns=(1, 1))
    reads.clear()
    run = run_benchmark(replace(settings, candidates=[knn]))
    assert reads == [str(clip)]
    assert run.reused == 1
    assert [one.name for one in run.measured.candidates] == [knn.name]
    lost = settings.candidates[1].name
    assert f"{lost} was not finished on these clips and is left out: ask for it again." in run.notes
    assert not (settings.out / "scores" / f"{lost}.csv").exists()
    assert not (settings.out / "submission" / lost).exists()
    assert lost not in (settings.out / "results.csv").read_text()
    again = run_benchmark(settings)
    assert len(again.measured.candidates) == 2
    assert reads == [str(clip)]


def test_a_ground_truth_that_comes_later_needs_no_new_fit(tiny_edition, tmp_path: Path, knn, reads: list[str]) -> None:
    root = tiny_edition(2023)
    secret = Settings("dcase2023", root, tmp_path / "run", [knn], parts=("eval",))
    run = run_benchmark(secret)
    assert run.measured.rows[0]["auc"] is None
    assert run.measured.standings[0].official is None
    assert any(
        "the labels of Vacuum 00 are secret; give them with --ground-truth, once" in note
        and "nttcslab/dcase2023_task2_evaluator." in note
        for note in run.notes
    )
    assert (secret.out / "submission" / knn.name / "eval" / "anomaly_score_Vacuum_section_00_test.csv").is_file()
    reads.clear()
    told = run_benchmark(replace(secret, ground_truth=root / "ground_truth"))
    assert (reads, told.reused) == ([], 1)
    assert told.measured.standings[0].official.score > 0


def test_bad_clips_and_machines_without_training_clips_cost_their_rows(
    settings: Settings, knn: Candidate, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(settings.root / "dev_data", data)
    (data / "fan/test/normal_id_00_00000000.wav").write_bytes(b"")
    (data / "fan/train/normal_id_00_00000000.wav").write_text("no sound")
    (data / "pump" / "test").mkdir(parents=True)
    shutil.copy(data / "fan/test/normal_id_00_00000002.wav", data / "pump/test")
    run = run_benchmark(replace(settings, root=data, candidates=[knn]))
    failed = dict(run.failed)
    assert set(failed) == {
        "fan/test/normal_id_00_00000000.wav",
        "fan/train/normal_id_00_00000000.wav",
        "pump/test/normal_id_00_00000002.wav",
    }
    assert "pump 00 has no model: there are no training clips." in run.notes
    rows = {row["file"]: row for row in _scores(settings.out, knn)}
    assert len(rows) == 33
    bad = rows["fan/test/normal_id_00_00000000.wav"]
    assert (bad["score"], bad["p_value"], bad["anomalous"]) == ("", "", "")
    assert "is empty" in bad["error"]
    assert rows["pump/test/normal_id_00_00000002.wav"]["error"] == "pump 00 has no model: there are no training clips."
    by_section = {(row["machine"], row["section"]): row for row in run.measured.rows}
    assert by_section["fan", "00"]["n_train"] == 19
    assert (by_section["fan", "00"]["n_normal"], by_section["fan", "00"]["n_errors"]) == (7, 1)
    assert by_section["pump", "00"]["error"].startswith("pump 00 has no model")
    assert any("1 clips without a score have the median of their section" in note for note in run.notes)
    assert any("lack pump 00, for want of a model" in note for note in run.notes)


def test_too_few_training_clips_are_an_error_of_their_machine(tiny_edition, tmp_path: Path, knn: Candidate) -> None:
    data = tmp_path / "data"
    shutil.copytree(tiny_edition(2020) / "dev_data", data)
    for clip in sorted((data / "fan/train").glob("normal_id_02_*"))[3:]:
        clip.unlink()
    settings = Settings("dcase2020", data, tmp_path / "run", [knn])
    for _ in range(2):  # as well when it is found
        run = run_benchmark(settings)
        assert {row["section"]: row["error"] is None for row in run.measured.rows} == {"00": True, "02": False}
        assert any("fan 02 has no model: Too few normal clips to fit" in note for note in run.notes)


def test_seeds_are_rows_of_their_own(settings: Settings) -> None:
    gmm = [Candidate("mfcc", "gmm", seed, detector_params={"covariance_type": "diag"}) for seed in (0, 1)]
    run = run_benchmark(replace(settings, candidates=gmm))
    assert [(row["section"], row["seed"]) for row in run.measured.rows] == [("00", 0), ("00", 1), ("02", 0), ("02", 1)]


def test_a_data_set_without_an_edition_has_no_official_score(tmp_path: Path, hum, knn: Candidate) -> None:
    for snr in ("6dB", "0dB"):
        for label, count in (("normal", 12), ("abnormal", 4)):
            folder = tmp_path / "mimii" / snr / "fan" / "id_00" / label
            folder.mkdir(parents=True)
            for k in range(count):
                soundfile.write(folder / f"{k:08d}.wav", hum(k, seconds=0.3), 16_000)
    run = run_benchmark(Settings("mimii", tmp_path / "mimii", tmp_path / "run", [knn]))
    assert [(row["snr_db"], row["n_normal"], row["n_anomalous"], row["n_train"]) for row in run.measured.rows] == [
        (0.0, 4, 4, 8),
        (6.0, 4, 4, 8),
    ]
    official = json.loads((tmp_path / "run" / "official.json").read_text())
    assert official["edition"] is None
    assert official["combinations"][0]["official_score"] is None
    assert official["combinations"][0]["auc_mean"] == sum(row["auc"] for row in run.measured.rows) / 2
    assert not (tmp_path / "run" / "submission").exists()


def test_a_long_recording_is_one_clip(tmp_path: Path, hum, knn: Candidate) -> None:
    rows = ["file,split,label"]
    for k in range(8):
        soundfile.write(tmp_path / f"{k}.wav", hum(k, seconds=1), 16_000)
        rows.append(f"{k}.wav,{'train' if k < 6 else 'test'},normal")
    sound = hum(9, seconds=65)
    sound[320_000:480_000] *= 3
    soundfile.write(tmp_path / "long.wav", sound, 16_000)
    (tmp_path / "t.csv").write_text("\n".join([*rows, "long.wav,test,anomaly"]))
    run = run_benchmark(Settings("table", tmp_path / "t.csv", tmp_path / "run", [knn]))
    scored = run.measured.outcomes[0].scored.clips
    assert [clip.name for clip in scored] == ["6.wav", "7.wav", "long.wav"]
    assert run.measured.rows[0]["auc"] == 1.0


def test_proxies_are_called_so(tmp_path: Path, hum, knn: Candidate) -> None:
    rows = ["file,split,label,proxy"]
    for k in range(12):
        soundfile.write(tmp_path / f"{k}.wav", hum(k, seconds=0.3), 16_000)
        split, proxy = ("train" if k < 8 else "test"), ("id 02" if k > 9 else "")
        rows.append(f"{k}.wav,{split},{'anomaly' if proxy else 'normal'},{proxy}")
    (tmp_path / "t.csv").write_text("\n".join(rows))
    run = run_benchmark(Settings("table", tmp_path / "t.csv", tmp_path / "run", [knn]))
    assert run.notes[0] == "Proxies stand in for anomalies: id 02 (2 clips). These are no real faults."
    text = (tmp_path / "run" / "report.html").read_text()
    assert "<strong>Proxies stand in for anomalies:</strong> id 02 (2 clips)." in text


def test_a_folder_that_holds_something_else_is_refused(settings: Settings) -> None:
    settings.out.mkdir()
    (settings.out / "thesis.txt").write_text("precious")
    with pytest.raises(UsageError, match="holds something else than a run: name a new folder"):
        run_benchmark(settings)
    assert [path.name for path in settings.out.iterdir()] == ["thesis.txt"]
