"""Sources as the settings describe them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from offkey.errors import OffkeyError, ParameterError, UsageError
from offkey.watch.acquisition.ffmpeg import Ffmpeg
from offkey.watch.acquisition.folder import Folder
from offkey.watch.acquisition.microphones import MicrophoneAbsentError, find_microphone
from offkey.watch.acquisition.pcm import StandardInput
from offkey.watch.acquisition.settings import FfmpegSource, FolderSource, SoundCardSource, StandardInputSource
from offkey.watch.acquisition.simulated import Simulated
from offkey.watch.acquisition.sound_card import SoundCard, list_microphones
from offkey.watch.acquisition.source import Source
from offkey.watch.settings import MachineSettings

__all__ = ["make_source", "source_note"]


def make_source(
    settings: MachineSettings,
    folder: Path,
    rate: int,
    were_taken: Callable[[Sequence[str]], Collection[str]] = lambda _: (),
) -> Source:
    """Return the source of a machine; nothing is opened yet.

    `folder`: where relative paths start.
    `rate`: sampling rate of the model in Hz.
    `were_taken`: returns which of some recordings were taken before.
    """
    source = settings.source
    if isinstance(source, StandardInputSource):
        return StandardInput(source.rate, source.channels)
    if isinstance(source, FolderSource):
        return Folder(
            folder / source.path,
            were_taken=were_taken,
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
    if isinstance(source, SoundCardSource):
        return SoundCard(source.microphone, source.rate or rate, source.channels, silent_s=source.silent_s)
    try:
        return Simulated(**source.model_dump(exclude={"kind"}))
    except ParameterError as error:
        raise UsageError(f"The source of {settings.name} cannot be simulated: {error}") from error


def source_note(settings: MachineSettings, folder: Path) -> str | None:
    """Say what a source waits for now, or may do unseen; None where nothing is wrong that can be seen from outside."""
    source, name = settings.source, settings.name
    if isinstance(source, FolderSource) and not (folder / source.path).is_dir():
        return f"{name} waits for the folder {folder / source.path}, which is not there yet."
    if isinstance(source, FfmpegSource) and shutil.which(source.program) is None:
        return f"{name} waits for {source.program}, which is not installed yet, or not on the PATH."
    if isinstance(source, SoundCardSource):
        return _microphone_note(name, source.microphone)
    return None


def _microphone_note(name: str, identity: str) -> str | None:
    try:
        microphone = find_microphone(identity, list_microphones())
    except (OffkeyError, MicrophoneAbsentError) as error:
        return f"{name} waits for its microphone: {error}"
    if microphone.is_hardware:
        return None
    return f"{identity} of {name} is given by a sound server, which may take another microphone: name the hardware."
