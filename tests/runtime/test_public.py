"""What the runtime shows, before anything is loaded."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from offkey import runtime
from offkey.errors import OffkeyError

PUBLIC = """
    EdgeError Event FolderError GraphError Model OffkeyError Result SoundError Stream __version__ load
"""


def test_these_names_are_public_and_no_others() -> None:
    assert runtime.__all__ == dir(runtime) == PUBLIC.split()
    for name in PUBLIC.split():
        thing = getattr(runtime, name)
        assert isinstance(thing, str) or inspect.getdoc(thing)
    with pytest.raises(AttributeError, match=r"module 'offkey\.runtime' has no attribute 'lode'"):
        runtime.lode  # noqa: B018


def test_nothing_is_loaded_before_it_is_used() -> None:
    code = "import sys, offkey.runtime, offkey.errors; print('numpy' in sys.modules, offkey.runtime.load.__name__)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False load\n"


def test_its_errors_are_those_of_offkey() -> None:
    for name in ("EdgeError", "FolderError", "GraphError", "SoundError"):
        assert issubclass(getattr(runtime, name), OffkeyError)
        assert issubclass(getattr(runtime, name), ValueError)
