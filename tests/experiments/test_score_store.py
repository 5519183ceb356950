from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.outcome import CellScores, ClipScore
from offkey.experiments.score_store import ScoreStore, digest_of

ONE = Candidate("logmel", "knn")


@pytest.fixture
def cell() -> Cell:
    train = tuple(Clip(Path(f"{k}.wav"), f"{k}.wav", "source", 0, f"{k}.wav|7") for k in range(3))
    test = (Clip(Path("t.wav"), "t.wav", "target", 1, "t.wav|8"),)
    return Cell("dev", "line 3/fan", "00", -6.0, train, test)


def test_what_is_finished_is_found_by_its_digest_alone(tmp_path: Path, cell: Cell) -> None:
    store = ScoreStore(str(tmp_path / "s"))
    scored = CellScores(
        "abc", [ClipScore("t.wav", 0.1 + 0.2, 0.25, 1), ClipScore("u.wav", None, None, None, "is silent")],
        n_train=3, rate=16_000, threshold=1.5, left_out=[("x.wav", "is empty")], notes=["few"], fit_s=1.25,
    )  # fmt: skip
    store.write(ONE, cell, scored)
    assert store.find(ONE, cell, "abc") == scored
    assert store.find(ONE, cell, "abd") is None
    assert store.find(replace(ONE, seed=1), cell, "abc") is None
    assert store.find(ONE, replace(cell, machine="line 3_fan"), "abc") is None
    assert store.find(ONE, replace(cell, part="eval"), "abc") is None


def test_a_damaged_file_is_computed_again(tmp_path: Path, cell: Cell) -> None:
    store = ScoreStore(str(tmp_path))
    scored = CellScores("abc", [ClipScore("t.wav", 0.3, 0.25, 1)])
    store.write(ONE, cell, scored)
    (path,) = tmp_path.rglob("*.json")
    whole = path.read_bytes()
    for at in range(2, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        found = store.find(ONE, cell, "abc")
        assert found is None or found == scored  # where a blank became another
    path.write_bytes(whole[:20])
    assert store.find(ONE, cell, "abc") is None
    path.write_text('{"digest": "abc", "clips": [{"unknown": 1}]}')
    assert store.find(ONE, cell, "abc") is None


def test_the_digest_changes_with_all_that_scores_depend_on(cell: Cell) -> None:
    config = ONE.config()
    digest = digest_of(ONE, cell, config)
    train, test = cell.train, cell.test
    others = [
        digest_of(replace(ONE, detector_params={"n_neighbors": 2}), cell, config),
        digest_of(replace(ONE, features_params={"n_mels": 64}), cell, config),
        digest_of(replace(ONE, seed=1), cell, config),
        digest_of(ONE, cell, ONE.config(channel=1)),
        digest_of(ONE, cell, ONE.config(false_alarm_rate=0.1)),
        digest_of(ONE, replace(cell, train=train[1:]), config),
        digest_of(ONE, replace(cell, train=(replace(train[0], key="0.wav|9"), *train[1:])), config),
        digest_of(ONE, replace(cell, train=(replace(train[0], domain="target"), *train[1:])), config),
        digest_of(ONE, replace(cell, test=(replace(test[0], key="t.wav|9"),)), config),
    ]
    assert len({digest, *others}) == 1 + len(others)


def test_the_digest_does_not_change_with_what_scores_do_not_depend_on(cell: Cell) -> None:
    told = replace(cell, test=(replace(cell.test[0], label=0, domain="source", path=Path("/elsewhere/t.wav")),))
    assert digest_of(ONE, told, ONE.config()) == digest_of(ONE, cell, ONE.config())
    spelt_out = replace(ONE, detector_params={"n_neighbors": 1})
    assert digest_of(spelt_out, cell, spelt_out.config()) == digest_of(ONE, cell, ONE.config())
