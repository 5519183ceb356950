from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture
def room(tmp_path: Path, normal_folder: Path, model_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with clips, a model, a table, scores and labels, which is the current one."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(normal_folder, "n")
    shutil.copy(model_file, "m.offkey")
    names = sorted(Path("n").iterdir())
    Path("t.csv").write_text("file\n" + "".join(f"{name}\n" for name in names))
    Path("s.csv").write_text("file,score\n" + "".join(f"{name},{i}\n" for i, name in enumerate(names)))
    Path("l.csv").write_text("file,label\n" + "".join(f"{name},{i % 2}\n" for i, name in enumerate(names)))
    Path("net.offkeynet").write_text("a network")
    Path("c.toml").write_text("")
    os.link("n/normal_03.wav", "hard.csv")
    Path("soft.csv").symlink_to("n/normal_04.wav")
    Path("away").symlink_to("n", target_is_directory=True)
    Path("pages").mkdir()
    Path("run/scores").mkdir(parents=True)
    Path("run/scores/knn.csv").write_text("file,score\n")
    Path("pages/normal_00.html").symlink_to("../n/normal_00.wav")
    return tmp_path


CLIP = "n/normal_00.wav"
CASES = [
    ("fit n --model n/normal_00.wav", "--model", "n/normal_00.wav"),
    ("fit n/normal_00.wav n/normal_01.wav --model n/../n/normal_00.wav", "--model", CLIP),
    ("fit t.csv --model t.csv", "--model", "t.csv"),
    ("fit t.csv --model n/normal_02.wav", "--model", "n/normal_02.wav"),
    ("fit n --model away/normal_02.wav", "--model", "away/normal_02.wav"),
    ("fit n --model new.offkey --curve hard.csv", "--curve", "hard.csv"),
    ("fit n --features discriminative:net.offkeynet --model net.offkeynet", "--model", "net.offkeynet"),
    ("fit n --config c.toml --model c.toml", "--model", "c.toml"),
    ("fit n --model n/normal_00.wav --engine local --run r", "--model", CLIP),
    (f"score m.offkey {CLIP} --out {CLIP}", "--out", CLIP),
    ("score m.offkey n --out hard.csv", "--out", "hard.csv"),
    ("score m.offkey n --out soft.csv --json", "--out", "soft.csv"),
    ("score m.offkey n --out m.offkey", "--out", "m.offkey"),
    ("score m.offkey t.csv --out t.csv", "--out", "t.csv"),
    ("score m.offkey n --explain pages", "--explain", "pages/normal_00.html"),
    ("score m.offkey n --out soft.csv --engine local --run r", "--out", "soft.csv"),
    ("report s.csv --out s.csv", "--out", "s.csv"),
    ("report run --out run/scores/knn.csv", "--out", "run/scores/knn.csv"),
    ("report s.csv --out m.offkey --model m.offkey", "--out", "m.offkey"),
    ("report s.csv --out l.csv --labels l.csv", "--out", "l.csv"),
    ("report s.csv --out n/normal_05.wav", "--out", "n/normal_05.wav"),
    ("explain m.offkey pages/normal_00.html --out pages/normal_00.html", "--out", "pages/normal_00.html"),
    ("embed n --dataset folder --out n/normal_00.wav", "--out", CLIP),
    ("identify fit n --dataset folder --out n/normal_00.wav", "--out", CLIP),
    ("identify score m.offkey n --out n/normal_00.wav", "--out", CLIP),
    ("data split t.csv --dataset table --out t.csv", "--out", "t.csv"),
    ("data pseudo-label n --dataset folder --out n/normal_00.wav", "--out", CLIP),
]


@pytest.mark.parametrize(("command", "option", "named"), CASES, ids=[case[0] for case in CASES])
def test_an_output_that_is_one_of_the_inputs_is_refused_before_the_work(
    run, room: Path, command: str, option: str, named: str
) -> None:
    before = {path: path.read_bytes() for path in room.rglob("*") if path.is_file()}
    ran = run(*command.split())
    assert ran.status == 2, ran.err
    assert f"The option {option} names " in ran.err
    assert "which is one of the inputs: choose another name." in ran.err
    assert Path(named).name in ran.err
    assert {path: path.read_bytes() for path in room.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("command", "named"), [("tune", "candidates.csv"), ("study", "study.csv")])
def test_a_folder_of_outputs_may_not_hold_the_table_under_a_name_that_is_written(
    run, room: Path, command: str, named: str
) -> None:
    shutil.copy("t.csv", Path("n", named))
    more = ["--param", "n_neighbors=1,2"] if command == "tune" else []
    ran = run(command, Path("n", named), "--dataset", "table", "--out", "n", *more)
    assert ran.status == 2
    assert f"names n/{named}, which is one of the inputs" in ran.err


def test_two_outputs_may_not_be_one_file(run, room: Path) -> None:
    ran = run("fit", "n", "--model", "new.offkey", "--curve", "./new.offkey")
    assert ran.status == 2
    assert "--model and --curve both name " in ran.err


def test_proxies_do_not_replace_those_that_the_table_lists(run, room: Path) -> None:
    Path("held_proxies").mkdir()
    shutil.copy(CLIP, "held_proxies/p.wav")
    Path("held.csv").write_text("file\nheld_proxies/p.wav\n")
    ran = run("data", "split", "held.csv", "--dataset", "table", "--out", "held.parquet", "--fault", "leak")
    assert ran.status == 2
    assert "held_proxies, which holds " in ran.err


def test_a_folder_that_cannot_be_written_to_is_refused_before_the_work(
    run, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("locked").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "locked")  # root may write anywhere
    for command in ("fit n --model locked/m.offkey", "score m.offkey n --out locked/s.csv"):
        ran = run(*command.split())
        assert (ran.status, "locked cannot be written to: choose another" in ran.err) == (2, True)
        assert "threshold" not in ran.err
    assert run("score", "m.offkey", "n", "--out", "/dev/null").status == 0


def test_what_is_no_input_is_written_again_as_before(run, room: Path) -> None:
    for _ in range(2):
        assert run("score", "m.offkey", "n", "--out", "n/scores.csv").status == 0


def test_a_changed_threshold_leaves_link_and_permissions(run, room: Path) -> None:
    Path("m.offkey").chmod(0o600)
    Path("link.offkey").symlink_to("m.offkey")
    assert run("info", "link.offkey", "--set-threshold", "3").status == 0
    assert Path("link.offkey").is_symlink()
    assert Path("m.offkey").stat().st_mode & 0o777 == 0o600
    assert run("info", "m.offkey", "--json").json["threshold"] == 3
