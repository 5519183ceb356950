"""Sources as the settings describe them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from offkey.errors import ParameterError, UsageError
from offkey.watch.acquisition.ffmpeg import Ffmpeg
from offkey.watch.acquisition.folder import Folder
from offkey.watch.acquisition.pcm import StandardInput
from offkey.watch.acquisition.simulated import Simulated
from offkey.watch.acquisition.source import Source
from offkey.watch.settings import FfmpegSource, FolderSource, MachineSettings, StandardInputSource

__all__ = ["make_source"]


def make_source(settings: MachineSettings, folder: Path, rate: int, taken: Collection[str] = ()) -> Source:
    """Return the source of a machine; nothing is opened yet.

    `folder`: where relative paths start.
    `rate`: sampling rate of the model in Hz.
    `taken`: recordings that were taken before.
    """
    source = settings.source
    if isinstance(source, StandardInputSource):
        return StandardInput(source.rate, source.channels)
    if isinstance(source, FolderSource):
        return Folder(
            folder / source.path,
            taken=taken,
            settled_s=source.settled_s,
            expected_every_s=source.expected_every_s,
        )
    if isinstance(source, FfmpegSource):
        return Ffmpeg(
            source.url,
            source.rate or rate,
            source.channels,
            input_format=source.input_format,
            program=source.program,
            silent_s=source.silent_s,
        )
    try:
        return Simulated(**source.model_dump(exclude={"kind"}))
    except ParameterError as error:
        raise UsageError(f"The source of {settings.name} cannot be simulated: {error}") from error
