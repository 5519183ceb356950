"""Reasons of a silent recording: another channel is live, or the channels cancel each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from offkey.audio.channel import Channel, Samples, channels_of, is_pair
from offkey.audio.gate import SilenceError, check_samples
from offkey.audio.recording import Recording
from offkey.errors import AudioError
from offkey.hearing.windows import Window

__all__ = ["check_window"]

_QUIET = 1e-2  # peak of a mean below which it may be what is left of channels that cancel each other
_EQUAL = "are equal, their difference is silence"
_LEFT = 1e-2  # of the peak of the channels: what a mean keeps of opposite phases whose gains differ by hardly 0.2 dB


def check_window(
    window: Window, rate: int, channel: Channel, *, recording: Callable[[], Recording] | None, name: str, at_least: int
) -> None:
    """Check a window, as `check_samples` does, and say where its silence comes from.

    `rate`: its sampling rate in Hz.
    `recording`: opens the recording; called only where the window is silent. None for a stream, which cannot be opened
        again.
    `at_least`: the fewest samples that can be analysed.
    """
    try:
        check_samples(window.samples, rate, name=name, at_least=at_least)
    except SilenceError as error:
        reason = None if recording is None else _reason(recording(), channel, window)
        raise SilenceError(f"{name}{reason}" if reason else str(error)) from error
    if recording is not None and channel == "mean" and (peak := float(np.abs(window.samples).max())) < _QUIET:
        low, high = _ranges(recording(), window)
        if len(low) > 1 and peak < _LEFT * float((high - low).max()) / 2:
            raise SilenceError(f"{name}{_cancelled(len(low), 0)}")


def _reason(recording: Recording, channel: Channel, window: Window) -> str | None:
    """Say, after the name, why a recording with sound in its channels is silent; None if they have none."""
    try:
        low, high = _ranges(recording, window)
    except AudioError:
        return None
    live = [int(index) for index in np.flatnonzero(high > low)]
    if not live:
        return None
    if channel == "mean":
        return _cancelled(len(low), live[0])
    chosen = channels_of(channel)
    if set(chosen) <= set(live):
        if len(chosen) == 1:
            return None  # what it holds lies at its ends alone, which the gate does not count
        alike = "hold the same sound, nothing is left of it" if is_pair(channel) else _EQUAL
        return f": channels {chosen[0]} and {chosen[-1]} {alike}: {_remedy(live[0])}"
    dead = [str(index) for index in chosen if index not in live]
    told = f": channel {' and '.join(dead)} of {len(low)} is silent"
    others = f"channel {live[0]} is not" if len(live) == 1 else f"{len(live)} others are not"
    return f"{told}, {others}: {_remedy(live[0])}"


def _cancelled(channels: int, live: int) -> str:
    return f": its {channels} channels cancel each other in the mean; choose one: {_remedy(live)}"


def _remedy(channel: int) -> str:
    return f"fit with --channel {channel}, and score with that model."


def _ranges(recording: Recording, window: Window) -> tuple[Samples, Samples]:
    """Return the least and the greatest sample of each channel in a window."""
    low = high = np.empty(0, np.float32)
    for block in recording.every_channel(window.start_s, window.end_s):
        if len(block):
            least, greatest = block.min(axis=0), block.max(axis=0)
            low, high = (np.minimum(low, least), np.maximum(high, greatest)) if len(low) else (least, greatest)
    return low, high
