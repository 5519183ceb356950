"""A sound card in a child process: a library in place of PortAudio, and PortAudio itself with PulseAudio."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import numpy as np
import pytest

from offkey.errors import OffkeyError
from offkey.watch.acquisition.feed import Feed
from offkey.watch.acquisition.sound_card import SoundCard, level_db, list_microphones
from offkey.watch.acquisition.source import Begin, End, Item, SourceAbsentError, SourceLostError

LIBRARY = """
import os, struct
class PortAudioError(Exception): pass
class default: hostapi = 0
def query_devices():
    card = dict(name="Card (hw:9,0)", max_input_channels=2, hostapi=0, default_samplerate=48000.0, index=5)
    return [card, {**card, "max_input_channels": 0}, {**card, "hostapi": 1}]
def check_input_settings(samplerate, **_):
    if samplerate == 22_050: raise PortAudioError("Invalid sample rate")
class RawInputStream:
    reads = 0
    def __init__(self, samplerate, device, channels, **_):
        assert device == 5
        self.samplerate, self.channels = samplerate, channels
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def read(self, frames):
        RawInputStream.reads += 1
        if self.reads == 4: raise PortAudioError("The card was unplugged.")
        return struct.pack("f", self.reads / 10) * (frames * self.channels), self.reads == 3
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that puts a text in the place of sounddevice, for children."""

    def put(text: str) -> None:
        (tmp_path / "sounddevice.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")

    return put


def _until_lost(source: SoundCard) -> tuple[list[Item], SourceLostError]:
    items: list[Item] = []
    with pytest.raises(SourceLostError) as lost:
        items.extend(source.listen(Event()))
    return items, lost.value


def test_lost_samples_make_a_gap_and_a_card_that_is_unplugged_is_noticed(library) -> None:
    library(LIBRARY)
    items, lost = _until_lost(SoundCard("name:Card", 16_000, 2))
    first, *before, gap, again, after = items
    assert isinstance(first, Begin)
    assert isinstance(again, Begin)
    assert first.rate == again.rate == 16_000
    assert [np.unique(block).tolist() for block in before] == [[np.float32(0.1)], [np.float32(0.2)]]
    assert isinstance(after, np.ndarray)
    assert after.shape == (1600, 2)
    assert gap == End("samples were lost, since the computer was too busy to take them")
    assert str(lost) == "The sound card has ended: The card was unplugged."
    assert not isinstance(lost, SourceAbsentError)


def test_a_card_without_the_rate_gives_its_own(library) -> None:
    library(LIBRARY)
    items, _ = _until_lost(SoundCard("alsa:9,0", 22_050, 1))
    assert isinstance(items[0], Begin)
    assert items[0].rate == 48_000


def test_never_another_microphone_instead_it_is_waited_for(library) -> None:
    library(LIBRARY)
    _, lost = _until_lost(SoundCard("usb:0d8c:0014:A1", 16_000, 1))
    assert isinstance(lost, SourceAbsentError)
    assert str(lost) == "The microphone usb:0d8c:0014:A1 is not there; there is name:Card."
    feed = Feed(SoundCard("usb:0d8c:0014:A1", 16_000, 1), arrived := Event())
    feed.start()
    assert arrived.wait(20)
    assert feed.state() == ("waiting", str(lost))
    feed.stop()


def test_a_microphone_has_too_few_channels(library) -> None:
    library(LIBRARY)
    _, lost = _until_lost(SoundCard("name:Card", 16_000, 4))
    assert str(lost) == "The sound card has ended: Card (hw:9,0) has 2 channels, and 4 are wanted."


def test_a_card_that_hangs_is_killed(library) -> None:
    library(LIBRARY.replace('raise PortAudioError("The card', 'import time; time.sleep(60)  # ("The card'))
    _, lost = _until_lost(SoundCard("name:Card", 16_000, 1, silent_s=1.0))
    assert str(lost) == "No sound came for 1 s."


def test_microphones_are_listed_with_a_level(library) -> None:
    library(LIBRARY)
    (microphone,) = list_microphones()
    assert (microphone.index, microphone.channels, microphone.rate) == (5, 2, 48_000)
    assert microphone.known_by == ("name:Card", "alsa:9,0")
    assert level_db("name:Card", 16_000, 1, seconds=0.1) == pytest.approx(-20, abs=0.01)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "raise OSError('PortAudio library not found')",
            "Listening to a sound card needs the library PortAudio, which is not installed: "
            "on Debian and Ubuntu 'apt install libportaudio2' brings it.",
        ),
        (
            "raise ModuleNotFoundError('sounddevice')",
            "Listening to a sound card needs sounddevice, which is not installed: pip install 'offkey[watch]' "
            "brings it.",
        ),
    ],
)
def test_without_portaudio_one_sentence_says_what_to_install(library, text: str, sentence: str) -> None:
    library(text)
    with pytest.raises(OffkeyError) as error:
        list_microphones()
    assert str(error.value) == sentence
    assert str(_until_lost(SoundCard("name:Card", 16_000, 1))[1]) == f"The sound card has ended: {sentence}"
