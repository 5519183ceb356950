"""Front ends as graphs, beside the front ends themselves."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import ExportError
from offkey.export.front_ends import front_end_nodes
from offkey.features import FrontEnd, create
from offkey.features.logmel import LogMel
from offkey.features.mfcc import MFCC
from offkey.features.sequence import Frames
from offkey.features.spectrum import Spectrum
from offkey.graph import Builder

PLAIN = LogMel(pooling=(1.0,), deviation=False, change=False, lulls=False)
BLOCKS = LogMel(lulls=False)
KINDS = (PLAIN, BLOCKS, Spectrum(), Spectrum(pooling=(0.9,), deviation=True, change=True), MFCC(), Frames(seconds=1.5))


@pytest.mark.parametrize("front_end", KINDS, ids=lambda front_end: front_end.name)
def test_a_graph_gives_the_vectors_of_each_machine(front_end: FrontEnd, machine: str, export, windows) -> None:
    several = windows(machine, count=3)
    exported = export(front_end, 16_000, several.shape[1])
    exported.check(several)
    exported.check(several[:1])


@pytest.mark.parametrize("front_end", KINDS, ids=lambda front_end: front_end.name)
@pytest.mark.parametrize(("rate", "seconds"), [(8000, 12.0), (44_100, 2.0), (22_050, 1.0), (16_000, 1.0), (8000, 0.07)])
def test_a_graph_has_one_rate_and_length(front_end: FrontEnd, rate: int, seconds: float, export, windows) -> None:
    several = windows("valve", rate, seconds, count=2)
    export(front_end, rate, several.shape[1]).check(several)


@pytest.mark.parametrize("front_end", KINDS, ids=lambda front_end: front_end.name)
def test_real_machines_have_the_same_vectors(front_end: FrontEnd, export, real_windows) -> None:
    several = real_windows(160_000)
    export(front_end, 16_000, 160_000).check(several)


@pytest.mark.parametrize("normalisation", ["clip-level", "per-band", "standard"])
@pytest.mark.parametrize("kind", [LogMel, Spectrum, MFCC])
def test_what_does_not_count_is_taken_away(kind: type, normalisation: str, export, windows) -> None:
    front_end = kind(pooling=(0.5, 1.0), normalisation=normalisation)
    export(front_end, 16_000, 32_000).check(windows("slider", count=2))


@pytest.mark.parametrize(
    "front_end",
    [
        LogMel(keep=(90, 3, 17), lulls=False),
        LogMel(n_mels=40, low_hz=0.0, high_share=0.9, floor_db=-60.0, lulls=False),
        LogMel(n_mels=256, pooling=(0.0, 1.2, 2.0), clip_s=None, lulls=False),
        LogMel(clip_s=3.0, lulls=False),
        Spectrum(keep=(512, 0, 40)),
        MFCC(n_mfcc=60, n_mels=50, keep=(7, 2), change=True),
        Frames(n_mels=64, seconds=5.0),
        Frames(n_mels=64, seconds=0.7, low_hz=20.0),
    ],
    ids=lambda front_end: front_end.name,
)
def test_parameters_count_as_they_do_in_the_front_end(front_end: FrontEnd, export, windows) -> None:
    export(front_end, 16_000, 32_000).check(windows("fan", count=2))


def test_floors_and_clipped_sound_come_through(export) -> None:
    hard = np.clip(np.random.default_rng(0).normal(0, 2, (1, 16_000)), -1, 1)
    faint = np.zeros((1, 16_000))
    faint[0, 8000:] = 1e-5
    sounds = np.concatenate([hard, faint]).astype(np.float32)
    for front_end in (BLOCKS, Frames(seconds=1.0)):
        export(front_end, 16_000, 16_000).check(sounds)


def test_quiet_bands_beside_a_loud_tone_differ_by_no_more_than_single_precision_rounds(export) -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, (1, 16_000)) / 2**15  # of 16 bit
    tone = (0.03 * np.sin(np.arange(16_000) * 0.3) + noise).astype(np.float32)
    export(BLOCKS, 16_000, 16_000).check(tone, 1e-3)


def test_tensors_between_have_names(export, windows) -> None:
    exported = export(PLAIN, 16_000, 32_000)
    several = windows("pump", count=3)
    levels = exported.by_numpy(several, "levels")
    np.testing.assert_allclose(levels[1], PLAIN.in_time(several[1], 16_000), rtol=1e-4)
    assert exported.by_numpy(several, "pooled").tolist() == levels.mean(axis=2).tolist()


@pytest.mark.parametrize(("name", "reason"), [("levels", "as a whole")])
def test_another_front_end_is_refused_in_a_sentence(name: str, reason: str) -> None:
    with pytest.raises(ExportError, match=rf"'{name}' cannot be exported, since .*{reason}.*frames, logmel"):
        front_end_nodes(Builder(), create(name), "samples", 16_000, 160_000)


def test_a_window_shorter_than_a_frame_is_refused() -> None:
    with pytest.raises(ExportError, match=r"500 samples cannot be exported.* at least 1024 at 16000 Hz"):
        front_end_nodes(Builder(), PLAIN, "samples", 16_000, 500)
