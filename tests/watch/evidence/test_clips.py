"""The clip of an event as a file: exactly the sound, named so that it is found, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.errors import OffkeyError
from offkey.watch.evidence.clips import clip_files, clip_path, write_clip
from offkey.watch.evidence.ring import Cut
from offkey.watch.health.events import Change

CHANGE = Change("0f" * 16, "pump 7/a", "new", "fast", 1_800_000_020.0, 1_800_000_010.5, None, 5.0, "m")


def _noise(seconds: int, channels: int = 1, rate: int = 16_000) -> Cut:
    samples = np.random.default_rng(1).integers(-32_768, 32_768, (seconds * rate, channels)).astype(np.int16)
    return Cut(samples, rate, 1_800_000_000.25, ((1.0, 1.5),))


def test_a_clip_lies_in_the_folder_of_its_day_and_says_machine_time_and_event() -> None:
    assert str(clip_path(CHANGE)) == f"clips/2027-01-15/pump-7-a_20270115T080010Z_{'0f' * 16}.flac"
    assert clip_path(replace(CHANGE, machine="../..")).name == f"machine_20270115T080010Z_{'0f' * 16}.flac"
    assert clip_path(replace(CHANGE, machine="Säge 3")).name.startswith("Säge-3_")


@pytest.mark.parametrize(("channels", "rate"), [(1, 16_000), (2, 44_100), (8, 96_000)])
def test_a_clip_has_each_sample_as_it_came(channels: int, rate: int, tmp_path: Path) -> None:
    cut, path = _noise(2, channels, rate), tmp_path / "day" / "clip.flac"
    size, digest = write_clip(path, CHANGE, cut)
    content = path.read_bytes()
    assert (size, digest) == (len(content), hashlib.sha256(content).hexdigest())
    with soundfile.SoundFile(path) as flac:
        assert (flac.samplerate, flac.format, flac.subtype) == (rate, "FLAC", "PCM_16")
        assert np.array_equal(flac.read(dtype="int16", always_2d=True), cut.samples)
        about = json.loads(flac.comment)
    assert about == {
        "machine": "pump 7/a",
        "event": "0f" * 16,
        "began": 1_800_000_000.25,
        "ended": 1_800_000_002.25,
        "gaps": [[1.0, 1.5]],
    }


def test_a_later_clip_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "clip.flac"
    write_clip(path, CHANGE, _noise(1))
    write_clip(path, CHANGE, _noise(2))
    assert soundfile.info(path).frames == 32_000
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_a_clip_is_said(tmp_path: Path) -> None:
    with pytest.raises(OffkeyError, match="holds at most 8 channels, and the source has 9"):
        write_clip(tmp_path / "clip.flac", CHANGE, _noise(1, 9))
    with pytest.raises(OffkeyError, match="cannot be written"):
        write_clip(tmp_path / "clip.flac", CHANGE, replace(_noise(1), rate=3_000_001))
    (tmp_path / "file").touch()
    with pytest.raises(OffkeyError, match="cannot be made"):
        write_clip(tmp_path / "file" / "clip.flac", CHANGE, _noise(1))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


WRITER = """
import sys
from pathlib import Path
from tests.watch.evidence.test_clips import CHANGE, _noise
from offkey.watch.evidence.clips import write_clip
cut = _noise(30)
print("begun", flush=True)
while True:
    write_clip(Path(sys.argv[1]), CHANGE, cut)
"""


def test_a_monitor_that_is_killed_leaves_no_half_clip(tmp_path: Path) -> None:
    """Killed again and again at another moment of writing, over and over in one place."""
    path = tmp_path / "clip.flac"
    root = str(Path(__file__).parents[3])
    for k in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            cwd=root,
            env={**os.environ, "PYTHONPATH": f"{os.environ.get('PYTHONPATH', '')}:{root}"},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.0 + 0.07 * k)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        process.stdout.close()
        assert np.array_equal(soundfile.read(path, dtype="int16", always_2d=True)[0], _noise(30).samples)
    assert all(found == path or found.name.startswith(".") for found in tmp_path.iterdir())


def test_a_path_that_leads_out_of_the_folder_of_clips_is_no_clip(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "link.flac").symlink_to(tmp_path / "plant.toml")
    paths = ["clips/day/a.flac", "plant.toml", "clips/../plant.toml", "/etc/passwd", "clips/link.flac", "clips/b.flac"]
    rows = [{"path": path, "removed_at": 1.0 if path.endswith("b.flac") else None} for path in paths]
    assert clip_files(tmp_path, rows) == [tmp_path / "clips" / "day" / "a.flac"]
