"""Identities of microphones, on trees of the kernel as they look on real computers: whole, masked, renumbered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from offkey.watch.acquisition.microphones import (
    Microphone,
    MicrophoneAbsentError,
    find_microphone,
    identities,
    identity_of,
)

CARDS = """ 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7f10000 irq 32
{usb} [Device         ]: USB-Audio - USB PnP Sound Device
                      C-Media Electronics Inc. USB PnP Sound Device at usb-0000:00:14.0-1.2, full speed
"""
NAME = "USB PnP Sound Device: Audio (hw:{},0)"


class Kernel:
    """A built-in card 0, and USB cards."""

    def __init__(self, folder: Path) -> None:
        self.proc, self.sys, self.devices = folder / "proc", folder / "sys", folder / "devices" / "pci0000:00"
        self.proc.mkdir()
        self.sys.mkdir()
        self._card(0, self.devices / "0000:00:1f.3")

    def plug(self, card: int, port: str = "1-1.2", serial: str | None = "A1B2") -> None:
        usb = self.devices / "0000:00:14.0" / "usb1" / port.split(".")[0] / port
        (usb / f"{port}:1.0").mkdir(parents=True)
        parts = {"idVendor": "0d8c", "idProduct": "0014", "serial": serial}
        for part, value in parts.items():
            if value is not None:
                (usb / part).write_text(f"{value}\n")
        self._card(card, usb / f"{port}:1.0")
        (self.proc / "cards").write_text(CARDS.format(usb=f"{card:2d}"))

    def _card(self, card: int, device: Path) -> None:
        device.mkdir(parents=True, exist_ok=True)
        (self.sys / f"card{card}").mkdir()
        (self.sys / f"card{card}" / "device").symlink_to(device)

    def known_by(self, name: str) -> tuple[str, ...]:
        return identities(name, proc=self.proc, sysfs=self.sys)


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path)


def test_a_microphone_is_known_by_its_serial_number_then_port_name_and_number(kernel: Kernel) -> None:
    kernel.plug(1)
    assert kernel.known_by(NAME.format(1)) == (
        "usb:0d8c:0014:A1B2",
        "bus:usb-0000:00:14.0-1.2",
        "name:USB PnP Sound Device",
        "alsa:1,0",
    )
    assert kernel.known_by("HDA Intel PCH: ALC256 Analog (hw:0,0)") == (
        "bus:0000:00:1f.3",
        "name:HDA Intel PCH",
        "alsa:0,0",
    )


def test_a_microphone_keeps_its_identity_when_cards_are_renumbered_and_ports_changed(kernel: Kernel) -> None:
    kernel.plug(3, "1-4.1")
    assert kernel.known_by(NAME.format(3))[:2] == ("usb:0d8c:0014:A1B2", "bus:usb-0000:00:14.0-4.1")


def test_one_without_a_serial_number_is_known_by_its_port(kernel: Kernel) -> None:
    kernel.plug(1, serial=None)
    assert kernel.known_by(NAME.format(1))[0] == "bus:usb-0000:00:14.0-1.2"


def test_where_one_tree_is_masked_the_other_tells_the_port_and_else_the_name_is_left(kernel: Kernel) -> None:
    kernel.plug(1)
    shutil.rmtree(kernel.sys)
    assert kernel.known_by(NAME.format(1))[:2] == ("bus:usb-0000:00:14.0-1.2", "name:USB PnP Sound Device")
    assert kernel.known_by("HDA Intel PCH: ALC256 Analog (hw:0,0)")[0] == "name:HDA Intel PCH"
    shutil.rmtree(kernel.proc)
    assert kernel.known_by(NAME.format(1)) == ("name:USB PnP Sound Device", "alsa:1,0")


def test_a_second_device_of_a_card_is_another_microphone(kernel: Kernel) -> None:
    kernel.plug(1)
    found = kernel.known_by("USB PnP Sound Device: USB Audio #1 (hw:1,1)")
    assert found == (
        "usb:0d8c:0014:A1B2#1",
        "bus:usb-0000:00:14.0-1.2#1",
        "name:USB PnP Sound Device#1",
        "alsa:1,1",
    )


def test_what_is_no_hardware_of_alsa_is_known_by_its_name(kernel: Kernel) -> None:
    assert kernel.known_by("MacBook Pro Microphone") == ("name:MacBook Pro Microphone",)


def _microphone(index: int, *known_by: str) -> Microphone:
    return Microphone(index, f"microphone {index}", 1, 48_000, known_by)


NEAR = _microphone(0, "usb:1:2:same", "bus:usb-1", "name:USB", "alsa:1,0")
FAR = _microphone(1, "usb:1:2:same", "bus:usb-2", "name:USB", "alsa:2,0")
BUILT_IN = _microphone(2, "bus:0000:00:1f.3", "name:HDA", "alsa:0,0")


def test_of_two_with_one_serial_number_the_port_is_the_identity() -> None:
    assert identity_of(NEAR, [NEAR, BUILT_IN]) == "usb:1:2:same"
    assert [identity_of(one, [NEAR, FAR, BUILT_IN]) for one in (NEAR, FAR)] == ["bus:usb-1", "bus:usb-2"]


def test_a_microphone_is_found_by_any_of_its_identities() -> None:
    for known in FAR.known_by[1::2]:
        assert find_microphone(known, [NEAR, FAR, BUILT_IN]) is FAR


def test_another_microphone_is_never_taken_instead() -> None:
    with pytest.raises(MicrophoneAbsentError, match="The microphone usb:1:2:same is not there; there is bus:0000"):
        find_microphone("usb:1:2:same", [BUILT_IN])
    with pytest.raises(MicrophoneAbsentError, match="2 microphones are name:USB: name one of bus:usb-1, bus:usb-2"):
        find_microphone("name:USB", [NEAR, FAR, BUILT_IN])
    with pytest.raises(MicrophoneAbsentError, match="there is none"):
        find_microphone("name:USB", [])


def test_on_linux_what_has_but_a_name_is_of_a_sound_server(monkeypatch: pytest.MonkeyPatch) -> None:
    pulse = _microphone(3, "name:pulse")
    monkeypatch.setattr("sys.platform", "linux")
    assert [one.is_hardware for one in (NEAR, pulse)] == [True, False]
    monkeypatch.setattr("sys.platform", "darwin")
    assert pulse.is_hardware
