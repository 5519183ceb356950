"""Sources in forms: what a person may pick, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from offkey.errors import UsageError
from offkey.watch.acquisition.make import make_source
from offkey.watch.acquisition.source import Source
from offkey.watch.life.learning import RATE
from offkey.watch.settings import MachineSettings

__all__ = [
    "KINDS",
    "MASK",
    "WITH_CHANNELS",
    "channel_count",
    "masked",
    "source_from_form",
    "source_to_try",
    "source_value",
]

KINDS = {
    "soundcard": ("microphone", "A microphone of this computer"),
    "ffmpeg": ("url", "An address: a camera or a stream"),
    "folder": ("path", "A folder where a recorder drops files"),
    "simulated": ("machine", "A simulated machine, to try things out"),
}
"""Kinds of sources that a form offers: the field that each needs, and words for it."""

WITH_CHANNELS = ("soundcard", "ffmpeg")
"""Kinds whose number of channels is asked for."""

MASK = "***"
"""Stands on pages in place of a user and a password."""

_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "udp", "rtp", "srt", "tcp")
_MOST_CHANNELS = 64


def source_from_form(form: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """Return a source as the file of a plant has it.

    Parameters
    ----------
    form : mapping
        Fields by name: `prefix` and ``kind``, ``microphone``, ``url``, ``path``, ``machine`` or ``channels``.
    prefix : str
        Before the names.

    Raises
    ------
    UsageError
        If something is missing, or an address is none of the network.
    """
    kind = form.get(f"{prefix}kind", "")
    if kind not in KINDS:
        raise UsageError(f"Pick a source: one of {', '.join(KINDS)}. Got {kind[:20]!r} instead.")
    field = KINDS[kind][0]
    source: dict[str, Any] = {"kind": kind, field: source_value(kind, form.get(f"{prefix}{field}", ""))}
    channels = channel_count(form.get(f"{prefix}channels", ""))
    return source | ({"channels": channels} if kind in WITH_CHANNELS and channels != 1 else {})


def source_value(kind: str, text: str) -> str:
    """Return what a source of a kind needs as it was typed; a UsageError as of `source_from_form`."""
    field, words = KINDS[kind]
    value = text.strip()
    if not value:
        raise UsageError(f"{words}: the {field} is missing.")
    if kind == "ffmpeg":
        _check_address(value)
    return value


def channel_count(text: str) -> int:
    """Return the number of channels as it was typed, 1 for nothing; a UsageError where it is none."""
    number = text.strip() or "1"
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:9]) <= _MOST_CHANNELS):
        raise UsageError(
            f"The channels must be a whole number from 1 to {_MOST_CHANNELS}. Got {number[:20]!r} instead."
        )
    return int(number)


def source_to_try(source: Mapping[str, Any], folder: Path) -> Source:
    """Return a source that belongs to no machine yet.

    `folder`: where relative paths start.

    Raises
    ------
    UsageError
        If it is not as it must be.
    """
    try:
        machine = MachineSettings.model_validate({"name": "the new machine", "model": "none", "source": source})
    except ValidationError as error:
        raise UsageError(f"{error.errors()[0]['msg'].removeprefix('Value error, ').rstrip('.')}.") from error
    return make_source(machine, folder, RATE)


def masked(address: str) -> str:
    """Return an address without user and password."""
    secret, at, _ = urlsplit(address).netloc.rpartition("@")
    return address.replace(secret + at, MASK + at, 1) if at else address


def _check_address(address: str) -> None:
    scheme = address.partition("://")[0].lower() if "://" in address else ""
    if scheme not in _SCHEMES:
        raise UsageError(f"An address begins with one of {', '.join(f'{one}://' for one in _SCHEMES)}.")
    if f"{MASK}@" in address:
        raise UsageError("The address has a password that is not shown: write user and password again.")
