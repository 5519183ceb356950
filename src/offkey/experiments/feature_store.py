"""Where features lie, by clip, so that a clip is read once for a front end, however often a benchmark breaks off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from offkey.experiments.cell import Clip
from offkey.experiments.feature_parts import Chunk, Place, keys_of
from offkey.work.folders import open_folder

__all__ = ["FeatureStore"]


class FeatureStore:
    """The index of a folder of parts; a clip is found by its name, size and time of change.

    Parameters
    ----------
    folder : str
        Path or URL; it belongs to one extractor alone, and is made if it does not exist.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._places: dict[str, Place] = {}
        opened = open_folder(folder)
        for part in sorted(name for name in opened.names() if name.endswith(".npz")):
            with opened.open(part) as file:
                self._remember(part, keys_of(file) or ())

    def missing(self, clips: Iterable[Clip]) -> list[Clip]:
        """Return the clips that are still to be read, each once."""
        by_key = {clip.key: clip for clip in clips}
        return [clip for key, clip in by_key.items() if key not in self._places]

    def remember(self, chunks: Sequence[Chunk]) -> None:
        """Add chunks that were read meanwhile."""
        for chunk in chunks:
            self._remember(chunk.part, [clip.key for clip in chunk.clips])

    def places(self, clips: Sequence[Clip]) -> list[Place]:
        """Return where the features of clips lie that are not missing."""
        return [self._places[clip.key] for clip in clips]

    def _remember(self, part: str, keys: Iterable[str]) -> None:
        self._places.update({key: Place(part, number) for number, key in enumerate(keys)})
