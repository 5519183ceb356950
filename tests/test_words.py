"""One word for one thing: the glossary is true, and nothing is named or said in riddles."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "offkey"
GLOSSARY = re.findall(
    r"^\| ([^|]+) \| ([^|]+) \| `([^`|]+)` \|$",
    (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("\n## Glossary\n")[2],
    re.M,
)
FILES = sorted(SOURCE.rglob("*.py"))
PROSE = [*FILES, *SOURCE.rglob("*.j2"), *SOURCE.rglob("*.html"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
PROSE += [*(ROOT / "docs").rglob("*.ipynb"), *SOURCE.rglob("static/*.js")]

NAMES = re.compile(
    r"_?(tells?|told|hears?|heard|ears|hearers|crew|shards?|spread_out|unlike\w*|says?|said|asks?|asked|looks?|looked)",
    re.IGNORECASE,
)
"""Names of functions, classes and files that no newcomer would type into a search."""
ALLOWED = {"say"}  # of the console, where a person reads it
HEADLESS = re.compile(r"(What|Which|Who|Whom|How|Where|Of)\b")
"""Docstrings begin with a noun or a verb: "The result of a run", and not "What came of a run"."""
RIDDLES = re.compile(
    r"\b[Aa]n? (row|column|entry|file|line|panel) an? [a-z]"
    r"|\b(entry|columns?|rows?|values?|numbers?|windows|blocks) an? (clip|feature|window|block|recording|line)\b"
    r"|[Ww]ho reads and fits|\bOf a longer one\b"
    r"|(?:^|[.;:] )Of (an?|the|its|their|these|those|any|each|several|many) [a-z]",
    re.MULTILINE,
)
"""Clauses turned around, and "a row a clip" for "one row per clip"."""
STUMBLES = re.compile(
    "|".join(
        (
            "can promise a false-alarm rate of",
            "clips would promise",
            "of none that is known",
            "Looks data sets over",
            "Sets? models side by side",
            "ground truth tells it",
            "They differ most, by",
            "called anomalous, of those",
            "stand at the right edge",
            "numbers, seen in two",
            "leave out zero",
            "in half of the features",
            "Listen to a band",
            "goes on where it (broke|was interrupted)",
            "a run goes on there",
            "for those who mean it",
            "with no say in",
        )
    )
)
"""Words that people stumbled over when they read the pages, and that have better ones now."""


def test_the_glossary_is_short_sorted_and_names_files_that_are_there() -> None:
    words = [word for word, _, _ in GLOSSARY]
    assert 55 <= len(words) <= 75
    assert words == sorted(words, key=str.lower)
    assert len(set(words)) == len(words)
    assert [place for _, _, place in GLOSSARY if not (SOURCE / place).exists()] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_names_and_docstrings_are_no_riddles(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    names = [path.stem, *(node.name for node in named)]
    assert [name for name in names if NAMES.fullmatch(name) and name not in ALLOWED] == []
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    texts = [node.value for node in strings if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text.splitlines()[0] for text in texts if HEADLESS.match(text)] == []


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_sentences_begin_with_their_subject(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [found[0] for found in RIDDLES.finditer(text)] == []
    assert [found[0] for found in STUMBLES.finditer(" ".join(text.split()))] == []
