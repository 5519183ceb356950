"""The benchmarks of speed on few clips: every row is there, those of absent peers saying how they are had."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from benchmarks.clips import clips

import offkey
from benchmarks import __main__, cores, detectors, peers, throughput

SMALL = {
    "front_end": ["--rounds", "1"],
    "chain": ["--train", "6", "--clips", "3", "--rounds", "1"],
    "live": ["--train", "6", "--windows", "2"],
    "throughput": ["--clips", "6", "--peer-clips", "5", "--rounds", "1"],
    "detectors": ["--clips", "25", "--rounds", "1"],
    "cold_start": ["--train", "6", "--rounds", "1"],
    "memory": ["--least", "2", "--most", "20", "--train", "6"],
    "growth": ["--most", "100", "--detector", "knn"],
}
ROWS = {
    "front_end": ["bare FFTs", "`logmel`, its spectrogram alone", "`mfcc`", "`stats`", "librosa's log-mel"],
    "chain": ["bare FFTs", "reading", "front end", "detector", "all of it, as `offkey score` does", "PyOD's encoder"],
    "live": ["bare FFTs", "`Model.score_window`", "offkey's default", "PyOD `EmbeddingOD.for_audio()`"],
    "throughput": ["offkey's default", "PyOD `AudioAE`", "`offkey fit`", "`offkey score`"],
    "detectors": [f"`{pair.detector}`" for pair in detectors.PAIRS],
    "cold_start": ["python, nothing else", "`offkey --help`", "`offkey score`, one clip"],
    "memory": ["2 clips", "20 clips"],
    "growth": ["`knn`"],
}


@pytest.fixture(autouse=True)
def nothing_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "find_spec", lambda module: None)
    monkeypatch.setattr(detectors, "vector_length", lambda name: 40)


def test_all_that_is_named_in_the_command_is_tested() -> None:
    assert {*SMALL, "cores"} == set(__main__.SPEED)


@pytest.mark.parametrize("name", SMALL)
def test_every_row_is_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    import_module(f"benchmarks.{name}").main(SMALL[name])
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split("|")[1].strip(): line for line in lines if line.startswith("|")}
    assert set(ROWS[name]) <= set(rows)
    assert all(line.endswith((": met", ": MISSED")) for line in lines if line.startswith("- "))
    absent = [row for title, row in rows.items() if "PyOD" in title or title.startswith("librosa's")]
    assert all("not installed: `pip install " in row for row in absent)
    tables = "\n".join(lines).split("\n\n")
    assert all(len({line.count("|") for line in table.splitlines() if line.startswith("|")}) == 1 for table in tables)


def test_ways_to_use_two_cores_are_measured_from_start_to_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with clips(6, distinct=6) as paths:
        model = offkey.fit(paths)
        model.save(tmp_path / "m.offkey")
        for way, few, many in cores.ways(model, (tmp_path / "m.offkey").read_bytes(), 4).values():
            assert 0 < few < many
            way(paths[:2], 1)
    # a second to start, and a clip in 8 s of one core or 4 s of two
    took = {f"{n} {count}": 1 + count * 8 / n for n in (1, 2) for count in (1, 4)}
    monkeypatch.setattr(cores, "best_s", lambda runs, **_: {name: took[name] for name in runs})
    assert cores.measure(lambda _paths, _cores: None, paths[:1], paths[:4], 1) == [(8, 1), (4, 1)]


def test_a_system_is_timed_by_the_clip() -> None:
    asked = []

    def fit(train: object) -> peers.Score:
        asked.append(len(train))  # type: ignore[arg-type]
        return lambda clips: asked.append(len(clips))  # type: ignore[func-returns-value, return-value]

    each = throughput.each_s(peers.System("nothing", fit), [Path("clip")] * 100)
    assert asked == [throughput.WARM_UP, 1, 100, 100]
    assert all(0 <= seconds < 1 for seconds in each)


def test_only_what_is_named_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []
    monkeypatch.setattr(__main__, "import_module", lambda name: type("M", (), {"main": lambda _: ran.append(name)}))
    __main__.main(["chain", "live"])
    assert ran == ["benchmarks.chain", "benchmarks.live"]
    assert "== live ==" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        __main__.main(["nothing"])
    assert "unknown: nothing" in capsys.readouterr().err
