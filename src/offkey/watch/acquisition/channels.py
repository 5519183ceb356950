"""The number of channels that a source gives, as far as it is known before the source is opened."""

from __future__ import annotations

from pathlib import Path

from offkey.audio import FileRecording
from offkey.audio.channel import Channel, channels_of
from offkey.audio.find import search_folder
from offkey.errors import AudioError, OffkeyError, UsageError
from offkey.watch.acquisition.settings import FolderSource, SimulatedSource
from offkey.watch.settings import MachineSettings

__all__ = ["channels_given", "check_channels"]

_NEWEST = 5  # files of a folder whose headers are read


def channels_given(settings: MachineSettings, folder: Path) -> int | None:
    """Return the number of channels that the source of a machine gives.

    Parameters
    ----------
    settings : MachineSettings
        The machine.
    folder : Path
        Where relative paths start.

    Returns
    -------
    int or None
        Of a folder the most that one of its newest files has; None where there is none yet that can be read.
    """
    source = settings.source
    if isinstance(source, SimulatedSource):
        return 1
    return _of_files(folder / source.path) if isinstance(source, FolderSource) else source.channels


def check_channels(settings: MachineSettings, folder: Path, channel: Channel, where: str) -> None:
    """Refuse a channel that the source of a machine does not have, as far as that is known.

    Parameters
    ----------
    settings : MachineSettings
        The machine.
    folder : Path
        Where relative paths start.
    channel : int or str
        The channel that is listened to.
    where : str
        What asks for it, such as "learn_channel".

    Raises
    ------
    UsageError
        If the source has fewer channels.
    """
    given = channels_given(settings, folder)
    highest = max(channels_of(channel), default=0)
    if given is None or highest < given:
        return
    have = "1 channel, which is 0" if given == 1 else f"{given} channels, counted from 0"
    advice = "choose one of them, or 'mean'"
    if not isinstance(settings.source, SimulatedSource | FolderSource):
        advice += f", or give the source channels = {highest + 1} if it has so many"
    raise UsageError(f"{settings.name}: {where} is {channel}, but its source gives {have}: {advice}.")


def _of_files(folder: Path) -> int | None:
    """Return the most channels that one of the newest files of a folder has."""
    try:
        newest = sorted(search_folder(folder)[0], key=lambda path: path.stat().st_mtime)[-_NEWEST:]
    except (OSError, OffkeyError):
        return None
    found = []
    for path in newest:
        try:
            found.append(FileRecording(path).channels)
        except (OSError, AudioError):
            continue
    return max(found, default=None)
