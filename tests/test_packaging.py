"""What is published: the wheel, the source archive, and the papers beside them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
import yaml

from offkey import __version__

ROOT = Path(__file__).parents[1]
TO_BUILD = ("src", "docs", "LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", ".gitignore")


def _call(*command: object, cwd: Path, **variables: str) -> str:
    environment = {**os.environ, **variables}
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=cwd, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive of a copy of the checkout, and the wheel that is built from that archive."""
    folder = tmp_path_factory.mktemp("built")
    copy = folder / "checkout"
    for name in TO_BUILD:
        source, target = ROOT / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    _call("-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=copy)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    _call("-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=next((folder / "unpacked").iterdir()))
    return folder


@pytest.fixture(scope="module")
def installed(built: Path) -> Path:
    target = built / "installed"
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-compile")
    _call(*pip, "--target", target, next(built.glob("*.whl")), cwd=built)
    return target


def test_the_wheel_holds_every_file_of_the_source(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        held = {name.removeprefix("offkey/") for name in wheel.namelist() if name.startswith("offkey/")}
    source = ROOT / "src" / "offkey"
    meant = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    assert held == {path.as_posix() for path in meant if "__pycache__" not in path.parts}
    assert {
        "py.typed",
        "style/page.css",
        "style/shared.css",
        "datasets/editions/dcase2026.toml",
        "explain/report.html.j2",
    } <= held
    assert {Path(name).suffix for name in held if name.startswith("web/static/")} >= {".js", ".css"}


def test_the_program_works_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    where = _call("-c", "import offkey; print(offkey.__file__)", cwd=tmp_path, PYTHONPATH=str(installed))
    assert Path(where.strip()).is_relative_to(installed)
    assert "offkey" in _call("-m", "offkey", "--help", cwd=tmp_path, PYTHONPATH=str(installed))
    assert _call("-m", "offkey", "--version", cwd=tmp_path, PYTHONPATH=str(installed)) == f"offkey {__version__}\n"
    code = "from offkey.datasets.editions import edition_span; print(edition_span())"
    assert "dcase2020 to dcase2026" in _call("-c", code, cwd=tmp_path, PYTHONPATH=str(installed))


def test_pictures_and_links_of_the_description_are_whole_addresses(installed: Path) -> None:
    about = message_from_bytes(next(installed.glob("*.dist-info/METADATA")).read_bytes())
    description = str(about.get_payload())
    addresses = re.findall(r"\]\(([^)]+)\)", description)
    assert len(addresses) > 15
    assert [address for address in addresses if not address.startswith("https://")] == []
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", description)
    start = "https://raw.githubusercontent.com/offkey/offkey/main/"
    assert pictures
    assert [one for one in pictures if not (ROOT / one.removeprefix(start)).is_file()] == []
    assert any("Homepage" in url for url in about.get_all("Project-URL") or [])


def test_the_citation_names_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)  # what the format asks for
    assert (citation["cff-version"], citation["type"], citation["license"]) == ("1.2.0", "software", "Apache-2.0")
    assert citation["version"] == __version__
    assert all("name" in author or "family-names" in author for author in citation["authors"])


def test_hooks_before_a_commit_are_checks_of_this_repository() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    assert [hook["entry"].split()[0] for hook in hooks[0]["hooks"]] == [
        f".venv/bin/{tool}" for tool in ("ruff", "ruff", "mypy")
    ]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_one_room_can_be_checked_alone() -> None:
    def asked(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "--dry-run", "check", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )

    assert "src/offkey/tables tests/tables\n" in asked("ROOM=tables").stdout
    assert "src/offkey/files.py tests/test_files.py\n" in asked("ROOM=files").stdout
    refused = asked("ROOM=cellar")
    assert refused.returncode != 0
    assert "make check needs a room" in refused.stderr
