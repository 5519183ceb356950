from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks import domain_recordings

SCRIPT = """
import sys, shutil
from pathlib import Path
assert sys.argv[sys.argv.index("--layout") + 1] == "dcase2023"
shutil.copytree(Path(__file__).parent / "rebuilt", Path(sys.argv[1]) / sys.argv[sys.argv.index("--machine") + 1])
"""


@pytest.fixture
def data(tmp_path: Path, hum) -> Path:  # type: ignore[no-untyped-def]
    """Return a data folder whose script gives 12 + 6 clips to learn from and 2 of each domain and label to score."""
    (tmp_path / "rebuild_mimii.py").write_text(SCRIPT)
    parts = [("train", "source", "normal", 12), ("train", "target", "normal", 6)]
    parts += [("test", domain, label, 2) for domain in ("source", "target") for label in ("normal", "anomaly")]
    for seed, (split, domain, label, count) in enumerate(parts):
        folder = tmp_path / "rebuilt" / split
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            sound = hum(100 * seed + number, tone_hz=3000 if label == "anomaly" else None)
            if domain == "target":
                sound = sound + 0.02 * np.random.default_rng(number).standard_normal(len(sound))
            for section in ("00", "01"):
                name = f"section_{section}_{domain}_{split}_{label}_{number:04d}_snr_0.wav"
                soundfile.write(folder / name, sound, 16_000)
    return tmp_path


def test_each_detector_stands_with_and_without_the_domains(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    domain_recordings.main([str(data), "--detector", "knn"])
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines() if line.startswith("| `knn`")]
    assert [row[1] for row in rows] == ["not told", "told"] * 2
    assert all(float(row[2]) > 0.8 for row in rows), rows
    assert float(rows[1][3]) >= float(rows[0][3])
