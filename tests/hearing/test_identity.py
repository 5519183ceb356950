from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from offkey.audio import ArrayRecording, RemoteRecording
from offkey.hearing.identity import FileState, Identity


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    path.write_bytes(b"sound")
    os.utime(path, ns=(1, 1_700_000_000_000_000_001))
    return path


def test_a_file_is_told_by_name_size_and_time_of_change(file: Path) -> None:
    assert FileState.of(file) == (5, 1_700_000_000_000_000_001)
    one = Identity.of_file(file)
    assert one.key == f"{file}\x005-1700000000000000001"
    assert one.text_key == f"{file}|5|1700000000000000001"
    assert Identity.of_source(file) == one
    assert Identity.of_file(file, "inside/a.wav").text_key == "inside/a.wav|5|1700000000000000001"
    file.write_bytes(b"sounds")
    assert Identity.of_file(file) != one


def test_a_file_that_is_not_there_has_an_identity_too(tmp_path: Path) -> None:
    path = tmp_path / "none.wav"
    assert FileState.of(path) is None
    assert Identity.of_source(path).text_key == f"{path}|missing"
    assert Identity.of_file(path).key == f"{path}\0missing"
    assert Identity.of_object("a.wav", None).text_key == "a.wav|missing"


def test_an_object_in_a_store_is_told_by_its_tag() -> None:
    one = Identity.of_object("memory://clips/a.wav", "5-abc")
    assert one.key == "memory://clips/a.wav\x005-abc"
    assert one.text_key == "memory://clips/a.wav|5-abc"
    assert isinstance(one.source(), RemoteRecording)


def test_sound_in_memory_is_told_by_its_samples() -> None:
    recording = ArrayRecording(np.ones(10), 16_000, "array 0")
    assert Identity.of_source(recording).text_key == f"array 0|{recording.digest()}"


def test_a_name_with_bytes_that_are_no_text_is_kept_and_can_be_shown(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.wav")
    one = Identity.of_file(path)
    assert os.fsencode(one.key) == os.fsencode(path) + b"\0missing"
    assert one.source() == path
    assert one.text.endswith("caf\\xe9.wav")
