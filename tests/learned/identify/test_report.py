from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from offkey.errors import OffkeyError
from offkey.learned.identify import split_clips
from offkey.learned.identify.fitting import Learnt, learn
from offkey.learned.identify.report import write_report
from offkey.learned.identify.sheets import examples, predictions


def test_the_page_needs_nothing_else_and_names_the_split(learnt: Learnt, tmp_path: Path) -> None:
    write_report(tmp_path / "r.html", learnt)
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "of slider there is one machine id" in page
    assert "unknown when left out" in page
    assert page.count("<img") == page.count('alt="Spectrogram of') == 3 * 4 + 16
    with pytest.raises(OffkeyError, match="cannot be written"):
        write_report(tmp_path / "no" / "r.html", learnt)


def test_names_cannot_break_the_page(learnt: Learnt, tmp_path: Path) -> None:
    note = "<script>alert(1)</script>"
    fitted_on = learnt.identifier.fitted_on.model_copy(update={"notes": (note,)})
    write_report(tmp_path / "r.html", replace(learnt, identifier=replace(learnt.identifier, fitted_on=fitted_on)))
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert note not in page
    assert "&lt;script&gt;" in page


def test_examples_are_of_every_machine(learnt: Learnt) -> None:
    split = split_clips([*learnt.train_clips, *learnt.held_out_clips], by="clip")
    found = examples(learn(split))
    assert {name: {tile.ident for tile in tiles} for name, tiles in found.items()} == {
        "fan": {"00", "02"}, "pump": {"00", "02"}, "slider": {"00"},
    }  # fmt: skip


def test_the_surest_mistakes_come_first(learnt: Learnt) -> None:
    turned = replace(learnt.held_out, y=(learnt.held_out.y + 1) % 3)  # so that every clip is a mistake
    shown = predictions(replace(learnt, held_out=turned), most=10)
    assert len(shown) == 5
    assert all(one.truth != one.likeliest for one in shown)
    assert [one.confidence for one in shown] == sorted((one.confidence for one in shown), reverse=True)
    assert len(predictions(learnt, most=10)) == 10
