"""What is imported is declared, what is declared is used, and the base alone fits and scores."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
import soundfile
from tests.conftest import Hum

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "offkey"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
FILES = sorted(SOURCE.rglob("*.py"))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _name(requirement: str) -> str:
    return _normal(re.match(r"[\w.-]+", requirement).group())  # type: ignore[union-attr]


def _of_extra(extra: str) -> set[str]:
    """Names of the distributions that an extra lists, with those of the extras in it."""
    found = set()
    for requirement in EXTRAS[extra]:
        own = re.fullmatch(r"offkey\[([\w,]+)\]", requirement)
        found |= set[str]().union(*map(_of_extra, own[1].split(","))) if own else {_name(requirement)}
    return found


BASE = {_name(requirement) for requirement in PROJECT["dependencies"]}
USERS = set(EXTRAS) - {"all", "dev", "docs", "bench"}


@cache
def _modules() -> dict[str, set[str]]:
    """Names of the distributions that hold each importable module."""
    return {module: set(map(_normal, names)) for module, names in packages_distributions().items()}


@cache
def _brought(names: frozenset[str]) -> frozenset[str]:
    """Names of distributions with all that these need."""
    found, left = set(), set(names)
    while left:
        name = left.pop()
        found.add(name)
        try:
            needed = [one for one in requires(name) or [] if "extra ==" not in one]
        except PackageNotFoundError:  # of another system
            continue
        left |= {_name(one) for one in needed} - found
    return frozenset(found)


@cache
def _imports(path: Path) -> set[str]:
    """Names of the modules of others that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"offkey"}


def _named_extras(path: Path) -> list[tuple[str, str]]:
    """Return module and extra of each sentence that names an extra."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        words = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
        if node.func.id == "require":
            found.append((words[0], words[1]))
        elif node.func.id == "check_installed":
            found += [(module, words[0]) for module in words[2:]]
    return [(str(module), str(extra)) for module, extra in found if module and extra]


def test_all_that_is_imported_is_declared() -> None:
    declared = BASE | set[str]().union(*map(_of_extra, USERS))
    imported = set[str]().union(*map(_imports, FILES))
    assert {module for module in imported if not _modules().get(module, set()) & declared} == set()


def test_all_that_is_declared_is_used() -> None:
    declared = BASE | set[str]().union(*map(_of_extra, USERS))
    words = set[str]().union(*(re.findall(r"\w+", path.read_text(encoding="utf-8")) for path in FILES))
    used = set[str]().union(*(names for module, names in _modules().items() if module in words))
    assert declared - used == set()


def test_the_extra_that_a_sentence_names_brings_what_is_missing() -> None:
    named = [one for path in FILES for one in _named_extras(path)]
    assert len(named) > 20
    assert [(module, extra) for module, extra in named if not _modules()[module] & _of_extra(extra)] == []


def test_the_extra_all_holds_every_extra_of_users() -> None:
    listed = re.fullmatch(r"offkey\[([\w,]+)\]", EXTRAS["all"][0])
    assert listed is not None
    assert set(listed[1].split(",")) == USERS


COMMANDS = {  # what the base does, and what each other command names
    "fit normal --model m.offkey": "",
    "info m.offkey": "",
    "score m.offkey new --out scores.csv": "",
    "score m.offkey new --jobs 2 --json": "",
    "evaluate scores.csv": "",
    "explain m.offkey new/anomaly_1.wav --out why.json": "",
    "explain m.offkey new/anomaly_1.wav --out why.png": "pictures",
    "score m.offkey new --out again.csv --explain why": "pictures",
    "report scores.csv --out report.html": "pictures",
    "demo --out demo": "pictures",
    "fit normal --model n.offkey --curve curve.png": "pictures",
    "fit normal --model n.offkey --detector gmm": "sklearn",
    "fit scores.csv --model n.offkey": "tables",
    "fit normal --model n.offkey --engine local --run parts": "tables",
    "features new --run parts": "tables",
    "data check new --dataset folder": "tables",
    "data download mimii --list": "download",
    "export m.offkey --out edge": "onnx",
    "benchmark new --dataset folder --out run": "experiments",
    "tune new --dataset folder --out run --select-features": "experiments",
    "study new --dataset folder --out run": "experiments",
    "identify fit new --out types.offkey": "experiments",
    "explore new": "web",
    "watch plant.toml": "watch",
    "watch sources": "watch",
    **{
        f"watch {command}": "watch"
        for command in (
            "events p.toml",
            "messages p.toml",
            "status p.toml",
            "fleet p.toml",
            "learn p.toml pump",
            "shadow p.toml pump",
            "arm p.toml pump",
            "in-service p.toml pump",
            "review p.toml",
            "acknowledge p.toml e1",
            "shelve p.toml pump --until 8h --reason repair",
            "unshelve p.toml pump",
            "candidate make p.toml pump",
            "candidate list p.toml pump",
            "candidate replay p.toml pump",
            "candidate promote p.toml pump",
            "candidate drop p.toml pump",
        )
    },
}
_RUN = """
import contextlib, io, json, sys
from pathlib import Path
blocked, commands = json.load(sys.stdin)
sys.modules.update({module: None for module in blocked if module not in sys.modules})
from offkey.cli.main import main
ends = {}
for command in commands:
    before, out, err = set(Path().rglob("*")), io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(command.split())
    err.flush()
    ends[command] = status, err.buffer.getvalue().decode(), len(set(Path().rglob("*")) - before)
print(json.dumps(ends))
"""


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> dict[str, Any]:
    """Exit status, standard error and number of new files of each command, where only the base can be imported."""
    folder = tmp_path_factory.mktemp("base")
    for name in ("normal", "new"):
        (folder / name).mkdir()
    for number in range(12):
        soundfile.write(folder / "normal" / f"normal_{number:02d}.wav", hum(number, seconds=0.5), 16_000)
    soundfile.write(folder / "new" / "normal_0.wav", hum(20, seconds=0.5), 16_000)
    soundfile.write(folder / "new" / "anomaly_1.wav", hum(21, seconds=0.5, tone_hz=3000), 16_000)
    allowed = _brought(frozenset(BASE))
    blocked = [module for module, names in _modules().items() if not names & allowed and module != "offkey"]
    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        input=json.dumps([blocked, list(COMMANDS)]),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_the_base_fits_and_scores_and_each_other_command_names_its_extra(command: str, ends: dict[str, Any]) -> None:
    status, said, written = ends[command]
    extra = COMMANDS[command]
    if not extra:
        assert status == 0, said
        return
    assert status == 1
    assert re.fullmatch(
        rf"offkey: .* needs \w+, which is not installed: pip install 'offkey\[{extra}\]' brings it.\n", said
    )
    assert not written


def test_the_demo_installs_what_the_examples_of_the_readme_need() -> None:
    from offkey.cli.explore import _MODULES

    installed = re.search(r"INSTALL\) '\.\[([\w,]+)\]' #", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert installed is not None
    brought = BASE | set[str]().union(*map(_of_extra, installed[1].split(",")))
    assert [module for module in (*_MODULES, "sklearn") if not _modules()[module] & brought] == []
