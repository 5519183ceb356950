"""What CONTRIBUTING.md shows works as it stands there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
_USE = """
import sys
from offkey import detectors
from offkey.cli.main import main
assert "mine" in detectors.names()
detectors.check_detector("mine")
folder = sys.argv[1]
assert main(["fit", folder, "--detector", "mine", "--detector-param", "power=1.5", "--model", "mine.offkey"]) == 0
assert main(["score", "mine.offkey", folder, "--out", "scores.csv"]) == 0
sys.exit(main(["info", "mine.offkey", "--json"]))
"""


def _block(language: str) -> str:
    found = re.search(rf"^ *```{language}\n(.*?)^ *```", TEXT, re.M | re.S)
    assert found is not None
    return textwrap.dedent(found[1])


def test_the_detector_of_another_package_takes_two_files(tmp_path: Path, normal_folder: Path) -> None:
    package = tmp_path / "packages" / "my_package"
    package.mkdir(parents=True)
    (package / "mine.py").write_text(_block("python"), encoding="utf-8")
    about = package.with_name("my_package-1.dist-info")  # what pip makes of its pyproject.toml
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my_package\nVersion: 1\n")
    group, line = re.fullmatch(r'\[project\.entry-points\."(.+)"\]\n(.+)\n', _block("toml")).groups()  # type: ignore[union-attr]
    (about / "entry_points.txt").write_text(f"[{group}]\n{line.replace(chr(34), '')}\n")
    path = os.pathsep.join([str(package.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _USE, str(normal_folder)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert "mine" in json.dumps(told)
    assert "error" in (tmp_path / "scores.csv").read_text().splitlines()[0]


@pytest.mark.parametrize(
    "named", sorted(set(re.findall(r"`((?:src/offkey|tests|cli|features|detectors)/[\w./]*)`", TEXT)))
)
def test_the_places_that_are_named_exist(named: str) -> None:
    new = {"src/offkey/detectors/mine.py", "src/offkey/cli/mine.py", "src/offkey/datasets/editions/dcase2027.toml"}
    assert named in new or any((place / named).exists() for place in (ROOT, ROOT / "src" / "offkey"))
