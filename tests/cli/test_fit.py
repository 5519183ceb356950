from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

import offkey


def test_fit_writes_a_model_and_tells_what_it_did(run, normal_folder: Path, tmp_path: Path) -> None:
    ran = run("fit", normal_folder, "--model", tmp_path / "m.offkey")
    assert ran.status == 0
    assert ran.out == ""
    assert "fitted on 24 clips, 24 s at 16000 Hz" in ran.err
    assert "Next: 'offkey score " in ran.err
    assert "note: With 24 normal clips, a promised false-alarm rate of 0.01 becomes 0 to 0.12 (an estimate" in ran.err
    assert "and one of 0.05 becomes 0.0021 to 0.12, in 9 of 10 such fits." in ran.err
    assert offkey.load(tmp_path / "m.offkey").config.detector == "fused"


def test_json_is_one_object_and_all_there_is(run, normal_folder: Path, tmp_path: Path) -> None:
    ran = run("fit", normal_folder, "--model", tmp_path / "m.offkey", "--detector", "knn", "--json")
    assert ran.json["clips"] == 24
    assert ran.json["extrapolated"] is True
    assert [(one["promised"], one["extrapolated"]) for one in ran.json["realised"]] == [(0.01, True), (0.05, False)]
    assert all(0 <= one["low"] < one["high"] < 0.2 for one in ran.json["realised"])
    assert ran.json["left_out"] == []


def test_options_reach_the_model(run, normal_folder: Path, tmp_path: Path) -> None:
    options = "--detector knn --detector-param n_neighbors=3 --features mfcc --features-param pooling=[1.0,0.5]"
    more = "--false-alarm-rate 0.1 --rate 8000 --channel mean --window 5 --hop 2.5 --jobs 1"
    ran = run("fit", normal_folder, "--model", tmp_path / "m.offkey", *options.split(), *more.split())
    assert ran.status == 0
    config = offkey.load(tmp_path / "m.offkey").config
    assert config.model_dump() == {
        "features": "mfcc",
        "features_params": {"pooling": [1.0, 0.5]},
        "detector": "knn",
        "detector_params": {"n_neighbors": 3},
        "rate": 8000,
        "channel": "mean",
        "window_s": 5.0,
        "hop_s": 2.5,
        "false_alarm_rate": 0.1,
    }


def test_bad_clips_are_named_left_out_and_told_by_the_status(
    run, normal_folder: Path, mixed_folder: Path, tmp_path: Path
) -> None:
    ran = run("fit", normal_folder, mixed_folder, "--model", tmp_path / "m.offkey", "--rate", 16000, "--json")
    assert ran.status == 3
    assert ran.json["clips"] == 28
    assert {Path(row["file"]).name for row in ran.json["left_out"]} == {
        path.name for path in mixed_folder.iterdir() if path.name.startswith("bad_")
    }
    assert ran.err.count("left out: ") == len(ran.json["left_out"])


def test_a_table_names_the_clips(run, normal_folder: Path, tmp_path: Path) -> None:
    clips = sorted(normal_folder.iterdir())[:10]
    lines = [f"{clip},{'source' if number < 7 else 'target'}" for number, clip in enumerate(clips)]
    (tmp_path / "clips.csv").write_text("file,domain\n" + "\n".join(lines) + "\n")
    ran = run("fit", tmp_path / "clips.csv", "--model", tmp_path / "m.offkey", "--detector", "knn", "--json")
    assert ran.json["clips"] == 10


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["missing"], 2, "missing does not exist"),
        (["{normal}", "--detector", "nothing"], 2, "There is no detector 'nothing'"),
        (["{normal}", "--detector-param", "n_neighbors=0", "--detector", "knn"], 2, "'n_neighbors' parameter of 'knn'"),
        (["{normal}", "--detector-param", "oops"], 2, "must have the form NAME=VALUE. Got 'oops'"),
        (
            ["{normal}", "--channel", "left"],
            2,
            "The channel must be an index from 0, 'mean', or a near and a far microphone such as '0-1'",
        ),
        (["{normal}", "--false-alarm-rate", "0"], 2, "'false_alarm_rate' is wrong"),
        (["{normal}", "--window", "0"], 2, "The window must be between 0.1 and 3600 seconds"),
        (["{normal}", "--channel", "5"], 1, "has no channel 5"),
        (["{normal}", "--rate", "44100"], 1, "at least 44100 Hz are needed"),
    ],
)
def test_a_wrong_wish_gets_one_sentence(
    run, normal_folder: Path, tmp_path: Path, options: list[str], status: int, words: str
) -> None:
    arguments = [option.format(normal=normal_folder) for option in options]
    ran = run("fit", *arguments, "--model", tmp_path / "m.offkey")
    assert ran.status == status
    assert words in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert ran.out == ""
    assert not (tmp_path / "m.offkey").exists()


def test_the_target_is_checked_before_the_work(run, normal_folder: Path, tmp_path: Path) -> None:
    ran = run("fit", normal_folder, "--model", tmp_path / "no" / "m.offkey")
    assert (ran.status, "does not exist: make it first" in ran.err) == (2, True)
    ran = run("fit", normal_folder, "--model", tmp_path)
    assert (ran.status, "is a folder" in ran.err) == (2, True)


def test_domains_in_official_names_are_used(run, tmp_path: Path, hum) -> None:
    for number in range(12):
        domain = "source" if number < 9 else "target"
        path = tmp_path / "fan" / "train" / f"section_00_{domain}_train_normal_{number:04d}_.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, hum(number), 16_000)
    ran = run("fit", tmp_path, "--model", tmp_path / "m.offkey", "--json")
    assert ran.status == 0
    assert ran.json["domains"] == {"source": 9, "target": 3}


def test_a_base_is_learnt_from_as_well(run, normal_folder: Path, tmp_path: Path) -> None:
    clips = sorted(normal_folder.iterdir())
    assert run("fit", *clips[8:], "--model", tmp_path / "plant.offkey").status == 0
    base = ("--base", tmp_path / "plant.offkey")
    ran = run("fit", *clips[:8], *base, "--model", tmp_path / "new.offkey")
    assert ran.status == 0
    assert f"vary was learnt from 16 clips of sister machines as well: {tmp_path / 'plant.offkey'}" in ran.err
    assert offkey.load(tmp_path / "new.offkey").fitted_on.clips == 8


def test_a_base_is_neither_the_output_nor_for_an_engine(run, normal_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "plant.offkey"
    run("fit", normal_folder, "--model", path)
    ran = run("fit", normal_folder, "--base", path, "--model", path)
    assert (ran.status, "which is one of the inputs" in ran.err) == (2, True)
    ran = run("fit", normal_folder, "--base", path, "--model", tmp_path / "n.offkey", "--engine", "local")
    assert (ran.status, "The option --base is for few clips" in ran.err) == (2, True)


def test_pieces_are_grouped_by_their_names_or_a_column(run, tmp_path: Path, hum) -> None:
    rows = ["file,session"]
    for number in range(24):
        name = f"run{number // 4}_part{number % 4}.wav"
        soundfile.write(tmp_path / name, hum(number), 16_000)
        rows.append(f"{name},{number % 8}")
    (tmp_path / "clips.csv").write_text("\n".join(rows) + "\n")
    fit = ("fit", "--model", tmp_path / "m.offkey", "--detector", "knn")
    alone = run(*fit, tmp_path)
    assert "note: By their names these 24 clips are pieces of 6 recordings" in alone.err
    by_name = run(*fit, tmp_path, "--group-by", "recording")
    assert "note: With 24 normal clips of 6 groups, " in by_name.err
    assert "By their names" not in by_name.err
    here = (tmp_path / "m.offkey").read_bytes()
    run(*fit, tmp_path, "--group-by", "recording", "--engine", "local", "--run", tmp_path / "run")
    assert offkey.load(tmp_path / "m.offkey").calibration.worth == 6
    assert (tmp_path / "m.offkey").read_bytes() == here
    assert "24 normal clips of 8 groups, " in run(*fit, tmp_path / "clips.csv", "--group-by", "session").err
    wrong = run(*fit, tmp_path / "clips.csv", "--group-by", "shift")
    assert (wrong.status, "or a column of the clips' table; found 'shift'" in wrong.err) == (2, True)


def test_a_column_to_group_by_must_be_full(run, normal_folder: Path, tmp_path: Path) -> None:
    rows = ["file,day", *(f"{path},{'' if path.stem.endswith('3') else 1}" for path in sorted(normal_folder.iterdir()))]
    (tmp_path / "clips.csv").write_text("\n".join(rows) + "\n")
    ran = run("fit", tmp_path / "clips.csv", "--model", tmp_path / "m.offkey", "--group-by", "day")
    assert "it is empty for 3 of 24 clips, the first " in ran.err
    assert not (tmp_path / "m.offkey").exists()
