"""The sampling rate to which a model converts sound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from offkey.errors import AudioError
from offkey.hearing.source import Source, open_recording, source_name
from offkey.work.thread_pool import Threads

__all__ = ["HIGHEST_RATE", "LEAST_RATE", "common_rate", "lowest_rate"]

LEAST_RATE = 1_000
"""Rate in Hz below which no clip has a say in that of a model, unless most are those of a slow sensor."""

HIGHEST_RATE = 48_000
"""Rate in Hz above which training clips are converted down unless a rate is asked for."""

_OF_RECORDERS = frozenset(
    {8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000}
)
_FEW = 0.2  # share of the clips, up to which their rates are errors of headers rather than a choice
_FAR = 4  # times lower than most clips: from there on a rate of recorders, too, is taken for an error if few have it


def common_rate(sources: Sequence[Source], asked: int | None, jobs: int | None = None) -> tuple[int, list[str]]:
    """Return the rate of a model: what is asked for, else the lowest of its clips, at most `HIGHEST_RATE`.

    A damaged header may tell any rate, and one clip shall not decide what a model hears. Rates below `LEAST_RATE` have
    no say where most clips have higher ones; nor have those of a fifth of the clips or fewer, where at least half of
    them share one rate and these lie below it at a rate that no recorder has, or at less than a quarter of it. Clips
    below the rate that is returned get an error when they are heard.

    `sources`: the training clips; only their headers are read.
    `asked`: rate in Hz that the user asks for.
    `jobs`: number of threads; by default one per processor.
    Returns `rate`: in Hz.
    Returns `notes`: a sentence if a minority of the clips holds the rate down, or has no say.
    """
    if asked is not None:
        return asked, []
    rates = list(Threads(jobs).read(_rate, sources))
    known = [rate for rate in rates if rate is not None]
    if not known:
        return HIGHEST_RATE, []  # every clip has an error, and each will be named
    counts = Counter(known)
    usual, odd = _errors(counts)
    lowest = lowest_rate(known)

    def those(of: Collection[int]) -> str:
        number, first = sum(counts[rate] for rate in of), source_name(sources[rates.index(min(of))])
        return f"{number} of {len(known)} clips, such as {first} with {min(of)} Hz"

    notes = []
    if odd:
        notes.append(
            f"The rates of {those(odd)}, are taken for errors of their headers, and these clips are left out; most "
            f"clips have {usual} Hz. If the rates are true, read all at the lowest of them with --rate."
        )
    if lowest < usual:
        notes.append(
            f"The model reads at {lowest} Hz because of {those({lowest})}; most have {usual} Hz or more: leave the low "
            f"ones out, or fit with --rate {usual}."
        )
    return lowest, notes


def lowest_rate(rates: Iterable[int]) -> int:
    """Return the lowest of the rates of clips, in Hz, without those that are errors of headers; see `common_rate`."""
    counts = Counter(rates)
    return min(counts.keys() - _errors(counts)[1])


def _errors(counts: Counter[int]) -> tuple[int, set[int]]:
    """Return the rate that most clips have, and those that are taken for errors of headers; see `common_rate`."""
    total, usual = sum(counts.values()), max(counts, key=lambda rate: (counts[rate], rate))
    odd = {rate for rate in counts if rate < usual and (rate not in _OF_RECORDERS or _FAR * rate < usual)}
    few = sum(counts[rate] for rate in odd) <= _FEW * total and 2 * counts[usual] >= total
    return usual, (odd if few else set()) | {rate for rate in counts if rate < LEAST_RATE <= usual}


def _rate(source: Source) -> int | None:
    """Return the rate in Hz that a clip can serve, None if it cannot be read."""
    try:
        return min(open_recording(source).rate, HIGHEST_RATE)
    except AudioError:
        return None
