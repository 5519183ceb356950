"""``offkey score --style confidence --like SAMPLE``: a submission with the ids, order and columns of a sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from offkey.cli.console import say

if TYPE_CHECKING:
    from offkey.model import Result

__all__ = ["Wanted"]


class Wanted:
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

        scored = (one for one in of_recordings(results) if isinstance(one, Scored))
        by_file = {one.file: normal_confidence(one.score) for one in scored}
        by_id = {one: by_file[name] for one, name in self._matched.items() if name in by_file}
        filled = self._sample.write(by_id, file)
        absent = [one for one in filled if one not in self._matched]
        if absent:
            say(f"error: {len(absent)} ids have no clip and got the median score: {listing(absent)}.")
        failed = [one for one in filled if one in self._matched]
        if failed:
            say(f"error: {len(failed)} ids have a clip that failed and got the median score: {listing(failed)}.")
        return filled
