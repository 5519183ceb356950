"""Commands and Python in the documentation are run, in a folder with recordings like those that it speaks of."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import soundfile

from offkey.cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"^(<!-- not run: (?P<reason>.+) -->\n)?```(?P<language>bash|python)\n(?P<code>.*?)^```", re.M | re.S
)
SHELL_ONLY = ("make ", "git ", "cd ", "pip ", "python ", ".venv/", "source ")


def _blocks(page: Path, language: str) -> list[str]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [match["code"] for match in found if match["language"] == language and not match["reason"]]


@pytest.fixture
def workplace(tmp_path: Path, normal_folder: Path, yamnet_folder: Path, hum, monkeypatch: pytest.MonkeyPatch) -> Path:
    recordings = tmp_path / "recordings"
    (recordings / "new").mkdir(parents=True)
    (recordings / "normal").symlink_to(normal_folder)
    for name, tone_hz in (("a", None), ("b", None), ("c", 3000), ("d", 2000)):
        soundfile.write(recordings / "new" / f"{name}.wav", hum(ord(name), tone_hz=tone_hz), 16_000)
    (recordings / "today").mkdir()
    for number in range(10):
        soundfile.write(recordings / "today" / f"{number}.wav", 0.5 * hum(700 + number), 16_000)
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


@pytest.mark.parametrize("page", [page for page in PAGES if _blocks(page, "bash")], ids=lambda page: page.name)
def test_the_commands_of_a_page_work_in_their_order(page: Path, workplace: Path) -> None:
    lines = "".join(_blocks(page, "bash")).replace("\\\n", " ").splitlines()
    commands = [shlex.split(line, comments=True) for line in lines if not line.startswith(SHELL_ONLY)]
    ran = [command for command in commands if command]
    assert all(command[0] == "offkey" for command in ran)
    for command in ran:
        assert main(command[1:]) == 0, " ".join(command)


@pytest.mark.parametrize("page", [page for page in PAGES if _blocks(page, "python")], ids=lambda page: page.name)
def test_the_python_of_a_page_works(page: Path, workplace: Path) -> None:
    names: dict[str, object] = {}  # the blocks of a page go on from one another
    for code in _blocks(page, "python"):
        exec(compile(code, str(page), "exec"), names)  # noqa: S102 - it is our own documentation
    assert names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
