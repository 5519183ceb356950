"""Finished pieces of a benchmark on disk: one candidate on one cell, with a digest of all it depends on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from offkey._version import __version__
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell
from offkey.experiments.outcome import CellScores, ClipScore
from offkey.model import ModelConfig
from offkey.work.folders import Folder, open_folder
from offkey.work.seals import json_seal

__all__ = ["ScoreStore", "digest_of"]


class ScoreStore:
    """A folder with a file for each candidate and cell that is finished."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def find(self, candidate: Candidate, cell: Cell, digest: str) -> CellScores | None:
        """Return what is finished and still holds, None if there is no such."""
        try:
            content = json.loads(self._of(candidate).read(_name(cell)) or "")
            seal = content.pop("seal")
            if content["digest"] != digest or seal != json_seal(content):
                return None
            clips = [ClipScore(**clip) for clip in content.pop("clips")]
            left_out = [(str(name), str(reason)) for name, reason in content.pop("left_out")]
            return CellScores(clips=clips, left_out=left_out, **content)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def write(self, candidate: Candidate, cell: Cell, scored: CellScores) -> None:
        """Keep what is finished."""
        content = asdict(scored)
        sealed = json.dumps({**content, "seal": json_seal(content)}, indent=1)
        self._of(candidate).write(_name(cell), sealed.encode())

    def _of(self, candidate: Candidate) -> Folder:
        return open_folder(f"{self.folder}/{candidate.name}")


def digest_of(candidate: Candidate, cell: Cell, config: ModelConfig, learnt_from: str = "") -> str:
    """Return a digest of configuration and inputs: what has the same need not be computed again.

    Labels of test clips have no part in it, because scores do not depend on them.

    `cell`: the clips: names, sizes, times of change, domains of those that train.
    `learnt_from`: digest of the clips that the front end learns from; empty for one that does not learn.
    """
    content: Mapping[str, Any] = {
        "offkey": __version__,
        "combination": candidate.described(),
        "config": config.model_dump(include={"rate", "channel", "window_s", "hop_s", "false_alarm_rate"}),
        "group": cell.key,
        "train": [(clip.key, clip.domain) for clip in cell.train],
        "test": [clip.key for clip in cell.test],
        **({"noise": [clip.key for clip in cell.noise]} if cell.noise else {}),
        **({"learnt_from": learnt_from} if learnt_from else {}),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _name(cell: Cell) -> str:
    name = "_".join("" if part is None else str(part) for part in cell.key)
    safe = re.sub(r"[^\w.+-]", "_", name)
    if safe != name:
        safe = f"{safe[:80]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return f"{safe}.json"
