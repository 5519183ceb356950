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

__all__ = ["KINDS", "MASK", "masked", "source_from_form", "source_to_try"]

KINDS = {
    "soundcard": ("microphone", "A microphone of this computer"),
    "ffmpeg": ("url", "An address: a camera or a stream"),
    "folder": ("path", "A folder where a recorder drops files"),
    "simulated": ("machine", "A simulated machine, to try things out"),
}
"""Kinds of sources that a form offers: the field that each needs, and words for it."""

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
    field, words = KINDS[kind]
    value = form.get(f"{prefix}{field}", "").strip()
    if not value:
        raise UsageError(f"{words}: the {field} is missing.")
    if kind == "ffmpeg":
        _check_address(value)
    channels = form.get(f"{prefix}channels", "").strip() or "1"
    if not (channels.isascii() and channels.isdecimal() and 1 <= int(channels[:9]) <= _MOST_CHANNELS):
        raise UsageError(
            f"The channels must be a whole number from 1 to {_MOST_CHANNELS}. Got {channels[:20]!r} instead."
        )
    further = {"channels": int(channels)} if kind in ("soundcard", "ffmpeg") and channels != "1" else {}
    return {"kind": kind, field: value, **further}


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
