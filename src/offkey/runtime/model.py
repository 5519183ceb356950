"""An exported model: sound in, results out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike, NDArray

from .calibration import Calibration, EventRule
from .engine import Engine, score_of
from .errors import EdgeError, SoundError
from .gate import Samples, check_samples
from .result import Result
from .samples import Channel, full_scale, one_channel
from .stream import Stream
from .wave_file import WaveFile
from .windows import Windows

__all__ = ["Model"]

Sound = str | PathLike[str] | ArrayLike


class Model:
    """An exported model: a graph that gives scores, and the calibration that decides about them.

    Made by `load`.

    Parameters
    ----------
    engine : Engine
        Runs the graph.
    calibration : Calibration
        Decides about scores.
    rate : int
        Sampling rate in Hz.
    window : int
        Samples of a window.
    hop : int
        From the start of a window to the start of the next, in samples, where longer sound is cut.
    channel : int or str, default 0
        Channel of sound with several: its index, ``"mean"``, or ``"0-1"``.
    events : EventRule, optional
        When events of a stream begin and end; by default there are none.

    Examples
    --------
    >>> import offkey_runtime
    >>> model = offkey_runtime.load("pump7-edge")
    >>> model.score("today.wav").anomalous
    True
    """

    def __init__(
        self,
        engine: Engine,
        calibration: Calibration,
        *,
        rate: int,
        window: int,
        hop: int,
        channel: Channel = 0,
        events: EventRule | None = None,
    ) -> None:
        self._engine = engine
        self.calibration = calibration
        self.rate, self.window, self.hop = rate, window, hop
        self.channel = channel
        self.events = events

    @property
    def engine(self) -> str:
        """Name of the engine that runs the graph, ``"numpy"`` or ``"onnxruntime"``."""
        return self._engine.name

    def score(self, sound: Sound, *, rate: int | None = None) -> Result:
        """Score a file or an array; longer sound than a window is as anomalous as its most anomalous window.

        Parameters
        ----------
        sound : path or array_like, shape (n,) or (n, channels)
            A WAV file, or floats with full scale 1 or signed integers of 16 or 32 bits; at the model's rate.
        rate : int, optional
            Sampling rate of an array in Hz; by default it is taken to be the model's.

        Returns
        -------
        Result
            That of its most anomalous window, the first of several.

        Raises
        ------
        SoundError
            If the sound cannot be scored: no WAV file, of another rate, shorter than a window, silent, not finite.
        """
        results = self.score_windows(sound, rate=rate)
        scored = [result for result in results if result.score is not None]
        if not scored:
            raise SoundError(str(results[0].error))
        return max(scored, key=lambda result: -math.inf if result.score is None else result.score)

    def score_windows(self, sound: Sound, *, rate: int | None = None) -> list[Result]:
        """Score a file or an array window by window.

        A window starts each `hop` samples; one more ends with the sound where some is left.

        Parameters
        ----------
        sound, rate
            As of `score`.

        Returns
        -------
        list of Result
            One per window, in order; those that cannot be scored have an `error`.

        Raises
        ------
        SoundError
            If the file cannot be read, or the sound is of another rate or shorter than a window.
        """
        name, windows = _name(sound), Windows(self.window, self.hop)
        results: list[Result] = []
        for block in self._blocks(sound, rate, name):
            samples = one_channel(block, self.channel, name)
            results += [self._judged(start, window, name) for start, window in windows.feed(samples)]
        if windows.end < self.window:
            raise SoundError(
                f"{name} is too short: {1000 * windows.end / self.rate:.0f} ms of sound, a window of this model has "
                f"{1000 * self.window / self.rate:.0f} ms."
            )
        rest = windows.rest()
        return results if rest is None else [*results, self._judged(*rest, name)]

    def stream(self, *, hop_s: float | None = None, events: bool = True) -> Stream:
        """Begin a stream of live sound.

        Parameters
        ----------
        hop_s : float, optional
            Seconds from the start of a window to the start of the next; by default those that the rule of events was
            counted for, or those by which files are cut where there is no rule.
        events : bool, default True
            Whether to find events, where the folder has a rule for them.

        Returns
        -------
        Stream

        Raises
        ------
        EdgeError
            If the hop is out of range, or another than the rule of events was counted for.
        """
        rule = self.events if events else None
        if hop_s is None:
            hop = self.hop if rule is None else round(rule.hop_s * self.rate)
        elif not 1 <= hop_s * self.rate <= 3600 * self.rate:
            raise EdgeError(f"The hop must be between one sample and 3600 seconds. Got {hop_s!r} s instead.")
        else:
            hop = round(hop_s * self.rate)
        if rule is not None and hop != round(rule.hop_s * self.rate):
            raise EdgeError(
                f"Events of this model are for windows every {rule.hop_s:g} s, and not every {hop_s:g} s: leave the "
                "hop out, or stream without events (events=False, or --no-events)."
            )
        return Stream(
            lambda start, window: self._judged(start, window, "The window"),
            Windows(self.window, hop),
            hop=hop,
            length=self.window,
            rate=self.rate,
            channel=self.channel,
            calibration=self.calibration,
            rule=rule,
        )

    def _blocks(self, sound: Sound, rate: int | None, name: str) -> Iterator[NDArray[Any]]:
        """Yield the sound of a file or an array, of all channels, once its rate is known to be right."""
        if isinstance(sound, str | PathLike):
            file = WaveFile(Path(fspath(sound)))
            self._check_rate(file.rate, name, f": convert it by 'ffmpeg -i IN -ar {self.rate} OUT.wav'.")
            yield from file.blocks()
        else:
            self._check_rate(self.rate if rate is None else rate, name, ".")
            yield full_scale(sound, name)

    def _check_rate(self, rate: int, name: str, remedy: str) -> None:
        if rate != self.rate:
            raise SoundError(f"{name} is sampled at {rate} Hz, and the model takes {self.rate} Hz{remedy}")

    def _judged(self, start: int, window: Samples, name: str) -> Result:
        """Return the result of a window from the number of its first sample."""
        start_s, end_s = start / self.rate, (start + self.window) / self.rate
        try:
            check_samples(window, self.rate, name=name)
        except SoundError as error:
            return Result(start_s, end_s, None, None, None, str(error))
        score = score_of(self._engine, window)
        if not math.isfinite(score):
            return Result(start_s, end_s, None, None, None, f"{name} has the score {score}, which decides nothing.")
        return Result(start_s, end_s, score, self.calibration.p_value(score), self.calibration.is_anomalous(score))


def _name(sound: Sound) -> str:
    return fspath(sound) if isinstance(sound, str | PathLike) else "The array"
