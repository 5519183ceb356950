"""Sound from the network, by a child process of ffmpeg: cameras, streams, multicast."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from urllib.parse import urlsplit

from offkey.watch.acquisition.child import Child
from offkey.watch.acquisition.pcm import pipe_samples
from offkey.watch.acquisition.source import Begin, Item, SourceLostError
from offkey.watch.clock import REAL, Clock

__all__ = ["Ffmpeg"]


class Ffmpeg:
    """The sound behind an address that ffmpeg opens: ``rtsp://``, ``http://``, ``udp://`` and others.

    `url`: the address; a user and a password in it stand in no message.
    `rate`: sampling rate in Hz that ffmpeg converts to.
    `channels`: number of channels that it converts to.
    `input_format`: what the address leads to, where it does not tell: ``"alsa"`` or ``"pulse"`` for a microphone of
        this computer, whose address is its name.
    `program`: name or path of ffmpeg.
    `silent_s`: seconds without a byte after which the child is ended and started again.
    """

    waits = False

    def __init__(
        self,
        url: str,
        rate: int,
        channels: int,
        *,
        input_format: str | None = None,
        program: str = "ffmpeg",
        silent_s: float = 30.0,
    ) -> None:
        self._url, self._rate, self._channels, self._program = url, rate, channels, program
        self._input_format = input_format
        self.stalled_after_s = silent_s

    def listen(self, stopping: Event, clock: Clock = REAL) -> Iterator[Item]:
        """Yield one stretch, from the start of the child to its end; see `Source`."""
        with Child(self._command()) as child:
            is_begun = False
            for block in pipe_samples(
                child.descriptor, self._channels, stopping, silent_s=self.stalled_after_s, clock=clock
            ):
                if not is_begun:
                    yield Begin(self._rate, clock.utc() - len(block) / self._rate)
                    is_begun = True
                yield block
            if not stopping.is_set():
                raise SourceLostError(f"ffmpeg has ended: {self._without_secrets(child.complaint())}.")

    def _command(self) -> list[str]:
        scheme = urlsplit(self._url).scheme
        over_tcp = ["-rtsp_transport", "tcp"] if scheme == "rtsp" else []  # lost packets of UDP would be gaps unseen
        opened_as = [] if self._input_format is None else ["-f", self._input_format]
        sound = ["-vn", "-f", "s16le", "-ac", str(self._channels), "-ar", str(self._rate), "pipe:1"]
        return [self._program, "-nostdin", "-loglevel", "error", *over_tcp, *opened_as, "-i", self._url, *sound]

    def _without_secrets(self, text: str) -> str:
        """Return what ffmpeg said without the part of the address that holds user and password."""
        secret, at, _ = urlsplit(self._url).netloc.rpartition("@")
        return text.replace(secret + at, "") if at else text
