"""Sound in a store is fetched once, to a file that goes with the recording."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from offkey.audio import FileRecording, RemoteRecording
from offkey.errors import AudioError, OffkeyError

fsspec = pytest.importorskip("fsspec", reason="the extra remote is not installed")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def url(normal_folder: Path) -> Iterator[str]:
    system = fsspec.filesystem("memory")
    system.pipe_file("/plant/a.wav", next(normal_folder.glob("*.wav")).read_bytes())
    yield "memory://plant/a.wav"
    system.rm("/plant", recursive=True)


def test_it_is_heard_as_the_file_is_and_leaves_nothing(url: str, normal_folder: Path, temporary: Path) -> None:
    file, remote = FileRecording(next(normal_folder.glob("*.wav"))), RemoteRecording(url)
    assert list(temporary.iterdir()) == []
    assert (remote.name, remote.rate, remote.seconds, remote.digest()) == (url, file.rate, file.seconds, file.digest())
    assert [path.suffix for path in temporary.iterdir()] == [".wav"]
    sounds = [np.concatenate(list(one.blocks(0))) for one in (remote, file)]
    np.testing.assert_array_equal(*sounds)
    del remote
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_what_cannot_be_fetched_is_said_and_leaves_nothing(
    url: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AudioError, match=r"memory://plant/none.wav cannot be read: there is no such file\."):
        _ = RemoteRecording("memory://plant/none.wav").rate
    waits: list[float] = []
    monkeypatch.setattr("offkey.audio.remote.time.sleep", waits.append)
    system = type(fsspec.filesystem("memory"))

    def silent(*_: object, **__: object) -> None:
        raise ConnectionError("the store is away")

    monkeypatch.setattr(system, "get_file", silent)
    with pytest.raises(OffkeyError, match=r"a.wav cannot be fetched after 4 tries: the store is away\."):
        _ = RemoteRecording(url).rate
    assert waits == [0.5, 1.0, 2.0]
    gc.collect()
    assert list(temporary.iterdir()) == []
