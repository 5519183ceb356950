from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from benchmarks.peers import Case

from benchmarks import real, real_scores, real_sets, real_systems, real_tables
from offkey.synthetic import Plant

RATE = 16_000
FAST = ["--system", "log-mel LW", "raw spectrum"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that looks like the real one: a set of 12 + 6 + 12 clips, a slide rail, and noise."""
    folder, plant = tmp_path_factory.mktemp("data"), Plant(7, duration_s=2.0)
    flights = folder / "real" / "drone_propeller"
    for part, first, count, fault in (
        ("train", 0, 12, None),
        ("test_normal", 12, 6, None),
        ("test_anomaly", 18, 12, "rattle"),
    ):
        (flights / part).mkdir(parents=True)
        for number in range(count):
            clip = plant.clip("fan", 0, first + number, fault=fault).samples
            soundfile.write(flights / part / f"{number:02d}.flac", clip, RATE)
    rail, ambience = folder / "dcase2020_real" / "slider" / "train", folder / "noise" / "ambience"
    for place, count, seconds in ((rail, 12, 2.0), (ambience, 4, 0.7)):
        place.mkdir(parents=True)
        for number in range(count):
            piece = 0.1 * np.random.default_rng(number).standard_normal(round(seconds * RATE))
            soundfile.write(place / f"{number:02d}.wav", piece, RATE)
    return folder


@pytest.fixture
def case(data: Path) -> Case:
    return real_sets.real_case(data, "drone_propeller")


def test_a_set_is_found_and_at_most_so_many_clips_are_tested(data: Path) -> None:
    assert real_sets.real_sets(data) == ["drone_propeller"]
    few = real_sets.real_case(data, "drone_propeller", most=5)
    assert (len(few.train), len(few.normal), len(few.anomalous), few.rate) == (12, 5, 5, RATE)


@pytest.mark.parametrize("snr_db", [0.0, -18.0])
def test_noise_has_the_stated_level_and_is_other_where_clips_are_tested(
    data: Path, case: Case, snr_db: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_sets, "SPREAD_DB", 0.0)
    noise = real_sets.noises(data, "ambience")
    mixed = real_sets.in_noise(case, noise, snr_db)
    whole = 1 / np.sqrt(1 + 10 ** (-snr_db / 10))
    for name in ("train", "normal", "anomalous"):
        added = [new / whole - old for new, old in zip(getattr(mixed, name), getattr(case, name), strict=True)]
        level_db = 20 * np.log10(real_sets.level(case.train) / real_sets.level(added))
        assert level_db == pytest.approx(snr_db, abs=0.05)
    known, unheard = ({piece.tobytes() for piece in half.pieces} for half in noise.halves())
    assert len(known) == len(unheard) == 2
    assert not known & unheard


def test_the_same_noise_sounds_at_every_level_and_more_of_it_where_it_is_asked(data: Path, case: Case) -> None:
    noise = real_sets.noises(data, "ambience")
    quiet, loud, louder = (
        real_sets.in_noise(case, noise, snr_db, tested_db=more) for snr_db, more in ((-10, 0), (-20, 0), (-20, 3))
    )
    added = [
        mixed.normal[0] * np.sqrt(1 + 10 ** (-snr_db / 10)) - case.normal[0]
        for mixed, snr_db in ((quiet, -10), (loud, -20), (louder, -20))
    ]
    assert added[1] == pytest.approx(added[0] * 10 ** (10 / 20), abs=1e-3)
    assert added[2] == pytest.approx(added[1] * 10 ** (3 / 20), abs=1e-3)
    assert np.array_equal(loud.train[0], louder.train[0])


def test_clips_are_cut_whole_and_spread_evenly() -> None:
    clip = np.arange(25, dtype=np.float32)
    assert [len(piece) for piece in real_sets.pieces([clip, clip[:7]], 10)] == [10, 10, 7]
    assert real_sets.spread(list(range(10)), 4) == [0, 3, 6, 9]
    assert real_sets.spread([1, 2], 4) == [1, 2]


def test_clips_too_short_for_a_length_are_joined() -> None:
    clips = [np.full(10, number, np.float32) for number in range(5)]
    assert [piece.tolist() for piece in real_tables.of_length(clips, 5)] == [[n] * 5 for n in range(5) for _ in (0, 1)]
    joined = real_tables.of_length(clips, 15)
    assert [piece.tolist() for piece in joined] == [[0] * 10 + [1] * 5, [2] * 10 + [3] * 5]


def test_so_many_different_clips_of_flights_are_learnt(data: Path) -> None:
    asked = real_tables.Asked(data, ["drone_propeller"], [])
    for count, expected in ((5, 5), (24, 24), (None, 24)):
        train = real_tables._flights(asked, 1.0, count=count).train
        assert len({clip.tobytes() for clip in train}) == len(train) == expected


def test_other_machines_are_as_long_and_as_loud_as_flights(data: Path, case: Case, tmp_path: Path) -> None:
    for name in ("dcase2020_real", "noise"):
        (tmp_path / name).symlink_to(data / name)
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "drone_propeller").symlink_to(data / "real" / "drone_propeller")
    for part in ("train", "test_normal", "test_anomaly"):
        (folder := tmp_path / "real" / "motor" / part).mkdir(parents=True)
        for number in range(6):
            sound = np.random.default_rng(number).normal(0, 0.01, 48_000)
            soundfile.write(folder / f"{number}.wav", sound, 48_000)
    machines = real_tables._other_machines(real_tables.Asked(tmp_path, [], []), 2)
    assert {name: [len(clip) for clip in clips] for name, clips in machines.items()} == {
        "slide rail": [5 * RATE] * 2,
        "motor": [5 * RATE],
    }
    for clips in machines.values():
        assert real_sets.level(clips) == pytest.approx(real_sets.level(case.train), rel=0.05)


@pytest.mark.parametrize("faulty", real_tables.COUNTS)
def test_so_many_of_100_clips_learnt_are_faulty(faulty: int) -> None:
    learnt = real_tables.learnt_with(faulty)
    assert len(learnt) == len(set(learnt)) == real_tables.LEARNT
    assert sum(row >= real_tables.LEARNT for row in learnt) == faulty


def test_a_faulty_clip_that_is_learnt_is_not_tested(case: Case) -> None:
    mixed, faulty = real_tables.contaminated(case)
    assert (len(mixed.train), len(faulty), len(mixed.anomalous)) == (100, 10, 2)
    assert not {clip.tobytes() for clip in faulty} & {clip.tobytes() for clip in mixed.anomalous}


def test_gain_and_tilt_change_levels_as_they_say() -> None:
    clip = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    louder, tilted = (real_tables.changed([clip], RATE, **how)[0] for how in ({"gain_db": 6.0}, {"tilt_db": 3.0}))
    assert louder == pytest.approx(clip * 10 ** (6 / 20), abs=1e-5)
    ratio = np.abs(np.fft.rfft(tilted)) / np.abs(np.fft.rfft(clip))
    assert 20 * np.log10(ratio[[300, 4000]]) == pytest.approx([-3, 3], abs=0.01)


def test_peers_find_what_is_plain_and_keep_their_promise(data: Path) -> None:
    rng = np.random.default_rng(0)
    train, normal = ([rng.standard_normal(RATE).astype(np.float32) for _ in range(40)] for _ in range(2))
    anomalous = [clip * np.hanning(len(clip)).astype(np.float32) for clip in normal]
    of = [one for one in real_systems.systems(data)[1:] if one.installed and "PyOD" not in one.name]
    found = real_scores.of_case(of, Case("noise", train, normal, anomalous))
    assert set(found) == {"log-mel LW", "raw spectrum", "GWRP GMM", "MFCC LOF", "MFCC OCSVM"}
    assert {name: one.areas[0] for name, one in found.items() if one.areas[0] < 0.95 and name != "raw spectrum"} == {}
    assert all(set(one.thresholds) == {0.01, 0.05} for one in found.values())
    assert all(float((one.normal > one.thresholds[0.05]).mean()) <= 0.2 for one in found.values())


def test_a_peer_that_is_ahead_is_named_with_a_star_where_chance_does_not_explain_it() -> None:
    normal, fine = np.arange(40.0), np.arange(40.0) + 40
    default = real_scores.Scores(normal, normal + 0.5, {})
    peer = real_scores.Scores(normal, fine, {0.01: 50.0, 0.05: 37.5})
    assert re.fullmatch(r"peer \+0\.\d{3}\* / \+0\.\d{3}\*", real_scores.ahead({"default": default, "peer": peer}))
    assert real_scores.ahead({"default": peer, "peer": default}) == ""
    assert real_scores.ahead({"default": peer}) == ""
    assert (real_scores.alarms(default), real_scores.alarms(peer)) == ("-", "0.00 / 0.05")


def test_every_table_is_printed(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_tables, "FAULTS", dict(list(real_tables.FAULTS.items())[:1]))
    monkeypatch.setattr(real_tables, "LEARNT", 12)
    monkeypatch.setattr(real_tables, "COUNTS", (0, 2))
    monkeypatch.setattr(real_tables, "PIECE_S", 1.0)
    monkeypatch.setattr(real_tables, "LENGTHS_S", (1.0, 4.0))
    monkeypatch.setattr(real_tables, "CLIPS_LEARNT", (10, 24))
    monkeypatch.setattr("benchmarks.proxy_clips.SLIDER_FIT", 8)
    quick = real_systems.systems(data)[1].does
    monkeypatch.setattr(real_systems, "offkey", lambda **_: quick)
    real.main([str(data), "--quick", *FAST])
    printed = capsys.readouterr().out
    columns = "default | log-mel LW | raw spectrum | ahead of the default |"
    assert printed.count(columns) == 5
    assert "| drone_propeller | ambience -18 dB |" in printed
    assert "95 % intervals" in printed
    changes = (
        "none",
        "gain -6 dB",
        "treble +3 dB, bass -3 dB",
        "noise +3 dB",
        "24 clips of 1 s learnt",
        "clips of 4 s, learnt and tested",
        "48 kHz, learnt and tested",
        "slide rail learnt too",
    )
    assert [printed.count(f"\n| {change} |") for change in changes] == [2] * len(changes)
    assert "AUC with 0 / 2 faulty clips among 12 learnt" in printed


def test_an_unknown_system_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        real.main([str(data), "--system", "none"])
    assert "unknown: none; expected of drone_propeller, log-mel LW" in capsys.readouterr().err


def test_the_default_has_its_own_promise(case: Case) -> None:
    found = real_scores.of_case([real_systems.System("default", real_systems.offkey())], case)["default"]
    assert len(found.normal) == 6
    assert found.thresholds[0.01] >= found.thresholds[0.05]


def test_a_case_at_another_rate_has_as_many_seconds(case: Case) -> None:
    other = real_sets.at_rate(case, 48_000)
    assert (other.rate, len(other.train[0])) == (48_000, 3 * len(case.train[0]))
    assert real_sets.at_rate(replace(case, train=[]), RATE).train == []
