"""The C of a folder is compiled and held against its vectors, and only on request."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from offkey.errors import ExportError, OffkeyError, UsageError
from offkey.export import check_export, export_model
from offkey.model import Model

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="cc is not installed")


@pytest.fixture(scope="module")
def both(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_model(model, tmp_path_factory.mktemp("edge") / "both", targets=["onnx", "c"]).folder


@pytest.fixture
def folder(both: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(both, tmp_path / "edge"))


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_both_targets_are_checked(folder: Path) -> None:
    checked = check_export(folder, compile_c=True)
    assert checked.agrees, checked.sentences()
    assert {"numpy", "c"} <= set(checked.compared)
    assert [one.name for one in checked.compared["c"]] == ["score", "p_value", "surprise", "anomalous"]


def test_c_alone_is_checked(model: Model, tmp_path: Path) -> None:
    folder = export_model(model, tmp_path / "edge", targets=["c"]).folder
    assert list(check_export(folder, compile_c=True).compared) == ["c"]
    with pytest.raises(OffkeyError, match="--compile"):
        check_export(folder)


def test_no_code_is_run_unless_it_is_wanted(folder: Path) -> None:
    (folder / "c" / "replay.c").write_text('#error "compiled"\n')
    assert check_export(folder).agrees
    with pytest.raises(ExportError, match=r"does not compile: .*compiled"):
        check_export(folder, compile_c=True)


def test_other_tables_are_found(folder: Path) -> None:
    _replace(folder / "c" / "offkey.c", "static float score(", "#define N_BROKEN 1\nstatic float score_of(")
    code = (folder / "c" / "offkey.c").read_text()
    (folder / "c" / "offkey.c").write_text(code.replace("r->score = score(s);", "r->score = 1.01f * score_of(s);"))
    checked = check_export(folder, compile_c=True)
    assert not checked.agrees
    assert any(sentence.startswith("c: 'score' of the clip") for sentence in checked.sentences())


def test_a_program_that_prints_other_things_is_refused(folder: Path) -> None:
    (folder / "c" / "replay.c").write_text('#include <stdio.h>\nint main(void)\n{\n    return puts("nan") < 0;\n}\n')
    with pytest.raises(ExportError, match=r"must print a line of 10 numbers .*nan"):
        check_export(folder, compile_c=True)


def test_an_edited_threshold_does_not_reach_the_c(folder: Path) -> None:
    _replace(folder / "calibration.json", '"threshold": ', '"threshold": 9')
    notes = check_export(folder, compile_c=True).notes
    assert notes[0].startswith("The threshold was edited")
    assert "no edit reaches it" in notes[1]


def test_a_missing_compiler_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -O2")
    with pytest.raises(UsageError, match=r"'no-such-compiler' of \$CC, which is not installed"):
        check_export(folder, compile_c=True)
    monkeypatch.delenv("CC")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match=r"\(cc, gcc, clang\), which is not installed"):
        check_export(folder, compile_c=True)


def test_a_folder_without_c_is_said(model: Model, tmp_path: Path) -> None:
    folder = export_model(model, tmp_path / "edge").folder
    with pytest.raises(UsageError, match="holds no C to compile"):
        check_export(folder, compile_c=True)


def test_a_window_that_was_edited_is_refused_in_c_alone(model: Model, tmp_path: Path) -> None:
    folder = export_model(model, tmp_path / "edge", targets=["c"]).folder
    _replace(folder / "calibration.json", '"window": 4000', '"window": 4001')
    with pytest.raises(OffkeyError, match=r"'window' of .* is 4001, and the model was exported for 4000"):
        check_export(folder, compile_c=True)
