"""Commands and Python in the documentation are run, in a folder with recordings like those that it speaks of."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
from tests.conftest import Hum

from offkey.cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"^(<!-- not run: (?P<reason>.+) -->\n)?```(?P<language>bash|python)\n(?P<code>.*?)^```", re.M | re.S
)
SHELL_ONLY = ("make ", "git ", "cd ", "pip ", "python ", ".venv/", "source ")


def _blocks(page: Path) -> list[tuple[str, str]]:
    """Return language and code of each block that can be run."""
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [(match["language"], match["code"]) for match in found if not match["reason"]]


def _run_commands(code: str) -> None:
    lines = code.replace("\\\n", " ").splitlines()
    for command in [shlex.split(line, comments=True) for line in lines if not line.startswith(SHELL_ONLY)]:
        if command:
            assert command[0] == "offkey"
            assert main(command[1:]) == 0, " ".join(command)


@pytest.fixture
def workplace(
    tmp_path: Path,
    normal_folder: Path,
    yamnet_folder: Path,
    tiny_edition: Callable[[int], Path],
    hum: Hum,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    recordings = tmp_path / "recordings"
    (recordings / "new").mkdir(parents=True)
    (recordings / "normal").symlink_to(normal_folder)
    for name, tone_hz in (("a", None), ("b", None), ("c", 3000), ("d", 2000)):
        soundfile.write(recordings / "new" / f"{name}.wav", hum(ord(name), tone_hz=tone_hz), 16_000)
    (recordings / "today").mkdir()
    for number in range(10):
        soundfile.write(recordings / "today" / f"{number}.wav", 0.5 * hum(700 + number), 16_000)
    (tmp_path / "dcase2023").symlink_to(tiny_edition(2023))  # in place of the download
    (tmp_path / "dcase2023_task2_evaluator").symlink_to(tiny_edition(2023) / "ground_truth")
    (tmp_path / "yamnet.onnx").symlink_to(yamnet_folder / "patches.onnx")
    for machine, tone_hz in (("fan", None), ("pump", 500), ("slider", 3000)):
        for ident in ("id_00", "id_02"):
            folder = tmp_path / "machines" / machine / ident
            folder.mkdir(parents=True)
            for number in range(6):
                soundfile.write(folder / f"{number:08d}.wav", hum(number, seconds=0.3, tone_hz=tone_hz), 16_000)
    labels = [("a", "normal"), ("b", "normal"), ("c", "anomaly"), ("d", "anomaly")]
    rows = "".join(f"recordings/new/{name}.wav,{label}\n" for name, label in labels)
    (tmp_path / "labels.csv").write_text("file,label\n" + rows)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if _blocks(page)], ids=lambda page: page.name)
def test_the_commands_and_the_python_of_a_page_work_in_their_order(page: Path, workplace: Path) -> None:
    names: dict[str, object] = {}  # the Python of a page goes on from block to block
    for language, code in _blocks(page):
        if language == "bash":
            _run_commands(code)
        else:
            exec(compile(code, str(page), "exec"), names)  # noqa: S102 - it is our own documentation


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
