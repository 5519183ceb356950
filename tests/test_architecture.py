"""Imports point one way, and importing offkey stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "offkey"
PACKAGES = """
_version runtime errors client_answers client suffixes listing files archive tables pictures pages components graph work
decision audio charts synthetic datasets features detectors hearing model evaluation scale experiments learned explain
export watch web demo cli __main__
"""
ORDER = PACKAGES.split()


@cache
def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def _package(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def _imports(path: Path) -> set[str]:
    """Names of the packages of offkey that a file imports, at its top or inside a function."""
    found = set()
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            found |= {_package(alias.name) for alias in node.names if alias.name.startswith("offkey.")}
        elif isinstance(node, ast.ImportFrom) and node.module == "offkey":
            found |= {alias.name for alias in node.names if alias.name in ORDER}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("offkey."):
            found.add(_package(str(node.module)))
    return found


FILES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_package_imports_only_packages_above_it(path: Path) -> None:
    own = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    assert own in ORDER, f"{own} has no place in the order of packages"
    below = {name for name in _imports(path) if ORDER.index(name) > ORDER.index(own)}
    assert not below, f"{path.name} imports {below}, which lie below {own}"


def _module(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def _modules(path: Path) -> set[str]:
    """Names of the modules of offkey that a file imports: at its top, inside a function or for types alone."""
    found = set()
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            beside = path.relative_to(SOURCE.parent).parts[: -node.level] if node.level else ()  # of a relative import
            home = ".".join([*beside, *([node.module] if node.module else [])])
            names = {f"{home}.{alias.name}" for alias in node.names}
            found |= (names & MODULES) or {home}
    return found & MODULES


MODULES = {_module(path) for path in FILES}


def _circles(imports: dict[str, set[str]]) -> dict[str, set[str]]:
    """Take away who imports none of the others, or is imported by none, as long as there are such."""
    while True:
        imported = set().union(*imports.values())
        kept = {module: names & imports.keys() for module, names in imports.items() if module in imported}
        kept = {module: names for module, names in kept.items() if names}
        if kept == imports:
            return kept
        imports = kept


def test_no_modules_import_each_other_in_a_circle() -> None:
    """What ties two modules together belongs into one of them, or into a third; a late import mends nothing."""
    assert _circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == {"b": {"c"}, "c": {"b"}}
    imports = {_module(path): _modules(path) for path in FILES}
    imports["offkey.detectors.base"].remove("offkey.detectors.registry")  # `Detector.from_state` is of any class
    assert _circles(imports) == {}


def test_the_stages_of_watching_import_only_stages_before_them() -> None:
    """What is common to several stages lies beside them, and what ties them together, too."""
    stages = ["acquisition", "state", "health", "evidence", "store", "advisory", "life"]
    assert {path.parent.name for path in (SOURCE / "watch").glob("*/__init__.py")} == {*stages, "edit"}
    for place, stage in enumerate(stages):
        later = tuple(f"offkey.watch.{one}." for one in stages[place + 1 :])
        for path in (SOURCE / "watch" / stage).rglob("*.py"):
            assert not [name for name in _modules(path) if name.startswith(later)], path


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_file_grows_over_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_one_file_alone_sets_how_many_threads_a_library_has() -> None:
    """Who sets them in two places restores what the other had set."""
    assert [path.name for path in FILES if "threadpoolctl" in path.read_text(encoding="utf-8")] == [
        "library_threads.py"
    ]


def test_no_generator_yields_while_it_holds_linear_algebra_to_one_thread() -> None:
    """Who stops half-way would leave all others with one thread."""
    holding = {"one_blas_thread", "one_thread"}

    def yields(path: Path) -> bool:
        blocks = [node for node in _nodes(path) if isinstance(node, ast.With)]
        held = [block for block in blocks if holding & set(re.findall(r"\w+", " ".join(map(ast.unparse, block.items))))]
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for block in held for node in ast.walk(block))

    assert [path.name for path in FILES if yields(path)] == ["library_threads.py"]  # which is what holds it


def test_one_room_alone_starts_threads_and_processes_that_share_work() -> None:
    """Who needs many things done at a time asks an executor of `work/`."""
    pools = {"concurrent", "joblib", "loky", "multiprocessing", "ray"}

    def imported(path: Path) -> set[str]:
        nodes = _nodes(path)
        names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
        names += [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
        return {name.partition(".")[0] for name in names}

    assert {path.relative_to(SOURCE).parts[0] for path in FILES if imported(path) & pools} == {"work"}


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        ("import offkey", "torch matplotlib fastapi ray polars sklearn scipy pydantic soundfile"),
        ("import offkey; offkey.fit", "torch matplotlib fastapi ray polars sklearn"),
        ("import offkey.cli.main", "torch matplotlib fastapi ray polars sklearn scipy pydantic soundfile"),
        ("import offkey.cli.app", "torch matplotlib fastapi ray polars sklearn scipy pydantic soundfile numpy"),
        ("import offkey.cli.app", "offkey.datasets.editions.edition"),
        ("import offkey.hearing.extractor", "multiprocessing loky"),
    ],
)
def test_importing_stays_light(statement: str, forbidden: str) -> None:
    code = f"{statement}; import sys; print(*(set(sys.modules) & set({forbidden.split()!r})))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []


def test_an_error_of_the_system_without_a_reason_of_its_own_is_still_named() -> None:
    """An OSError that Python raises, not the system, has no `strerror`: "cannot be read: None" says nothing."""
    alone = re.compile(r"\{\s*\w+\.strerror\s*\}")
    assert [path.name for path in SOURCE.rglob("*.py") if alone.search(path.read_text(encoding="utf-8"))] == []


def test_no_code_knows_an_edition_by_its_year() -> None:
    """What is particular to an edition stands in its file; a made-up set in the form of one is no edition."""
    year = re.compile(r"(dcase)?202\d")
    found = []
    for path in (path for path in FILES if "synthetic" not in path.parts):
        nodes = _nodes(path)
        constants = [node for node in nodes if isinstance(node, ast.Constant)]
        found += [f"{path.name}: {node.value}" for node in constants if year.fullmatch(str(node.value))]
    assert found == []


def test_the_runtime_stands_alone() -> None:
    """The same files are another distribution, which has numpy and nothing else."""
    allowed = {*sys.stdlib_module_names, "numpy", "onnxruntime"}
    for path in (SOURCE / "runtime").rglob("*.py"):
        depth = len(path.relative_to(SOURCE / "runtime").parts)
        for node in _nodes(path):
            if isinstance(node, ast.Import):
                assert {alias.name.partition(".")[0] for alias in node.names} <= allowed, path
            elif isinstance(node, ast.ImportFrom):
                inside = 0 < node.level <= depth
                assert inside or str(node.module).partition(".")[0] in allowed, (path, node.module)
