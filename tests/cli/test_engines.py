from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl


def test_scoring_in_parts_gives_the_file_of_scoring(run, model_file: Path, mixed_folder: Path, tmp_path: Path) -> None:
    options = ["--engine", "local", "--run", tmp_path / "run", "--workers", 1]
    ran = run("score", model_file, mixed_folder, "--out", tmp_path / "parts.csv", "--json", *options)
    assert ran.status == 3
    assert {key: ran.json[key] for key in ("shards", "reused", "scored", "errors")} == {
        "shards": 1,
        "reused": 0,
        "scored": 4,
        "errors": 9,
    }
    run("score", model_file, mixed_folder, "--out", tmp_path / "scores.csv")
    assert (tmp_path / "parts.csv").read_text() == (tmp_path / "scores.csv").read_text()
    here = run("score", model_file, mixed_folder, "--json").json
    assert {key: ran.json[key] for key in here} == here
    again = run("score", model_file, mixed_folder, *options)
    assert again.status == 3
    assert "1 part, 1 of them there before" in again.err
    assert "4 scored" in again.err
    assert again.out == (tmp_path / "scores.csv").read_text()


def test_parts_keep_the_names_of_a_style_apart(run, model_file: Path, normal_folder: Path, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "clip.wav").write_bytes((normal_folder / "normal_00.wav").read_bytes())
    options = ["--engine", "local", "--run", tmp_path / "run", "--style", "dcase", "--out", tmp_path / "s.csv"]
    ran = run("score", model_file, tmp_path / "a", tmp_path / "b", *options)
    assert ran.status == 2
    assert "a/clip.wav and" in ran.err
    assert not (tmp_path / "run").exists()


def test_fitting_in_parts_gives_the_model_of_fitting(run, normal_folder: Path, tmp_path: Path) -> None:
    options = ["--detector", "knn", "--keep-references", 2, "--json"]
    run_folder = ["--engine", "local", "--run", tmp_path / "run", "--workers", 1]
    in_parts = run("fit", normal_folder, "--model", tmp_path / "a.offkey", *options, *run_folder)
    assert in_parts.status == 0
    here = run("fit", normal_folder, "--model", tmp_path / "b.offkey", *options)
    assert {**in_parts.json, "model": ""} == {**here.json, "model": ""}
    assert (tmp_path / "a.offkey").read_bytes() == (tmp_path / "b.offkey").read_bytes()


def test_features_go_into_parts_that_others_can_read(run, mixed_folder: Path, tmp_path: Path) -> None:
    ran = run("features", mixed_folder, "--run", tmp_path / "run", "--features", "stats", "--workers", 1, "--json")
    assert ran.status == 3
    assert ran.json["errors"] == 9
    table = pl.read_parquet(tmp_path / "run" / "part-*.parquet")
    assert len(table) == ran.json["rows"] == 13
    assert table["vector"].drop_nulls().list.len().n_unique() == 1


def test_a_benchmark_on_an_engine_prints_what_one_process_prints(run, tiny_edition, tmp_path: Path) -> None:
    common = ["benchmark", tiny_edition(2023), "--dataset", "dcase2023", "--detector", "knn", "--json"]
    options = ["--engine", "local", "--workers", 1, "--run", tmp_path / "store"]
    in_parts = run(*common, "--out", tmp_path / "a", *options).json
    here = run(*common, "--out", tmp_path / "b").json

    def timeless(report: dict[str, Any]) -> dict[str, Any]:
        rows = [{**row, "fit_s": 0, "score_s": 0} for row in report["results"]]
        (board,) = report["leaderboard"]
        places = [{**place, "ms_per_clip": 0} for place in board["places"]]
        return {**report, "results": rows, "leaderboard": [{**board, "places": places}], "run": "", "seconds": 0}

    assert timeless(in_parts) == timeless(here)
    assert {path.name for path in (tmp_path / "store").iterdir()} == {"features", "scored"}
    assert not (tmp_path / "a" / "store").exists()
    ran = run(*common, "--out", tmp_path / "c", "--workers", 2)
    assert ran.status == 2
    assert "The option --workers needs --engine, which it is for." in ran.err


def test_options_that_do_not_go_together_are_named(run, model_file: Path, normal_folder: Path, tmp_path: Path) -> None:
    ran = run("score", model_file, normal_folder, "--engine", "local")
    assert ran.status == 2
    assert "The option --engine needs --run" in ran.err
    for command in (["score", model_file], ["fit", "--model", tmp_path / "m"]):
        ran = run(*command, normal_folder, "--run", tmp_path / "run")
        assert ran.status == 2
        assert "The option --run needs --engine, which it is for." in ran.err
    ran = run("score", model_file, normal_folder, "--engine", "local", "--explain", tmp_path)
    assert "The options --engine and --explain exclude each other" in ran.err
    ran = run("score", model_file, "s3://bucket/clips")
    assert "s3://bucket/clips is a URL: name an engine with --engine" in ran.err
    ran = run("features", normal_folder, "--run", tmp_path / "run", "--engine", "nope")
    assert "There is no engine 'nope': expected one of local, ray." in ran.err
