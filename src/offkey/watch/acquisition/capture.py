"""A child process that listens to a sound card: ``python -m offkey.watch.acquisition.capture list|record ...``.

PortAudio says nothing when a card is unplugged, and finds a new one only when it is started again, so that a process
of its own, which can be killed, holds it. ``list`` writes the microphones as JSON, one per line. ``record IDENTITY
RATE CHANNELS`` writes messages to standard output, each with a head of five bytes (`HEAD`): its kind and a number.

- ``R``: the number is the sampling rate in Hz; before all sound.
- ``S``: as many bytes of samples follow, floats of 32 bits in the order of the computer, channels interleaved.
- ``O``: an overflow: samples between those before and those after it were lost.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from offkey.errors import MissingExtraError, OffkeyError, require
from offkey.watch.acquisition.microphones import Microphone, MicrophoneAbsentError, find_microphone, identities

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["ABSENT", "HEAD", "UNABLE", "main", "record"]

HEAD = struct.Struct("=cI")
UNABLE, ABSENT = 2, 3
"""Exit status where no sound card can be used at all, and where the one that is wanted is not there."""

_BLOCKS_A_SECOND = 10


def main(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit status."""
    try:
        library = _library()
        microphones = _microphones(library)
        if arguments[0] == "list":
            for microphone in microphones:
                print(json.dumps(asdict(microphone)))  # noqa: T201 - the answer
            return 0
        identity, rate, channels = arguments[1:]
        microphone = find_microphone(identity, microphones)
        with _open(library, microphone, int(rate), int(channels)) as stream:
            record(stream, _write)
    except MicrophoneAbsentError as error:
        return _fail(ABSENT, str(error))
    except OffkeyError as error:
        return _fail(UNABLE, str(error))
    except BrokenPipeError:
        return 0
    except Exception as error:  # whatever PortAudio says
        return _fail(1, str(error) or type(error).__name__)
    return 0


def record(stream: Any, write: Callable[[bytes], object]) -> None:
    """Write what an open stream of sounddevice gives as messages, for ever.

    `stream`: has `samplerate`, and `read(frames)`, which returns samples and whether some before them were lost.
    """
    rate = round(stream.samplerate)
    write(HEAD.pack(b"R", rate))
    while True:
        samples, overflowed = stream.read(rate // _BLOCKS_A_SECOND)
        if overflowed:
            write(HEAD.pack(b"O", 0))
        write(HEAD.pack(b"S", len(samples)) + bytes(samples))


def _library() -> ModuleType:
    """Import sounddevice, which loads PortAudio."""
    try:
        return require("sounddevice", "watch", "Listening to a sound card")
    except MissingExtraError:
        raise
    except OSError as error:
        raise OffkeyError(
            "Listening to a sound card needs the library PortAudio, which is not installed: "
            "on Debian and Ubuntu 'apt install libportaudio2' brings it."
        ) from error


def _microphones(library: ModuleType) -> list[Microphone]:
    """Return the inputs of the default way to sound of this computer; others would list the same cards again."""
    way = library.default.hostapi
    devices = [one for one in library.query_devices() if one["max_input_channels"] > 0 and one["hostapi"] == way]
    return [
        Microphone(
            one["index"],
            one["name"],
            one["max_input_channels"],
            round(one["default_samplerate"]),
            identities(one["name"]),
        )
        for one in devices
    ]


def _open(library: ModuleType, microphone: Microphone, rate: int, channels: int) -> Any:
    """Open a microphone at a rate in Hz, or at its own where it has but that."""
    if channels > microphone.channels:
        raise OffkeyError(f"{microphone.name} has {microphone.channels} channels, and {channels} are wanted.")
    chosen = {"device": microphone.index, "channels": channels, "dtype": "float32"}
    try:
        library.check_input_settings(samplerate=rate, **chosen)
    except library.PortAudioError:
        rate = microphone.rate
    return library.RawInputStream(samplerate=rate, latency="high", **chosen)


def _write(message: bytes) -> None:
    """Write to standard output, of which nothing is held back."""
    left = memoryview(message)
    while left:
        left = left[os.write(sys.stdout.fileno(), left) :]


def _fail(status: int, reason: str) -> int:
    print(" ".join(reason.split()), file=sys.stderr)  # noqa: T201 - one line, which the parent reads
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
