"""The list of microphones, with a library in place of PortAudio for the child process."""

from __future__ import annotations

from pathlib import Path

import pytest

LIBRARY = """
import struct
class PortAudioError(Exception): pass
class default: hostapi = 0
def query_devices():
    return [
        dict(name=f"{name} (hw:{card},0)", max_input_channels=2, hostapi=0, default_samplerate=8000.0, index=card)
        for card, name in ((7, "Near"), (8, "Silent"), (9, "Broken"))
    ]
def check_input_settings(**_): pass
class RawInputStream:
    def __init__(self, samplerate, device, channels, **_):
        self.samplerate, self.channels, self.device = samplerate, channels, device
    def __enter__(self):
        if self.device == 9: raise PortAudioError("Device unavailable.")
        return self
    def __exit__(self, *_): pass
    def read(self, frames):
        return struct.pack("f", 0.1 if self.device == 7 else 0.0) * (frames * self.channels), False
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def put(text: str) -> None:
        (tmp_path / "sounddevice.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")

    return put


def test_microphones_are_listed_with_identity_and_level_and_how_to_write_one_down(run, library) -> None:
    library(LIBRARY)
    ran = run("watch", "sources")
    assert ran.status == 0
    assert ran.err == 'In the file of a plant: source = { kind = "soundcard", microphone = "name:Near" }\n'
    assert "-20.0 dB" in ran.out
    rows = run("watch", "sources", "--json").json["microphones"]
    assert [(row["microphone"], row["channels"], row["rate"]) for row in rows] == [
        ("name:Near", 2, 8000),
        ("name:Silent", 2, 8000),
        ("name:Broken", 2, 8000),
    ]
    assert [row["problem"] for row in rows] == [
        None,
        "digital silence: check the microphone and its cable",
        "The sound card has ended: Device unavailable.",
    ]
    assert all(row["hardware"] for row in rows)
    assert rows[0]["known_by"] == ["name:Near", "alsa:7,0"]


def test_what_a_sound_server_gives_is_said_to_change(run, library, tmp_path: Path, model_file: Path) -> None:
    library(LIBRARY.replace(" (hw:{card},0)", "").replace('"Near"', '"pulse"'))
    first, second = run("watch", "sources").err.splitlines()
    assert first == (
        "A sound server gives name:pulse and name:Silent and name:Broken: it may take another microphone instead."
    )
    assert "name:pulse" in second
    plant = tmp_path / "plant.toml"
    text = '[[machine]]\nname = "fan"\nmodel = "{}"\nsource = {{ kind = "soundcard", microphone = "{}" }}\n'
    notes = {
        "name:pulse": "note: name:pulse of fan is given by a sound server, which may take another microphone: name "
        "the hardware.",
        "usb:1:2:3": "note: fan waits for its microphone: The microphone usb:1:2:3 is not there; there is name:pulse, "
        "name:Silent, name:Broken.",
        "hw:1": "offkey: {}, line 4, machine.1.source.microphone: 'hw:1' is no identity of a microphone; 'offkey watch "
        "sources' lists them.",
    }
    for identity, note in notes.items():
        plant.write_text(text.format(model_file, identity))
        assert run("watch", "check", plant).err == note.format(plant) + "\n"


def test_a_computer_without_microphones_or_portaudio_is_said_in_a_sentence(run, library) -> None:
    library(LIBRARY.replace("return [", "return [][:0] and ["))
    assert run("watch", "sources").err == "There is no microphone, or another program holds it.\n"
    library("raise OSError('PortAudio library not found')")
    ran = run("watch", "sources")
    assert (ran.status, ran.err.count("\n"), "apt install libportaudio2" in ran.err) == (1, 1, True)
