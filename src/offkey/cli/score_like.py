"""``offkey score --style confidence --like SAMPLE``: a submission with the ids, order and columns of a sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from offkey.cli.console import say

if TYPE_CHECKING:
    from offkey.model import Result

__all__ = ["SampleClips"]


class SampleClips:
    """The clips that a sample submission asks for."""

    def __init__(self, like: Path) -> None:
        from offkey.evaluation.sample_submission import read_sample

        self._sample = read_sample(like)
        self._matched: dict[str, str] = {}

    def among(self, files: Sequence[str]) -> list[bool]:
        """Return which of the clips are wanted, and note how many are not."""
        self._matched = self._sample.match(files)
        wanted = set(self._matched.values())
        if spare := len(files) - len(wanted):
            say(f"note: {spare} clips are not in {self._sample.path}, and are not scored.")
        return [file in wanted for file in files]

    def write(self, results: Iterable[Result], file: TextIO) -> list[str]:
        """Write the submission; return the ids that got the median of the others, after naming them."""
        from offkey.listing import listing
        from offkey.model.result import Scored, of_recordings
        from offkey.model.score_table import normal_confidence

        scored = (result for result in of_recordings(results) if isinstance(result, Scored))
        by_file = {result.file: normal_confidence(result.score) for result in scored}
        by_id = {clip_id: by_file[name] for clip_id, name in self._matched.items() if name in by_file}
        filled = self._sample.write(by_id, file)
        absent = [clip_id for clip_id in filled if clip_id not in self._matched]
        if absent:
            say(f"error: {len(absent)} ids have no clip and got the median score: {listing(absent)}.")
        failed = [clip_id for clip_id in filled if clip_id in self._matched]
        if failed:
            say(f"error: {len(failed)} ids have a clip that failed and got the median score: {listing(failed)}.")
        return filled
