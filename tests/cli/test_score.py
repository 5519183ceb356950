from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import soundfile


def _rows(text: str) -> dict[str, dict[str, str]]:
    return {Path(row["file"]).name: row for row in csv.DictReader(io.StringIO(text))}


def test_a_row_a_clip_and_each_bad_one_its_sentence(run, model_file: Path, mixed_folder: Path, tmp_path: Path) -> None:
    ran = run("score", model_file, mixed_folder, "--out", tmp_path / "scores.csv")
    assert ran.status == 3
    text = (tmp_path / "scores.csv").read_text(encoding="utf-8")
    assert text.startswith("file,score,p_value,anomalous,error,")
    rows = _rows(text)
    assert set(rows) == {path.name for path in mixed_folder.iterdir()}
    for name, row in rows.items():
        numbers = [row["score"], row["p_value"], row["anomalous"]]
        if name.startswith("good"):
            assert all(numbers), name
            assert row["anomalous"] in "01"
            assert row["error"] == ""
        else:
            assert numbers == ["", "", ""], name
            assert row["error"].endswith(".")
            assert name in row["error"]
    assert "8000 Hz, but at least 16000 Hz are needed" in rows["bad_8_khz.wav"]["error"]
    assert "digital silence" in rows["bad_silence.wav"]["error"]
    assert "4 scored, " in ran.err
    assert "9 with an error" in ran.err


def test_without_out_the_table_goes_to_standard_output(run, model_file: Path, normal_folder: Path) -> None:
    ran = run("score", model_file, normal_folder)
    assert ran.status == 0
    assert len(_rows(ran.out)) == 24
    assert "24 scored" in ran.err


def test_json_has_the_promised_keys(run, model_file: Path, mixed_folder: Path, tmp_path: Path) -> None:
    ran = run("score", model_file, mixed_folder, "--json", "--out", tmp_path / "scores.csv")
    assert ran.status == 3
    assert set(ran.json) >= {"rows", "threshold", "false_alarm_rate"}
    assert len(ran.json["rows"]) == 13
    for row in ran.json["rows"]:
        assert set(row) >= {"file", "score", "p_value", "anomalous", "error"}
        assert row["anomalous"] in (None, 0, 1)
    assert len(_rows((tmp_path / "scores.csv").read_text(encoding="utf-8"))) == 13


def test_styles_of_others(run, model_file: Path, normal_folder: Path, tmp_path: Path, hum) -> None:
    soundfile.write(tmp_path / "fault.wav", hum(5, tone_hz=3000), 16_000)
    inputs = [normal_folder / "normal_00.wav", tmp_path / "fault.wav"]
    confidence = list(csv.DictReader(io.StringIO(run("score", model_file, *inputs, "--style", "confidence").out)))
    assert [row["file_id"] for row in confidence] == ["normal_00", "fault"]
    assert float(confidence[0]["score"]) > float(confidence[1]["score"])  # higher is more normal
    dcase = [line.split(",") for line in run("score", model_file, *inputs, "--style", "dcase").out.splitlines()]
    assert [name for name, _ in dcase] == ["normal_00.wav", "fault.wav"]
    assert float(dcase[0][1]) < float(dcase[1][1])


def test_scores_beyond_all_normal_clips_are_said_to_be(run, model_file: Path, tmp_path: Path, hum) -> None:
    for number in range(3):
        soundfile.write(tmp_path / f"fault_{number}.wav", hum(number, tone_hz=3000), 16_000)
    err = run("score", model_file, tmp_path, "--out", tmp_path / "scores.csv").err
    assert "3 lie beyond all 24 normal clips (p at most 1/25, the least that 24 clips can show)." in err


def test_the_verdict_comes_last_and_counts_new_clips_alone(
    run, model_file: Path, normal_folder: Path, tmp_path: Path, hum
) -> None:
    for day in range(8):
        sound = hum(200 + day, tone_hz=3000 if day > 2 else None)
        soundfile.write(tmp_path / f"2026-03-0{day + 1}_06-00.wav", sound, 16_000)
    ran = run("score", model_file, normal_folder, tmp_path, "--json", "--out", tmp_path / "scores.csv")
    verdict = ran.json["verdict"]
    assert (verdict["new"], verdict["anomalous"], ran.json["learnt_from"]) == (8, 5, 24)
    *_, first, second, third = ran.err.splitlines()
    assert first == (
        "5 of 8 new clips sound wrong; the other 3 sound normal. "
        "Since 2026-03-04_06-00.wav: 5 of 5 clips from then on, 0 of 3 before."
    )
    assert second.startswith("24 normal clips promise ")
    assert second.endswith(", so chance does not explain 5.")
    assert third.startswith("Listen to 2026-03-0")
    assert "differ as a whole" not in ran.err  # a fault from a day on is no other recording
    assert verdict["sentence"] in first
    assert (verdict["certainty"], verdict["lasting"]["first"]["start_s"]) == (second, 0)


def test_another_gain_is_said_to_be_another_recording_with_and_without_an_engine(
    run, model_file: Path, normal_folder: Path, tmp_path: Path, hum
) -> None:
    (tmp_path / "new").mkdir()
    for number in range(8):
        soundfile.write(tmp_path / "new" / f"{number}.wav", 0.4 * hum(100 + number), 16_000)
    engine = ("--engine", "local", "--workers", "1", "--run")
    run("fit", normal_folder, "--model", tmp_path / "m.offkey", "--detector", "knn", *engine, tmp_path / "fit")
    plain = run("score", model_file, tmp_path / "new", "--json")
    in_parts = run("score", tmp_path / "m.offkey", tmp_path / "new", "--json", *engine, tmp_path / "run")
    assert plain.json["shift"] == in_parts.json["shift"]
    assert plain.json["shift"]["shifted"] is True
    assert "traits" not in plain.json["rows"][0]
    for ran in (plain, in_parts):
        assert "note: these 8 clips differ as a whole from the training clips: the level is 8.0 dB lower" in ran.err
    again = run("score", model_file, normal_folder, "--json")
    assert again.json["shift"]["shifted"] is False
    assert "differ as a whole" not in again.err


def test_a_long_recording_has_a_row_a_window(run, model_file: Path, tmp_path: Path, hum) -> None:
    soundfile.write(tmp_path / "long.wav", hum(1, seconds=65), 16_000)
    rows = list(csv.DictReader(io.StringIO(run("score", model_file, tmp_path / "long.wav").out)))
    assert [(row["start_s"], row["end_s"]) for row in rows][-1] == ("64.0", "65.0")
    assert len(rows) == 65  # windows as long as the clips learnt
    ran = run("score", model_file, tmp_path / "long.wav", "--window", 20, "--hop", 15, "--json")
    assert [row["start_s"] for row in ran.json["rows"]] == [0, 15, 30, 45]


def test_a_wrong_wish_gets_one_sentence(run, model_file: Path, normal_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "text.offkey").write_text("no model")
    for arguments, status, words in [
        ((tmp_path / "text.offkey", normal_folder), 1, "is no offkey model"),
        ((tmp_path / "none.offkey", normal_folder), 1, "cannot be read: No such file or directory"),
        ((model_file, tmp_path / "none"), 2, "does not exist"),
        ((model_file, normal_folder, "--out", tmp_path / "no" / "s.csv"), 2, "does not exist: make it first"),
        ((model_file, normal_folder, "--hop", "-1"), 2, "The hop must be between"),
    ]:
        ran = run("score", *arguments)
        assert (ran.status, ran.out) == (status, "")
        assert words in ran.err
        assert len(ran.err.strip().splitlines()) == 1


def test_a_full_disk_is_one_sentence_and_status_1(run, model_file: Path, normal_folder: Path) -> None:
    ran = run("score", model_file, normal_folder, "--out", "/dev/full")
    assert ran.status == 1
    assert "/dev/full cannot be written: No space left on device" in ran.err


def test_any_name_that_the_system_allows_has_its_row(run, model_file: Path, tmp_path: Path, hum) -> None:
    names = ["with, comma.wav", 'with "quotes".wav', "über alle\nLinien.wav", os.fsdecode(b"latin-\xfc.wav")]
    for number, name in enumerate(names):
        with (tmp_path / name).open("wb") as file:
            soundfile.write(file, hum(number), 16_000, format="WAV")
    rows = _rows(run("score", model_file, tmp_path).out)
    assert set(rows) == {*names[:3], "latin-\\xfc.wav"}
    assert len(run("score", model_file, tmp_path, "--json").json["rows"]) == 4
