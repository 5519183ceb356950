"""The clip of an event as a FLAC file, which says itself of what it is."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from offkey.errors import OffkeyError
from offkey.files import make_folder, write_bytes
from offkey.watch.evidence.ring import Cut
from offkey.watch.health.events import Change
from offkey.watch.local_time import utc_stamp

__all__ = ["CLIPS", "clip_files", "clip_path", "read_clip", "write_clip"]

CLIPS = "clips"
"""The folder of all clips, in that of the plant."""

_MOST_CHANNELS = 8  # of a FLAC file
_MOST_NAMED = 40  # letters of a machine's name


def clip_path(change: Change) -> PurePosixPath:
    """Return where the clip of an event lies in the folder of the plant, by day, machine, UTC time and event."""
    began = datetime.fromtimestamp(change.began, UTC)
    machine = re.sub(r"[^\w.-]+", "-", change.machine)[:_MOST_NAMED].strip("-.") or "machine"
    return PurePosixPath(CLIPS, f"{began:%Y-%m-%d}", f"{machine}_{utc_stamp(change.began)}_{change.event}.flac")


def clip_files(folder: Path, rows: Iterable[Mapping[str, Any]]) -> list[Path]:
    """Return the files of clips that were not removed, in order; a path that leads out of their folder is left out.

    `folder`: of the plant.
    `rows`: as of `Store.clips`.
    """
    inside = (folder / CLIPS).resolve()
    paths = [folder / str(row["path"]) for row in rows if row["removed_at"] is None]
    return [path for path in paths if path.resolve().is_relative_to(inside)]


def write_clip(path: Path, change: Change, cut: Cut) -> tuple[int, str]:
    """Write the sound of an event, whole or not at all, in the place of what was there before.

    Its comment is JSON: `machine`, `event`, `began` and `ended` in seconds since 1970 UTC, and `gaps`, where the source
    gave no sound and the samples are 0, from and to in seconds of the clip.

    Returns: size in bytes, and SHA-256.
    """
    content = _flac(change, cut)
    make_folder(path.parent)
    write_bytes(path, content)
    return len(content), hashlib.sha256(content).hexdigest()


def read_clip(path: Path) -> bytes:
    """Return the file of a clip."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise OffkeyError(f"The clip {path} cannot be read: {error.strerror or error}.") from error


def _flac(change: Change, cut: Cut) -> bytes:
    import soundfile

    channels = cut.samples.shape[1]
    if channels > _MOST_CHANNELS:
        raise OffkeyError(f"A clip holds at most {_MOST_CHANNELS} channels, and the source has {channels}.")
    about = {
        "machine": change.machine,
        "event": change.event,
        "began": cut.began,
        "ended": cut.ended,
        "gaps": [[round(low, 3), round(high, 3)] for low, high in cut.gaps],
    }
    file = io.BytesIO()
    try:
        with soundfile.SoundFile(file, "w", cut.rate, channels, "PCM_16", format="FLAC") as flac:
            flac.comment = json.dumps(about)
            flac.write(cut.samples)
    except soundfile.LibsndfileError as error:
        raise OffkeyError(f"A clip at {cut.rate} Hz cannot be written as FLAC ({error}).") from error
    return file.getvalue()
