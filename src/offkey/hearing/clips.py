"""The clips of a run, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from offkey.audio import Recording, RemoteRecording, find_clips, is_clip_name
from offkey.errors import UsageError
from offkey.suffixes import clip_suffixes
from offkey.tables import path_text
from offkey.work.folders import is_remote, remote_files

__all__ = ["ClipRef", "clip_refs", "list_clips"]


@dataclass(frozen=True, order=True)
class ClipRef:
    """A clip by name, and in what state it was when it was listed.

    Parameters
    ----------
    name : str
        Path or URL.
    state : str
        Size, and time of change or the store's own tag: another state is another clip.
    """

    name: str
    state: str

    @property
    def text(self) -> str:
        """The name as results have it: with escapes for bytes that are not UTF-8."""
        return path_text(self.name)

    @property
    def key(self) -> str:
        """What tells it from other clips and other states."""
        return f"{self.name}\0{self.state}"

    def source(self) -> Path | Recording:
        """Return the clip, to be read."""
        return RemoteRecording(self.name) if is_remote(self.name) else Path(self.name)


def list_clips(inputs: Iterable[str]) -> list[ClipRef]:
    """List the clips that files, folders and URLs stand for, each once, in the order of names.

    Parameters
    ----------
    inputs : iterable of str
        Files, folders, or URLs of either.

    Returns
    -------
    list of ClipRef
        At least one.

    Raises
    ------
    UsageError
        If an input does not exist or holds no clip.
    """
    given = list(inputs)
    local, urls = [one for one in given if not is_remote(one)], [one for one in given if is_remote(one)]
    return clip_refs(find_clips(local), urls)


def clip_refs(files: Iterable[Path], urls: Iterable[str] = ()) -> list[ClipRef]:
    """List clips that were found here, and those that URLs stand for, each once, in the order of names.

    Parameters
    ----------
    files : iterable of Path
        Clips; one that is not there any more gets its error when it is read.
    urls : iterable of str
        URLs of clips, or of folders of them.

    Returns
    -------
    list of ClipRef
        At least one.

    Raises
    ------
    UsageError
        If a URL holds no clip, or there is none at all.
    """
    refs = [*map(_local_ref, files), *(ref for url in urls for ref in _remote_refs(url))]
    if not refs:
        raise UsageError("There is no clip to work on: expected files, folders or URLs, found none.")
    found = {ref.name: ref for ref in refs}
    return [found[name] for name in sorted(found)]


def _local_ref(path: Path) -> ClipRef:
    try:
        state = path.stat()
    except OSError:
        return ClipRef(str(path), "missing")  # it gets its row with an error
    return ClipRef(str(path), f"{state.st_size}-{state.st_mtime_ns}")


def _remote_refs(url: str) -> list[ClipRef]:
    files = [ClipRef(name, state) for name, state in remote_files(url).items()]
    refs = [file for file in files if is_clip_name(file.name)]
    if not refs:
        raise UsageError(f"{url} holds no clip: expected files ending in {' '.join(sorted(clip_suffixes()))}.")
    return refs
