"""A microphone of this computer, held by a child process of its own."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from threading import Event

import numpy as np

from offkey.audio.channel import Samples
from offkey.errors import OffkeyError
from offkey.watch.acquisition.capture import ABSENT, HEAD
from offkey.watch.acquisition.child import Child
from offkey.watch.acquisition.microphones import Microphone
from offkey.watch.acquisition.pcm import pipe_bytes
from offkey.watch.acquisition.source import Begin, End, Item, SourceAbsentError, SourceLostError
from offkey.watch.clock import REAL, Clock

__all__ = ["SoundCard", "level_db", "list_microphones"]

_CHILD = (sys.executable, "-m", "offkey.watch.acquisition.capture")
_LIST_S = 30.0  # in which a list of microphones must have come


class SoundCard:
    """A microphone of a sound card, by PortAudio in a child process, which is killed and started again when it fails.

    `microphone`: one of its identities, see `offkey.watch.acquisition.microphones`. Another one is never taken instead:
        where it is not there, it is waited for.
    `rate`: sampling rate in Hz that is asked for; a card that has not got it gives its own.
    `channels`: number of channels, from the first on.
    `silent_s`: seconds without a sample after which the child is ended and started again.
    """

    waits = False

    def __init__(self, microphone: str, rate: int, channels: int, *, silent_s: float = 30.0) -> None:
        self._microphone, self._rate, self._channels = microphone, rate, channels
        self.stalled_after_s = silent_s

    def listen(self, stopping: Event, clock: Clock = REAL) -> Iterator[Item]:
        """Yield a stretch, and a further one after each gap; see `Source`."""
        command = [*_CHILD, "record", self._microphone, str(self._rate), str(self._channels)]
        with Child(command) as child:
            is_begun, rate = False, self._rate
            for kind, number, data in _messages(child.descriptor, stopping, self.stalled_after_s, clock):
                if kind == b"R":
                    rate = number
                elif kind == b"O":
                    if is_begun:
                        yield End("samples were lost, since the computer was too busy to take them")
                    is_begun = False
                else:
                    block: Samples = np.frombuffer(data, np.float32).reshape(-1, self._channels)
                    if not is_begun:
                        yield Begin(rate, clock.utc() - len(block) / rate)
                        is_begun = True
                    yield block
            if not stopping.is_set():
                raise _lost(child)


def list_microphones() -> list[Microphone]:
    """Return the microphones that are there now.

    Raises
    ------
    OffkeyError
        If no sound card can be used; with what is missing.
    """
    with Child([*_CHILD, "list"]) as child:
        text = b"".join(pipe_bytes(child.descriptor, Event(), silent_s=_LIST_S))
        if child.status() != 0:
            raise OffkeyError(child.last_line())
    rows = [json.loads(line) for line in text.splitlines()]
    return [Microphone(**{**row, "known_by": tuple(row["known_by"])}) for row in rows]


def level_db(microphone: str, rate: int, channels: int, *, seconds: float = 1.0, patience_s: float = 5.0) -> float:
    """Listen to a microphone for a moment, and return the level of its loudest channel.

    Parameters
    ----------
    microphone : str
        One of its identities.
    rate : int
        Sampling rate in Hz.
    channels : int
        Number of channels that are listened to.
    seconds : float, default 1.0
        Length of the sound.
    patience_s : float, default 5.0
        Seconds without a sample after which it counts as one that gives no sound.

    Returns
    -------
    float
        Root mean square in dB of full scale; -inf of digital silence.

    Raises
    ------
    SourceLostError
        If it gives no sound; with the reason.
    """
    stopping, power, count, wanted = Event(), np.zeros(channels), 0, round(seconds * rate)
    for item in SoundCard(microphone, rate, channels, silent_s=patience_s).listen(stopping):
        if isinstance(item, np.ndarray):
            sound = item[: wanted - count]
            power += np.square(sound, dtype=np.float64).sum(axis=0)
            count += len(sound)
        if count >= wanted:
            stopping.set()
    loudest = float(power.max()) / max(count, 1)
    return 10 * math.log10(loudest) if loudest else -math.inf


def _messages(descriptor: int, stopping: Event, silent_s: float, clock: Clock) -> Iterator[tuple[bytes, int, bytes]]:
    """Yield kind, number and bytes of each message of `capture` that is whole."""
    held = b""
    for read in pipe_bytes(descriptor, stopping, silent_s=silent_s, clock=clock):
        held += read
        while len(held) >= HEAD.size:
            kind, number = HEAD.unpack_from(held)
            end = HEAD.size + (number if kind == b"S" else 0)
            if len(held) < end:
                break
            yield kind, number, held[HEAD.size : end]
            held = held[end:]


def _lost(child: Child) -> SourceLostError:
    """Say why a child that records has ended."""
    status = child.status()
    if status == ABSENT:
        return SourceAbsentError(child.last_line())
    return SourceLostError(f"The sound card has ended: {child.last_line()}")
