"""What is public, name by name, so that a change of it is seen; each name says what it takes, and has an example."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from offkey.cli.api_page import MODULES, methods, page, public
from offkey.cli.numpydoc import read_docstring

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
PUBLIC = {
    "offkey": """
        AudioError Comparison DataError Failed MissingExtraError Model ModelFileError NotFittedError OffkeyError
        ParameterError Result Results Scored UsageError __version__ compare datasets detectors evaluation explain
        extract features fit load
    """,
    "offkey.detectors": "Detector Interval OneOf SequenceOf Text as_sklearn check_detector create find names restore",
    "offkey.features": "FrontEnd Interval OneOf Origin SequenceOf Text check_front_end create find names restore",
    "offkey.evaluation": """
        MAX_FPR OfficialScore ScoreReport SectionScores SubmissionScore auc bootstrap_intervals dcase_score evaluate
        evaluate_scores harmonic_mean official_score pauc precision_recall_f1 roc_curve validate
    """,
    "offkey.datasets": """
        COLUMNS CheckResult ClipName GroundTruth Truth check_dataset edition_names make_table match_names names
        parse_name read_dataset read_ground_truth read_table write_table
    """,
    "offkey.explain": "Explanation NearestNormal Region TimbreFinding draw explain",
    "offkey.export": "Checked Exported check_export export_model",
    "offkey.client": "Client",
}
THINGS = [(f"{module}.{name}", thing) for module in MODULES for name, thing in public(module).items()]
FUNCTIONS = [(name, thing) for name, thing in THINGS if inspect.isroutine(thing)]
CLASSES = [(name, thing) for name, thing in THINGS if isinstance(thing, type)]
METHODS = [(f"{name}.{method}", thing) for name, cls in CLASSES for method, thing in methods(cls).items()]


@pytest.mark.parametrize("module", MODULES)
def test_these_names_are_public_and_no_others(module: str) -> None:
    home, expected = import_module(module), PUBLIC[module].split()
    assert home.__all__ == expected
    assert dir(home) == expected


def test_they_show_before_anything_is_loaded() -> None:
    code = "import offkey, sys; print(*dir(offkey)); print('numpy' in sys.modules, offkey.AudioError.__name__)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert shown == [" ".join(PUBLIC["offkey"].split()), "False AudioError"]


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    import offkey

    with pytest.raises(AttributeError, match="has no attribute 'fitt'"):
        offkey.fitt  # noqa: B018


def test_the_page_says_what_the_docstrings_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m offkey.cli.api_page > docs/api.md"


@pytest.mark.parametrize(("name", "thing"), FUNCTIONS + METHODS, ids=[name for name, _ in FUNCTIONS + METHODS])
def test_every_parameter_and_what_is_returned_is_documented(name: str, thing: Any) -> None:
    doc = read_docstring(thing.__doc__)
    assert doc.summary.endswith("."), f"{name} says nothing"
    if isinstance(thing, property):
        return
    signature = inspect.signature(getattr(thing, "__func__", thing))
    taken = [one.name for one in signature.parameters.values() if one.annotation != "Never"]
    taken = [one for one in taken if one not in ("self", "cls")]
    told = [entry.name.lstrip("*") for title in ("Parameters", "Other Parameters") for entry in doc.entries(title)]
    said_in_one_line = not told and len(taken) <= 1
    assert told == taken or said_in_one_line, f"{name} takes {taken}, and documents {told}"


@pytest.mark.parametrize(("name", "thing"), FUNCTIONS + CLASSES, ids=[name for name, _ in FUNCTIONS + CLASSES])
def test_every_public_name_shows_itself_at_work(name: str, thing: Any) -> None:
    if isinstance(thing, type) and issubclass(thing, Exception):
        return
    assert "Examples" in read_docstring(thing.__doc__), f"{name} has no example"
