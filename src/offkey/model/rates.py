"""The sampling rate at which a model hears."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from offkey.errors import AudioError
from offkey.model.extraction import Source, open_recording, source_name

__all__ = ["HIGHEST_RATE", "common_rate"]

HIGHEST_RATE = 48_000
"""Rate in Hz above which training clips are converted down unless a rate is asked for."""

_AT_A_TIME = 1024  # headers that are waited for at once, so that memory does not grow with the number of clips


def common_rate(sources: Sequence[Source], asked: int | None, jobs: int) -> tuple[int, list[str]]:
    """Return the rate of a model: what is asked for, else the lowest of its clips, at most `HIGHEST_RATE`.

    Parameters
    ----------
    sources : sequence of Source
        The training clips; only their headers are read.
    asked : int or None
        Rate in Hz that the user asks for.
    jobs : int
        Number of threads.

    Returns
    -------
    rate : int
        In Hz.
    notes : list of str
        A sentence if a minority of the clips holds the rate down.
    """
    if asked is not None:
        return asked, []
    rates: list[int | None] = []
    with ThreadPoolExecutor(jobs) as pool:
        for first in range(0, len(sources), _AT_A_TIME):
            rates += pool.map(_rate, sources[first : first + _AT_A_TIME])
    known = [rate for rate in rates if rate is not None]
    if not known:
        return HIGHEST_RATE, []  # every clip has an error, and each will be named
    lowest, usual = min(known), max(set(known), key=known.count)
    if lowest == usual:
        return lowest, []
    name = source_name(sources[rates.index(lowest)])
    note = (
        f"The model hears at {lowest} Hz because of {known.count(lowest)} of {len(known)} clips, such as {name}; "
        f"most have {usual} Hz or more: leave the low ones out, or fit with --rate {usual}."
    )
    return lowest, [note] if lowest < usual else []


def _rate(source: Source) -> int | None:
    """Return the rate in Hz that a clip can serve, None if it cannot be read."""
    try:
        return min(open_recording(source).rate, HIGHEST_RATE)
    except AudioError:
        return None
