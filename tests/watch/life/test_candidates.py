"""Another model beside the one in use: fitted to the normal set, tried on past events, promoted or dropped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.conftest import Hum

import offkey
from offkey.errors import UsageError
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.life import candidates
from offkey.watch.life.decision import Decision
from offkey.watch.life.normal_set import NormalSet, write_clip
from offkey.watch.life.reviews import review
from offkey.watch.machine_model import load_model, model_digest
from offkey.watch.rows import Candidate, Clip
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store

AT = 1_800_000_000.0
NOW = Decision(AT, "ann", "it is time")


@pytest.fixture
def machine(settings, watch_model: Path, tmp_path: Path) -> MachineSettings:
    """A machine whose model lies in the folder of the plant."""
    (tmp_path / "hum.offkey").write_bytes(watch_model.read_bytes())
    return settings({"kind": "stdin", "rate": 16_000}, model=str(tmp_path / "hum.offkey"))


@pytest.fixture
def clips(tmp_path: Path, hum: Hum) -> Path:
    """Normal clips of 24 moments that were learnt, as a monitor keeps them."""
    folder = NormalSet(tmp_path, "hum").begin("learnt", AT)
    for number in range(24):
        write_clip(folder, AT + 10 * number, hum(500 + number)[:, None], 16_000)
    return folder


def _event(store: Store, folder: Path, ident: str, sound: np.ndarray | None, *, path: str = "fast") -> None:
    store.write(Findings([Change(ident, "hum", "end", path, AT, AT - 5, AT, 3.0, "m")]))  # type: ignore[arg-type]
    if sound is not None:
        day = folder / "clips" / ident
        day.mkdir(parents=True)
        write_clip(day, AT, sound[:, None], 16_000)
        (written,) = day.iterdir()
        name = written.relative_to(folder).as_posix()
        store.write(Findings(clips=[Clip(ident, name, AT, AT + 20, 16_000, 1, "0" * 64)]))


def test_a_candidate_is_fitted_to_the_normal_set_with_what_joined(
    machine: MachineSettings, store: Store, tmp_path: Path, clips: Path, hum: Hum
) -> None:
    NormalSet(tmp_path, "hum").join(next(clips.iterdir()), "joined")
    shadow = NormalSet(tmp_path, "hum").begin("shadow", AT)
    write_clip(shadow, AT, hum(900)[:, None], 16_000)
    row, outcome = candidates.make(store, machine, tmp_path, [], at=AT)
    assert (row.clips, row.machine, row.verdict) == (25, "hum", None)  # the clip that joined is one of those learnt
    model = offkey.load(tmp_path / row.model_path)
    assert (model.config.detector, model.rate) == ("knn", 16_000)  # as of the model in use
    assert outcome.report["clips"] == 25
    assert store.life.candidates("hum")[0]["id"] == row.id


def test_without_a_normal_set_clips_must_be_named(machine: MachineSettings, store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has 0 clips, 20 or more are needed.*--clips"):
        candidates.make(store, machine, tmp_path, [], at=AT)


@pytest.fixture
def candidate(machine: MachineSettings, store: Store, tmp_path: Path) -> Candidate:
    """A candidate that is as the model in use, but for its file."""
    (tmp_path / "candidates").mkdir()
    path = tmp_path / "candidates" / "c1.offkey"
    load_model(machine, tmp_path)[0].with_false_alarm_rate(0.02).save(path)
    digest = str(model_digest(machine.model_copy(update={"model": "candidates/c1.offkey"}), tmp_path))
    row = Candidate("c1", "hum", AT, "candidates/c1.offkey", digest, 24)
    store.add(row)
    return row


def test_a_candidate_is_tried_on_reviewed_events(
    machine: MachineSettings, store: Store, tmp_path: Path, candidate: Candidate, hum: Hum, fill_shadow
) -> None:
    fault, normal = hum(1, seconds=20, tone_hz=3000), hum(2, seconds=20)
    for ident, sound, verdict in (
        ("e1", fault, "true"),
        ("e2", normal, "true"),
        ("e3", normal, "false"),
        ("e4", None, "false"),
        ("e5", fault, "expected"),
    ):
        _event(store, tmp_path, ident, sound)
        review(store, tmp_path, ident, verdict, NOW)
    with pytest.raises(UsageError, match="has no rule yet"):
        candidates.replay(store, machine, tmp_path, "c1")
    fill_shadow(store, machine)
    found = candidates.replay(store, machine, tmp_path, None)
    assert found["true"] == {"events": 2, "found": 1, "without_clip": 0}
    assert found["false"] == {"events": 2, "found": 0, "without_clip": 1}
    assert found["normal"]["clips"] == 24
    assert found["sentence"].startswith(
        "would have found 1 of 2 true events, and 0 of 1 false ones; 1 reviewed events have no clip any more; "
    )
    assert store.life.candidates("hum")[0]["replay"] == found


def test_a_lasting_change_counts_as_found_by_its_mean(
    machine: MachineSettings, store: Store, tmp_path: Path, candidate: Candidate, hum: Hum, fill_shadow
) -> None:
    fill_shadow(store, machine)
    _event(store, tmp_path, "e1", hum(1, seconds=20, tone_hz=3000), path="slow")
    review(store, tmp_path, "e1", "true", NOW)
    assert candidates.replay(store, machine, tmp_path, "c1")["true"]["found"] == 1


def test_nothing_is_tried_without_a_review(
    machine: MachineSettings, store: Store, tmp_path: Path, candidate: Candidate
) -> None:
    _event(store, tmp_path, "e1", None)
    with pytest.raises(UsageError, match="No event of hum is reviewed"):
        candidates.replay(store, machine, tmp_path, "c1")


def test_a_promoted_candidate_takes_the_place_of_the_model_which_is_kept(
    machine: MachineSettings, store: Store, tmp_path: Path, candidate: Candidate
) -> None:
    before = (tmp_path / "hum.offkey").read_bytes()
    sentence = candidates.promote(store, machine, tmp_path, None, NOW)
    assert "the candidate c1 is in use from now on, and its shadow begins anew" in sentence
    assert model_digest(machine, tmp_path) == candidate.digest
    assert (tmp_path / "hum.20270115T080000Z.offkey").read_bytes() == before
    (step,) = store.life.steps("hum")
    assert (step["step"], step["by"], step["details"]["candidate"]) == ("promoted", "ann", "c1")
    (row,) = store.life.candidates("hum")
    assert (row["verdict"], row["by"], row["decided_at"]) == ("promoted", "ann", AT)
    with pytest.raises(UsageError, match="was promoted already"):
        candidates.drop(store, machine, tmp_path, "c1", NOW)
    with pytest.raises(UsageError, match="has no candidate: 'offkey watch candidate make'"):
        candidates.promote(store, machine, tmp_path, None, NOW)


def test_a_dropped_candidate_is_gone_and_the_model_stays(
    machine: MachineSettings, store: Store, tmp_path: Path, candidate: Candidate
) -> None:
    before = model_digest(machine, tmp_path)
    assert "the model in use stays" in candidates.drop(store, machine, tmp_path, "c1", NOW)
    assert model_digest(machine, tmp_path) == before
    assert not (tmp_path / candidate.model_path).exists()
    assert store.life.candidates("hum")[0]["verdict"] == "dropped"
