from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from offkey.work import progress
from offkey.work.progress import show_progress


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The HTML that a notebook is made to show, in order."""
    texts: list[str] = []
    handle = SimpleNamespace(update=texts.append)
    display = SimpleNamespace(HTML=str, display=lambda html, display_id: handle)
    shell = SimpleNamespace(kernel=None)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "IPython.display", display)  # type: ignore[arg-type]
    monkeypatch.setattr(progress, "_PATIENCE_S", 0.0)
    monkeypatch.setattr(progress, "_BETWEEN_S", 0.0)
    return texts


def test_a_notebook_sees_each_step_and_then_nothing(shown: list[str]) -> None:
    with show_progress("Scoring <", 3) as step:
        for _ in range(3):
            step()
    assert shown == [
        *(f"Scoring &lt; <progress value='{n}' max='3'></progress> {n}/3" for n in (1, 2, 3)),
        "",
    ]


def test_who_counts_by_himself_sees_nothing_unless_asked(shown: list[str]) -> None:
    counted: list[int] = []
    with show_progress("Scoring", 2, advance=lambda: counted.append(1)) as step:
        step()
    assert (shown, counted) == ([], [1])
    with show_progress("Scoring", 2, show=True, advance=lambda: counted.append(1)) as step:
        step()
    assert (len(shown), counted) == (2, [1, 1])
    with show_progress("Scoring", 2, show=False) as step:
        step()
    assert len(shown) == 2


def test_short_work_shows_nothing(shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE_S", 60.0)
    with show_progress("Scoring", 100) as step:
        step()
    assert shown == []


def test_a_terminal_shows_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "_PATIENCE_S", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes standard error for a terminal
    with show_progress("Scoring", 2, show=True) as step:
        step()
    assert "Scoring" in capsys.readouterr().err


def test_nobody_is_shown_anything_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress("Scoring", 2) as step:
        step()
    assert capsys.readouterr().err == ""
