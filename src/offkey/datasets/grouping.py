"""Groups of clips that are alike for another reason than the machine: pieces of one recording, of one day, of a folder.

A piece stands in a name as a word and a number (``part_3``, ``seg12``, ``chunk-4``, ``w0``, ``t1``) or as the samples
or seconds between which it lies (``s0_e96000``); what stands before it is the recording.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from offkey.audio.recording_times import time_in_name
from offkey.errors import DataError, UsageError

__all__ = ["GROUPINGS", "group_names", "pieces_told"]

GROUPINGS = ("recording", "day", "folder")
"""The groupings that names tell, beside a regular expression."""

_PIECE = re.compile(
    r"[-_. ](?:(?:part|piece|segment|seg|chunk|slice|window|win|w|t)[-_]?\d+|s\d+[-_]e\d+)(?=[-_. ]|$)", re.IGNORECASE
)
_EXPECTED = {
    "recording": "a piece as in fan_part_3, fan_seg12, fan_w0 or fan_s0_e96000",
    "day": "a date as in 2026-03-12 or 20260312, in the name or in the folder above",
    "folder": "a folder above the file",
}
_FEWEST = 5  # recordings in pieces, from which on it is proposed to group by them
_MOST_ALONE = 0.8  # recordings a clip, up to which it is


def group_names(names: Sequence[str], by: str) -> list[str]:
    """Return the group of each clip by its name.

    Parameters
    ----------
    names : sequence of str
        Paths of clips.
    by : str
        One of `GROUPINGS`, or a regular expression with at least one group in parentheses, which is searched in the
        path; what its groups match is the group of the clip.

    Returns
    -------
    list of str

    Raises
    ------
    UsageError
        If `by` is none of these.
    DataError
        If a name does not tell its group.
    """
    pattern = None if by in GROUPINGS else _pattern(by)
    found = [_matched(name, pattern) if pattern else _group(name, by) for name in names]
    silent = [name for name, group in zip(names, found, strict=True) if group is None]
    if silent:
        expected = _EXPECTED.get(by, f"a match of {by}")
        raise DataError(
            f"The names of {len(silent)} of {len(names)} clips do not tell by what they are grouped, the first "
            f"{silent[0]}: expected {expected}."
        )
    return [group for group in found if group is not None]


def pieces_told(names: Sequence[str]) -> str | None:
    """Say in a sentence that all names are of pieces of recordings, several of one; None if they are not."""
    found = [_group(name, "recording") for name in names]
    counts = Counter(found)
    if None in counts or not _FEWEST <= len(counts) <= _MOST_ALONE * len(names):
        return None
    return (
        f"By their names these {len(names)} clips are pieces of {len(counts)} recordings (such as {names[0]}), which "
        "vouch for each other: where new clips come from other recordings, group them (--group-by recording, in Python "
        'groups="recording"), so that the promise holds there.'
    )


def _pattern(text: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise UsageError(f"The regular expression {text!r} to group by cannot be read: {error}.") from error
    if not pattern.groups:
        raise UsageError(
            f"Clips are grouped by {', '.join(GROUPINGS)}, a regular expression with a group in parentheses, such as "
            f"'(fan_\\d+)_', or a column of the clips' table; found {text!r}."
        )
    return pattern


def _matched(name: str, pattern: re.Pattern[str]) -> str | None:
    match = pattern.search(name)
    return None if match is None else "/".join(part or "" for part in match.groups())


def _group(name: str, by: str) -> str | None:
    """Return the recording, day or folder that a name tells."""
    folder, _, file = name.replace("\\", "/").rpartition("/")
    if by == "folder":
        return folder or None
    if by == "day":
        at = time_in_name(name)
        return None if at is None else at.date().isoformat()
    stem = file.rpartition(".")[0] or file
    pieces = list(_PIECE.finditer(stem))
    return f"{folder}/{stem[: pieces[-1].start()]}" if pieces else None
