"""The clips of a run, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from offkey.audio import find_clips, is_clip_name
from offkey.errors import UsageError
from offkey.hearing.identity import Identity
from offkey.suffixes import clip_suffixes
from offkey.work.folders import is_remote, remote_files

__all__ = ["identify_clips", "list_clips"]


def list_clips(inputs: Iterable[str]) -> list[Identity]:
    """List the clips that files, folders and URLs stand for, each once, in the order of names."""
    given = list(inputs)
    local, urls = [one for one in given if not is_remote(one)], [one for one in given if is_remote(one)]
    return identify_clips(find_clips(local), urls)


def identify_clips(files: Iterable[Path], urls: Iterable[str] = ()) -> list[Identity]:
    """List clips that were found here, and those that URLs stand for, each once, in the order of names."""
    clips = [*map(Identity.of_file, files), *(clip for url in urls for clip in _remote_clips(url))]
    if not clips:
        raise UsageError("There is no clip to work on: expected files, folders or URLs, found none.")
    found = {clip.name: clip for clip in clips}
    return [found[name] for name in sorted(found)]


def _remote_clips(url: str) -> list[Identity]:
    files = [Identity.of_object(name, tag) for name, tag in remote_files(url).items()]
    clips = [file for file in files if is_clip_name(file.name)]
    if not clips:
        raise UsageError(f"{url} holds no clip: expected files ending in {' '.join(sorted(clip_suffixes()))}.")
    return clips
