"""The second distribution: built of the same files, and installed alone beside numpy."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.runtime.conftest import RATE, WINDOW, noise

from offkey import __version__
from offkey.runtime import load
from offkey.runtime.fast_path import Excursion

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "offkey" / "runtime"


def _call(*command: object, cwd: Path, **options: object) -> str:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, check=False, env=variables, **options
    )  # type: ignore[call-overload]
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return str(done.stdout.decode())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of a copy of the checkout, its source archive, and in ``again`` the wheel of that."""
    folder = tmp_path_factory.mktemp("built")
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE, folder / "checkout" / "src" / "offkey" / "runtime", ignore=skipped)
    shutil.copytree(ROOT / "runtime", folder / "checkout" / "runtime", ignore=skipped)
    build = (sys.executable, "-m", "hatchling", "build")
    _call(*build, "-t", "sdist", "-t", "wheel", "-d", folder, cwd=folder / "checkout" / "runtime")
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    _call(*build, "-t", "wheel", "-d", folder / "again", cwd=next((folder / "unpacked").iterdir()))
    return folder


@pytest.fixture(scope="module")
def installed(built: Path) -> Path:
    """A virtual environment that holds the wheel and numpy, nothing else."""
    place = built / "venv"
    _call(sys.executable, "-m", "venv", "--without-pip", place, cwd=built)
    python = place / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check")
    _call(*pip, "--no-index", "--no-deps", "--no-compile", next(built.glob("*.whl")), cwd=built)
    packages = next(place.glob("lib/python*/site-packages"))
    for found in Path(np.__file__).parents[1].glob("numpy*"):
        (packages / found.name).symlink_to(found)
    return place


def _files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if name.startswith("offkey_runtime/")}


def test_the_wheel_holds_every_file_of_the_room(built: Path) -> None:
    meant = {path.relative_to(SOURCE) for path in SOURCE.rglob("*") if path.is_file()}
    held = {f"offkey_runtime/{path.as_posix()}" for path in meant if "__pycache__" not in path.parts}
    assert _files(next(built.glob("*.whl"))) == held
    assert "offkey_runtime/py.typed" in held


def test_the_wheel_of_the_source_archive_is_the_same(built: Path) -> None:
    first, second = next(built.glob("*.whl")), next((built / "again").glob("*.whl"))
    assert first.name == second.name == f"offkey_runtime-{__version__}-py3-none-any.whl"
    assert first.read_bytes() == second.read_bytes()


def test_it_needs_numpy_alone_and_has_the_licence_of_offkey(installed: Path) -> None:
    about = next(installed.glob("lib/python*/site-packages/offkey_runtime-*.dist-info"))
    metadata = message_from_bytes((about / "METADATA").read_bytes())
    needs = metadata.get_all("Requires-Dist") or []
    assert [one for one in needs if "extra ==" not in one] == ["numpy>=1.26"]
    assert [one for one in needs if "extra ==" in one] == ["onnxruntime>=1.18; extra == 'onnxruntime'"]
    assert (about / "licenses" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_alone_it_scores_as_offkey_does(installed: Path, folder: Path, tmp_path: Path) -> None:
    clip = tmp_path / "a.wav"
    soundfile.write(clip, noise(3 * WINDOW, 0.2), RATE, subtype="FLOAT")
    code = f"""
import sys, json, importlib.util
import offkey_runtime
assert "numpy" not in sys.modules  # importing is quick
model = offkey_runtime.load({str(folder)!r})
results = model.score_windows({str(clip)!r})
foreign = {{name.partition(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names) - {{"__main__"}}
found = [one for one in ("offkey", "scipy", "onnx", "onnxruntime") if importlib.util.find_spec(one)]
print(json.dumps([model.engine, [one.score for one in results], sorted(foreign), found, offkey_runtime.__version__]))
"""
    engine, scores, foreign, found, version = json.loads(
        _call(installed / "bin" / "python", "-I", "-c", code, cwd=tmp_path)
    )
    assert (engine, version) == ("numpy", __version__)
    assert scores == [one.score for one in load(folder, engine="numpy").score_windows(clip)]
    assert foreign == ["numpy", "offkey_runtime"]
    assert found == []


def test_its_command_works_alone(installed: Path, folder: Path, tmp_path: Path) -> None:
    clip = tmp_path / "a.wav"
    soundfile.write(clip, noise(WINDOW, 0.2), RATE, subtype="FLOAT")
    command = installed / "bin" / "offkey-runtime"
    score = load(folder, engine="numpy").score(clip).score
    assert json.loads(_call(command, folder, clip, cwd=tmp_path))["score"] == score
    assert _call(command, "--check", folder, cwd=tmp_path).startswith("numpy: same: 'power'")
    samples = (noise(1000) * 20_000).astype(np.int16).tobytes()
    python = installed / "bin" / "python"
    shown = _call(python, "-I", "-m", "offkey_runtime", folder, "--stream", cwd=tmp_path, input=samples)
    assert [json.loads(line)["start_s"] for line in shown.splitlines()] == [hop / 10 for hop in range(9)]


def test_the_commands_and_the_python_of_its_page_work_alone(installed: Path, folder: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "edge_runtime.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^<!-- not run: by another test, [^\n]*\n```(bash|python)\n(.*?)^```", page, re.M | re.S)
    place = tmp_path / "device"
    place.mkdir()
    (place / "pump7-edge").symlink_to(folder)
    for name in ("today", "yesterday"):
        soundfile.write(place / f"{name}.wav", noise(3 * WINDOW), RATE)
    (place / "arecord").write_text("#!/bin/sh\ntail -c +45 today.wav\n")
    (place / "arecord").chmod(0o755)
    path = f"{installed / 'bin'}:{place}:{os.environ['PATH']}"
    for language, code in blocks:
        command = ["bash", "-euo", "pipefail"] if language == "bash" else [installed / "bin" / "python", "-I"]
        _call("env", f"PATH={path}", *command, "-c", code, cwd=place)
    assert [language for language, _ in blocks] == ["bash", "bash", "python", "bash"]


def test_the_version_stands_in_one_more_place_and_is_the_same() -> None:
    from offkey.runtime import __version__ as own

    assert own == __version__


def test_offkey_takes_the_fast_path_from_it() -> None:
    from offkey.decision import events

    assert events.Excursion is Excursion
