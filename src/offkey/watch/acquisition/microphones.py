"""Microphones of this computer, and the identities by which one is known again after it was plugged in elsewhere."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Microphone", "MicrophoneAbsentError", "find_microphone", "identities", "identity_of"]

_PROC, _SYS = Path("/proc/asound"), Path("/sys/class/sound")
_HARDWARE = re.compile(r"(?P<name>.*?)(?:: [^:]*)? \(hw:(?P<card>\d+),(?P<device>\d+)\)")
_USB_PORT = re.compile(r"\d+-(\d+(?:\.\d+)*)")
_USB_PATH = re.compile(r" at (usb-\S+?),")  # in /proc/asound/cards


@dataclass(frozen=True)
class Microphone:
    """An input of a sound card.

    Parameters
    ----------
    index : int
        Its number in PortAudio, which may be another one after a restart.
    name : str
        What PortAudio calls it.
    channels : int
        The most that it has.
    rate : int
        The sampling rate in Hz that it has by default.
    known_by : tuple of str
        Its identities, the surest first; see `identities`.
    """

    index: int
    name: str
    channels: int
    rate: int
    known_by: tuple[str, ...]

    @property
    def is_hardware(self) -> bool:
        """Whether it is surely always the same: else a sound server gives it, which may take another one instead."""
        return len(self.known_by) > 1 or not sys.platform.startswith("linux")


class MicrophoneAbsentError(LookupError):
    """No microphone has an identity, or several have."""


def identities(name: str, *, proc: Path = _PROC, sysfs: Path = _SYS) -> tuple[str, ...]:
    """Return by what a microphone is known, the surest first.

    ``usb:vendor:product:serial`` stays the same in any port; ``bus:usb-0000:00:14.0-1.2`` is the port that it is
    plugged into, or the place of a built-in card; ``name:USB PnP Sound Device`` is the name of the card; ``alsa:1,0``
    are the numbers of card and device, which change with the order in which cards are found. A second device of a
    card has its number behind the first three, as in ``name:HDA Intel PCH#2``.

    Parameters
    ----------
    name : str
        What PortAudio calls it, on Linux such as ``"USB PnP Sound Device: Audio (hw:1,0)"``.
    proc, sysfs : Path
        Where the kernel describes sound cards; either may be hidden, as in a container.

    Returns
    -------
    tuple of str
        At least the name.
    """
    hardware = _HARDWARE.fullmatch(name)
    if hardware is None:
        return (f"name:{name}",)
    card, device = int(hardware["card"]), int(hardware["device"])
    usb, bus = _of_sys(sysfs / f"card{card}" / "device")
    found = [usb, bus or _of_proc(proc / "cards", card), f"name:{hardware['name']}"]
    suffix = f"#{device}" if device else ""
    return (*(f"{one}{suffix}" for one in found if one), f"alsa:{card},{device}")


def find_microphone(wanted: str, microphones: Sequence[Microphone]) -> Microphone:
    """Return the one microphone that has an identity.

    Parameters
    ----------
    wanted : str
        One of its identities.
    microphones : sequence of Microphone
        Those that are there.

    Returns
    -------
    Microphone

    Raises
    ------
    MicrophoneAbsentError
        If none has it, or several have: another one is never taken instead.
    """
    found = [one for one in microphones if wanted in one.known_by]
    if len(found) == 1:
        return found[0]
    if found:
        others = ", ".join(identity_of(one, microphones) for one in found)
        raise MicrophoneAbsentError(f"{len(found)} microphones are {wanted}: name one of {others}.")
    others = ", ".join(identity_of(one, microphones) for one in microphones) or "none"
    raise MicrophoneAbsentError(f"The microphone {wanted} is not there; there is {others}.")


def identity_of(microphone: Microphone, microphones: Iterable[Microphone]) -> str:
    """Return the surest identity that none of the others has: of two with the same serial number, the port.

    Parameters
    ----------
    microphone : Microphone
        One of them.
    microphones : iterable of Microphone
        All that are there.

    Returns
    -------
    str
    """
    taken = {known for one in microphones if one.index != microphone.index for known in one.known_by}
    return next((known for known in microphone.known_by if known not in taken), microphone.known_by[-1])


def _of_sys(device: Path) -> tuple[str | None, str | None]:
    """Return vendor, product and serial of the USB device that a card belongs to, and the place of the card."""
    try:
        place = device.resolve(strict=True)
    except OSError:
        return None, None
    usb = next((folder for folder in (place, *place.parents) if (folder / "idVendor").is_file()), None)
    if usb is None:
        return None, f"bus:{place.name}"
    vendor, product, serial = (_line(usb / part) for part in ("idVendor", "idProduct", "serial"))
    port = _USB_PORT.fullmatch(usb.name)
    controller = next((folder.parent.name for folder in usb.parents if re.fullmatch(r"usb\d+", folder.name)), None)
    known = f"usb:{vendor}:{product}:{serial}" if vendor and product and serial else None
    return known, f"bus:usb-{controller}-{port[1]}" if port and controller else None


def _of_proc(cards: Path, card: int) -> str | None:
    """Return the port of a USB card as the list of cards has it, in the form of `_of_sys`."""
    try:
        text = cards.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    entry = re.search(rf"^ *{card} \[.*\n(.*)$", text, re.MULTILINE)
    path = entry and _USB_PATH.search(entry[1])
    return f"bus:{path[1]}" if path else None


def _line(path: Path) -> str | None:
    """Return what a file of the kernel holds, None if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except OSError:
        return None
