from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offkey.errors import OffkeyError
from offkey.hearing.clips import list_clips
from offkey.model import ModelConfig
from offkey.scale import summing_up
from offkey.scale.jobs import FeatureJob, features
from offkey.scale.summary import Summary
from offkey.scale.summing_up import sum_up
from offkey.work.here import Here
from offkey.work.process_pool import Processes
from offkey.work.runs import Done, run_job


@pytest.fixture
def done(clips_folder: Path, here: Here, tmp_path: Path) -> Done:
    """Features of 40 clips in 10 parts."""
    job = FeatureJob(ModelConfig(features="mfcc").model_dump_json(), 16_000)
    return run_job(job, list_clips([str(clips_folder)]), str(tmp_path / "run"), here, part_items=4)


class _Counting(Here):
    """An executor that says what it did."""

    def __init__(self) -> None:
        self.did = list[str]()

    def run(self, work: Callable[[Any], None], items: Sequence[Any], done: Callable[[Any], None]) -> None:
        self.did += map(str, items)
        super().run(work, items, done)


@pytest.mark.parametrize("bundle_parts", [2, 3, 10, 256])
def test_the_summary_is_that_of_all_clips_whatever_the_groups(
    done: Done, here: Here, bundle_parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summing_up, "_BLOCK", 5)
    domains = {clip.name: clip.name[-6] for part in done.parts for clip in part.items}
    found = sum_up(done, here, capacity=12, moments=True, domains=domains, bundle_parts=bundle_parts)
    whole = Summary(12, moments=True)
    whole.add(features(done), {clip.text: domains[clip.name] for part in done.parts for clip in part.items})
    assert [clip.name for clip in found.kept()] == [clip.name for clip in whole.kept()]
    assert len(found.kept()) == 12 + 3
    one, two = found.population(), whole.population()
    assert (one.clips, one.windows, one.seconds, one.digest) == (two.clips, two.windows, two.seconds, two.digest)
    assert one.clips == 37
    assert one.moments is not None
    assert two.moments is not None
    for domain, moments in one.moments.items():
        assert np.allclose(moments.fourth, two.moments[domain].fourth, rtol=1e-9, atol=1e-6)


def test_what_is_there_is_kept_and_other_questions_have_other_summaries(done: Done, here: Here) -> None:
    executor = _Counting()
    options: dict[str, Any] = {"capacity": 12, "moments": False, "bundle_parts": 4}
    sum_up(done, executor, **options)
    assert [len(text.split()) for text in executor.did] == [7] * 4
    assert executor.did[0] == f"the summary of {done.parts[0].name} and 3 more"
    sum_up(done, executor, **options)
    assert len(executor.did) == 4
    sum_up(done, executor, **{**options, "capacity": 13})
    sum_up(done, executor, **{**options, "moments": True})
    sum_up(done, executor, **options, domains={clip.name: "a" for part in done.parts for clip in part.items})
    assert len(executor.did) == 16


def test_a_part_that_is_gone_is_named(done: Done, here: Here) -> None:
    part = Path(done.folder) / done.parts[5].name
    content = part.read_bytes()
    part.unlink()
    with pytest.raises(OffkeyError, match=rf"1 of 3 pieces .*the summary of .* and 3 more: The part {part} cannot be"):
        sum_up(done, Processes(1), capacity=12, moments=True, bundle_parts=4)
    part.write_bytes(content)
    assert sum_up(done, here, capacity=12, moments=True, bundle_parts=4).sample.seen == 37
