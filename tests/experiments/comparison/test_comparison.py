from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.errors import DataError, UsageError
from offkey.experiments.benchmark import Settings, run_benchmark
from offkey.experiments.candidate import Candidate
from offkey.experiments.comparison import compare
from offkey.experiments.comparison.results import Comparison

DEAF = {"keep": [0, 1, 2, 3]}
KNN, MAHALANOBIS = (Candidate("logmel", name, features_params=DEAF) for name in ("knn", "mahalanobis"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, tiny_edition) -> Callable[[int], tuple[Path, Path]]:
    """Return a function: year to two runs of both parts, of one candidate each; not to be written to."""
    made: dict[int, tuple[Path, Path]] = {}

    def make(year: int) -> tuple[Path, Path]:
        if year not in made:
            folder, root = tmp_path_factory.mktemp(f"runs{year}"), tiny_edition(year)
            for candidate in (KNN, MAHALANOBIS):
                settings = Settings(
                    f"dcase{year}",
                    root,
                    folder / candidate.detector,
                    [candidate],
                    parts=("dev", "eval"),
                    ground_truth=root / "ground_truth",
                )
                run_benchmark(settings, jobs=2)
            made[year] = folder / "knn", folder / "mahalanobis"
        return made[year]

    return make


def _figures(result: Comparison, part: int = 0) -> dict[tuple[str | None, str], dict[str, float | None]]:
    return {(row.machine, row.system): row.figures for row in result.parts[part].rows}


@pytest.mark.parametrize("year", range(2020, 2027))
def test_figures_are_those_of_the_runs(year: int, runs) -> None:
    result = compare(runs(year), n_resamples=50)
    assert [part.part for part in result.parts] == ["dev", "eval"]
    assert result.reference == KNN.name
    for path, candidate in zip(runs(year), (KNN, MAHALANOBIS), strict=True):
        official = {entry["part"]: entry for entry in json.loads((path / "official.json").read_text())["combinations"]}
        for number, part in enumerate(("dev", "eval")):
            total = _figures(result, number)[None, candidate.name]
            assert total["official_score"] == official[part]["official_score"]
            assert total["auc"] == pytest.approx(official[part]["auc_mean"], rel=1e-12)
            assert total["pauc"] == pytest.approx(official[part]["pauc_mean"], rel=1e-12)
            (machine,) = official[part]["machine_means"]
            ours = _figures(result, number)[machine["machine"], candidate.name]
            assert ours["official_score"] == machine["score"]
            assert ours.get("auc_source") == machine["arithmetic" if year == 2020 else "harmonic"]["auc_source"]


def test_differences_have_paired_intervals(runs) -> None:
    result = compare(runs(2023), n_resamples=300)
    back = compare(runs(2023), n_resamples=300, reference=MAHALANOBIS.name)
    rows = {(row.machine, row.system): row for row in result.parts[0].rows}
    turned = {(row.machine, row.system): row for row in back.parts[0].rows}
    for machine in ("fan", None):
        assert set(rows[machine, KNN.name].differences.values()) == {None}
        for name, found in rows[machine, MAHALANOBIS.name].differences.items():
            one, other = (rows[machine, system].figures[name] for system in (MAHALANOBIS.name, KNN.name))
            assert found.value == pytest.approx(one - other)
            assert found.interval[0] <= found.value <= found.interval[1]
            assert found.interval[0] < found.interval[1]
            opposite = turned[machine, KNN.name].differences[name]
            assert opposite.value == pytest.approx(-found.value)
            assert opposite.interval == pytest.approx((-found.interval[1], -found.interval[0]))


def test_a_system_does_not_differ_from_itself(runs, tmp_path: Path) -> None:
    shutil.copytree(runs(2020)[0], tmp_path / "copy")
    result = compare([runs(2020)[0], tmp_path / "copy"], n_resamples=50)
    names = [f"{path}/{KNN.name}" for path in (runs(2020)[0], tmp_path / "copy")]
    assert result.reference == names[0]
    for row in result.parts[0].rows:
        if row.system == names[1]:
            assert {(found.value, found.interval) for found in row.differences.values()} == {(0.0, (0.0, 0.0))}


def test_published_figures_of_the_same_edition_and_part_stand_beside(runs) -> None:
    result = compare(runs(2023), n_resamples=10)
    for part in result.parts:
        assert part.published
        assert {(one.edition, one.part) for one in part.published} == {(2023, part.part)}
    baseline = next(one for one in result.parts[1].published if one.kind == "baseline")
    assert baseline.machines["Vacuum"]["auc_source"] > 0
    assert result.to_json()["parts"][1]["published"][0]["source"]
    assert any("these runs lack bearing, gearbox" in note for note in result.parts[0].notes)


def test_the_reference_is_a_system_or_a_run_that_holds_one(runs) -> None:
    knn, mahalanobis = runs(2021)
    for wanted in (MAHALANOBIS.name, str(mahalanobis), f"{mahalanobis}/", "mahalanobis"):
        assert compare(runs(2021), reference=wanted, n_resamples=2).reference == MAHALANOBIS.name
    with pytest.raises(UsageError, match=r"reference 'gmm' is no system: expected one of .*knn-seed0, .*mahalanobis"):
        compare([knn, mahalanobis], reference="gmm")


def test_several_combinations_of_one_run(tiny_edition, tmp_path: Path) -> None:
    run_benchmark(Settings("dcase2020", tiny_edition(2020), tmp_path / "run", [KNN, MAHALANOBIS]))
    named = compare([tmp_path / "run"], n_resamples=2, reference="mahalanobis")
    assert named.reference == MAHALANOBIS.name
    result = compare([tmp_path / "run"], n_resamples=20)
    assert {row.system for row in result.parts[0].rows} == {KNN.name, MAHALANOBIS.name}
    with pytest.raises(UsageError, match="stands for several systems: expected one of"):
        compare([tmp_path / "run"], reference="run")


def _edit(path: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    (scores,) = (path / "scores").iterdir()
    with scores.open(newline="") as file:
        rows = change(list(csv.DictReader(file)))
    with scores.open("w", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)


@pytest.fixture
def copies(runs, tmp_path: Path) -> tuple[Path, Path]:
    """Two runs of 2020 that may be written to."""
    for path in runs(2020):
        shutil.copytree(path, tmp_path / path.name)
    return tmp_path / "knn", tmp_path / "mahalanobis"


def test_clips_that_are_not_in_both_runs_are_named(copies) -> None:
    _edit(copies[1], lambda rows: [row for row in rows if "_id_00_0000000" not in row["file"] or row["part"] == "eval"])
    with pytest.raises(
        DataError, match=r"10 clips of fan 00 are in .*knn-seed0 alone: anomaly_id_00_00000001\.wav, .* and 5 more"
    ):
        compare(copies)
    _edit(copies[1], lambda rows: [row for row in rows if row["section"] != "00"])
    with pytest.raises(DataError, match=r"1 sections are in .*knn-seed0 alone: fan 00\."):
        compare(copies)


def test_clips_without_a_score_are_left_out_of_all_systems(copies) -> None:
    def lose(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for row in rows[:3]:
            row |= {"score": "", "p_value": "", "anomalous": "", "error": "is silent"}
        return rows

    _edit(copies[1], lose)
    result = compare(copies, n_resamples=10)
    assert result.parts[0].n_clips == 29
    assert "3 of 16 clips of fan 00 are left out: a system has no score for them." in result.parts[0].notes
    _edit(copies[1], lambda rows: [row | ({"error": "x"} if row["section"] == "00" else {}) for row in rows])
    result = compare(copies, n_resamples=10)
    assert result.parts[0].n_clips == 16
    assert "fan 00 is left out: it has no scored clips of both labels." in result.parts[0].notes


def test_labels_may_be_known_to_one_run_and_must_not_contradict(copies) -> None:
    before = _figures(compare(copies, n_resamples=2))
    _edit(copies[1], lambda rows: [row | {"label": ""} for row in rows])
    assert _figures(compare(copies, n_resamples=2)) == before
    _edit(copies[1], lambda rows: [rows[0] | {"label": str(1 - ("anomaly" in rows[0]["file"]))}, *rows[1:]])
    with pytest.raises(DataError, match="is normal in one and anomalous in another"):
        compare(copies)
    for path in copies:
        _edit(path, lambda rows: [row | {"label": ""} for row in rows])
    with pytest.raises(DataError, match="nothing that can be compared: fan 00 is left out: its labels are secret"):
        compare(copies)


def test_runs_that_do_not_fit_are_refused(copies, runs, tmp_path: Path, tiny_edition) -> None:
    with pytest.raises(DataError, match=r"is of dcase2020, .* is of dcase2023"):
        compare([copies[0], runs(2023)[0]])
    content = json.loads((copies[0] / "run.json").read_text())
    (copies[0] / "run.json").write_text(json.dumps(content | {"complete": False}))
    with pytest.raises(DataError, match="is not finished: give the same 'offkey benchmark' command again"):
        compare(copies)
    with pytest.raises(DataError, match="is no run"):
        compare([tmp_path])
    (copies[1] / "scores" / f"{MAHALANOBIS.name}.csv").write_text("file,score\nx,1\n")
    with pytest.raises(DataError, match="line 2 is not as 'offkey benchmark' writes it"):
        compare([copies[1]])
    (copies[1] / "scores" / f"{MAHALANOBIS.name}.csv").unlink()
    with pytest.raises(DataError, match="cannot be read: No such file"):
        compare([copies[1]])


def test_parts_and_contents_that_differ_are_said(copies, tiny_edition, tmp_path: Path) -> None:
    root = tiny_edition(2020)
    run_benchmark(Settings("dcase2020", root, tmp_path / "dev", [MAHALANOBIS]))
    result = compare([copies[0], tmp_path / "dev"], n_resamples=2)
    assert [part.part for part in result.parts] == ["dev"]
    assert result.notes == ["Part 'eval' is left out: not every run has it."]
    run_benchmark(Settings("dcase2020", root, tmp_path / "eval", [MAHALANOBIS], parts=("eval",)))
    with pytest.raises(DataError, match="some hold the development set alone"):
        compare([tmp_path / "dev", tmp_path / "eval"])
    content = json.loads((copies[1] / "run.json").read_text())
    content["groups"][0]["test_digest"] = "0"
    (copies[1] / "run.json").write_text(json.dumps(content))
    (note,) = compare(copies, n_resamples=2).notes
    assert "The test clips of fan 00" in note
    assert "are not those in" in note


def test_snrs_of_a_set_without_an_edition_are_compared_each(tmp_path: Path, hum) -> None:
    rng = np.random.default_rng(0)
    for snr in ("6dB", "0dB"):
        for label, count in (("normal", 14), ("abnormal", 6)):
            folder = tmp_path / "mimii" / snr / "fan" / "id_00" / label
            folder.mkdir(parents=True)
            for k in range(count):
                soundfile.write(folder / f"{k:08d}.wav", hum(k, seconds=0.3) * rng.uniform(0.8, 1.2), 16_000)
    run_benchmark(Settings("mimii", tmp_path / "mimii", tmp_path / "run", [KNN, MAHALANOBIS]))
    result = compare([tmp_path / "run"], n_resamples=20)
    assert result.edition is None
    (part,) = result.parts
    assert (part.n_clips, part.published) == (24, [])
    for row in part.rows:
        assert row.figures["official_score"] is None
        assert 0 <= row.figures["auc"] <= 1
    assert [row.machine for row in part.rows] == ["fan", "fan", None, None]


def test_a_notebook_shows_the_leaderboard_and_its_picture(
    runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = compare(runs(2023), n_resamples=20)
    assert repr(result).startswith("**dcase2023, development set")
    html = result._repr_html_()
    assert html.count("<table>") == len(result.leaderboards) == len(result.parts)
    result.plot().save(tmp_path / "board.svg", width="8.8cm")
    assert b"<svg" in (tmp_path / "board.svg").read_bytes()
    result.save(tmp_path / "board.csv")
    assert (tmp_path / "board.csv").read_text().startswith("table,ranked_by,rank")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert result._repr_html_().startswith("<pre>**dcase2023")
