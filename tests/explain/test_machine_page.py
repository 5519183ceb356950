from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from offkey.audio import ArrayRecording
from offkey.explain import explain
from offkey.explain.closest import closest_normal
from offkey.explain.listening import _part, card_of
from offkey.explain.machine_page import machine_page, score_words
from offkey.model import Model, Scored
from offkey.model.verdict import verdict_of


def _windows(model: Model, names: list[str], wrong: set[int], hop_s: float = 0.0) -> list[Scored]:
    high = model.threshold.value + 1
    return [
        Scored(name, hop_s * row, hop_s * row + 1, high if row in wrong else 0.0, 1 / 25, row in wrong)
        for row, name in enumerate(names)
    ]


def test_dates_are_the_axis_where_they_are_known(keeping_model: Model) -> None:
    names = [f"2026-03-{day:02d}.wav" for day in range(1, 21)]
    page = machine_page("pump7", keeping_model, verdict_of(keeping_model, _windows(keeping_model, names, {18, 19})))
    assert (page.name, page.recorded, page.state) == ("pump7", "2026-03-01 to 2026-03-20", "unsure")
    assert ">2026-03-04<" in page.charts[0]


def test_the_clock_is_the_axis_of_a_long_recording(keeping_model: Model) -> None:
    windows = _windows(keeping_model, ["hour.wav"] * 360, set(range(240, 360)), hop_s=10.0)
    page = machine_page("pump7", keeping_model, verdict_of(keeping_model, windows))
    assert ">40:00<" in page.charts[0]
    assert "marked" in page.charts[0]
    assert (page.state, page.lasting) == ("anomaly", True)


def test_without_dates_clips_stand_one_after_the_other(keeping_model: Model) -> None:
    page = machine_page(
        "pump7", keeping_model, verdict_of(keeping_model, _windows(keeping_model, ["b.wav", "a.wav"], set()))
    )
    assert "new clips, one after the other" in page.charts[0]
    assert "trace" not in page.charts[0]
    assert (page.state, page.cards_title) == ("normal", "The most unusual, though not anomalous")


def test_where_nothing_is_new_there_is_no_curve(keeping_model: Model) -> None:
    verdict = verdict_of(keeping_model, _windows(keeping_model, ["a.wav"], set()), learnt={"a.wav"})
    assert list(machine_page("pump7", keeping_model, verdict).charts) == []


def test_a_clip_to_listen_to_is_small_and_begins_to_load_when_it_is_played(keeping_model: Model, hum) -> None:
    explanation = explain(keeping_model, ArrayRecording(hum(7, tone_hz=3000), 16_000))
    window = Scored("a.wav", 0.0, 1.0, 9.0, 1 / 25, True)
    card = card_of(keeping_model, explanation, "a.wav", score_words(keeping_model, window))
    assert [player.title for player in card.players] == ["This clip", "Normal"]
    assert all(player.sound.startswith("data:audio/mpeg;base64,") for player in card.players)
    assert card.why == explanation.sentence
    assert card.score == "Score 9, beyond all 24 normal clips (p at most 1/25, the least that 24 clips can show)."
    assert len(card.picture) < 40_000


def test_of_a_long_window_the_part_is_heard_that_adds_most(keeping_model: Model, hum) -> None:

    from offkey.audio import ArrayRecording

    explanation = explain(keeping_model, ArrayRecording(hum(7, tone_hz=3000), 16_000))
    long = replace(
        explanation,
        samples=np.arange(60 * 16_000, dtype=np.float32),
        times=replace(explanation.times, edges=np.array([0.0, 40.0, 60.0]), values=np.array([0.0, 1.0])),
    )
    assert _part(long)[[0, -1]].tolist() == [30 * 16_000, 50 * 16_000 - 1]


def test_the_normal_clip_beside_it_is_the_most_alike_whose_sound_is_at_hand(
    keeping_model: Model, normal_folder: Path, hum, monkeypatch: pytest.MonkeyPatch
) -> None:
    explanation = explain(keeping_model, ArrayRecording(hum(7, tone_hz=3000), 16_000))
    name, sound = closest_normal(keeping_model, explanation) or ("", np.empty(0))
    alike = keeping_model.reference.alike(explanation.levels_db, 48)  # type: ignore[union-attr]
    assert name == keeping_model.reference.names[alike[0]]  # type: ignore[union-attr]  # its file is still there
    assert len(sound) == 16_000
    monkeypatch.setattr("offkey.explain.closest.path_of", lambda name: Path("nowhere"))
    kept, _ = closest_normal(keeping_model, explanation) or ("", np.empty(0))
    assert kept in [keeping_model.reference.names[int(row)] for row in keeping_model.reference.sounds]  # type: ignore[union-attr]
