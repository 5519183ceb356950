from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest


def test_a_header_that_lies_about_its_rate_does_not_decide_for_all(opened, root: Path) -> None:
    path = root / "fan" / "train" / "normal_id_00_00000000.wav"
    content = bytearray(path.read_bytes())
    content[24:28] = struct.pack("<I", 500)
    path.write_bytes(content)
    explorer = opened(root)
    assert explorer.catalogue.rate == 16_000
    (problem,) = explorer.check().problems
    assert "is sampled at 500 Hz, but at least 16000 Hz are needed" in problem


@pytest.mark.skipif(os.name != "posix", reason="there are no named pipes")
def test_what_is_no_file_is_a_problem_of_the_set(opened, root: Path) -> None:
    os.mkfifo(root / "fan" / "train" / "live.wav")
    (root / "fan" / "day2").symlink_to(root / "no such folder")
    problems = opened(root).check().problems
    assert len(problems) == 2
    assert any("live.wav is no file" in problem for problem in problems)
    assert any("day2" in problem for problem in problems)
