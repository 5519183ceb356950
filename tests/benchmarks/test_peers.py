from __future__ import annotations

from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
import soundfile

from benchmarks import peers, proxy_clips

SCRIPT = """
import sys, shutil
from pathlib import Path
from zlib import crc32
folder, machine = Path(sys.argv[1]), sys.argv[3]
assert sys.argv[2::2] == ["--machine", "--snr", "--train", "--test", "--seconds"]
shutil.copytree(Path(__file__).parent / "rebuilt", folder / machine)
"""


@pytest.fixture
def data(tiny_data: Path, tmp_path: Path, hum, monkeypatch: pytest.MonkeyPatch) -> Path:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(proxy_clips, "SLIDER_FIT", 8)
    (tmp_path / "dcase2020_real").symlink_to(tiny_data / "dcase2020_real")
    (tmp_path / "rebuild_mimii.py").write_text(SCRIPT)
    for split, label, count, tone_hz in (("train", "normal", 6, None), ("test", "normal", 2, None)):
        write(tmp_path / "rebuilt" / split, label, count, hum, tone_hz)
    write(tmp_path / "rebuilt" / "test", "anomaly", 2, hum, 3000)
    return tmp_path


def write(folder: Path, label: str, count: int, hum, tone_hz: float | None) -> None:  # type: ignore[no-untyped-def]
    folder.mkdir(parents=True, exist_ok=True)
    for ident in ("00", "02"):
        for number in range(count):
            sound = hum(crc32(f"{folder.name} {label} {ident} {number}".encode()) % 1000, tone_hz=tone_hz)
            soundfile.write(folder / f"{label}_id_{ident}_{number:08d}.wav", sound, 16_000)


def test_offkey_is_measured_and_absent_peers_say_how_they_are_had(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(peers, "find_spec", lambda module: None)
    peers.main([str(data), "--train", "6", "--test", "2", "--seconds", "1"])
    head, _, ours, *others = capsys.readouterr().out.splitlines()
    assert [cell.strip() for cell in head.split("|")[2:7]] == [
        *("slide rail, faults at 0 dB", "fan 00, -6 dB", "fan 02, -6 dB", "pump 00, -6 dB", "pump 02, -6 dB")
    ]
    cells = [cell.strip() for cell in ours.split("|")[1:-1]]
    assert cells[2:6] == ["1.000 / 1.000"] * 4
    assert all(cell.endswith(" s, 1.0 x") for cell in cells[-2:])
    assert len(others) == len(peers.SYSTEMS) - 1
    assert all("not installed: `pip install " in row for row in others)
    assert all(row.count("|") == head.count("|") for row in (ours, *others))


def test_a_system_is_measured_by_its_own_scores() -> None:
    def fit(train: object) -> peers.Score:
        return lambda clips: np.array([float(clip[0]) for clip in clips])

    case = peers.Case("constant", [], [np.zeros(1, np.float32)], [np.ones(1, np.float32)])
    figures, seconds = peers.measure(peers.System("first sample", fit), case)
    assert figures == (1.0, 1.0)
    assert min(seconds) > 0
