"""Regions where a clip departs from normal: rectangles in time and frequency that hold most of the evidence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.explain.explanation import Contributions, Region

__all__ = ["find_regions"]

Floats = NDArray[np.float64]

_MOST = 3
_LEAST_SHARE = 0.15  # of the evidence, below which a further region is not worth a word
_CUT = 0.3  # of the highest, above which a band or a moment belongs to a region
_BAND_GAP, _TIME_GAP_S = 4, 0.35  # smaller gaps are closed
_MOMENT = 5  # frames, 0.19 s, that evidence is averaged over
_NOTHING = 1.0  # standard deviations that are no deviation


def find_regions(
    deviations: NDArray[np.float32],
    band_edges_hz: Floats,
    frame_s: float,
    bands: Contributions,
    times: Contributions,
) -> list[Region]:
    """Find at most three regions, without `character`; none where nothing deviates or nothing adds to the score.

    The evidence of a band and a moment is its deviation beyond one standard deviation, times what its band and its time
    add to the score. A region is the run of bands that together hold most of it, and in these the runs of time; the
    next one is found in the rest. `band_edges_hz` has shape (n_bands, 2), `frame_s` is from one frame to the next.
    """
    from scipy.ndimage import uniform_filter1d

    centres_hz: Floats = band_edges_hz.mean(axis=1)
    start_s = float(times.edges[0])
    moments_s = start_s + np.arange(1.0, deviations.shape[1] + 1) * frame_s  # the middle of a frame of two hops
    strength: Floats = np.maximum(np.abs(deviations.astype(np.float64)) - _NOTHING, 0)
    evidence = strength * np.outer(_weights(bands, centres_hz), _weights(times, moments_s))
    total = float(evidence.sum())
    regions: list[Region] = []
    while len(regions) < _MOST and evidence.any():
        rows = _heaviest_run(evidence.sum(axis=1), _BAND_GAP)
        columns = uniform_filter1d(evidence[rows].sum(axis=0), _MOMENT, mode="nearest")
        share = float(columns.sum()) / total
        if regions and share < _LEAST_SHARE:
            break
        runs = _runs(columns > _CUT * columns.max(), max(1, round(_TIME_GAP_S / frame_s)))
        inside = deviations[rows][:, np.concatenate([np.arange(run.start, run.stop) for run in runs])]
        regions.append(
            Region(
                low_hz=float(band_edges_hz[rows.start, 0]),
                high_hz=float(band_edges_hz[rows.stop - 1, 1]),
                spans_s=[_span(run, frame_s, deviations.shape[1], start_s, float(times.edges[-1])) for run in runs],
                higher=bool(inside.sum() > 0),
                deviation=_peak(inside),
                share=share,
            )
        )
        evidence[rows] = 0
    return regions


def _weights(contributions: Contributions, places: Floats) -> Floats:
    """Return what the part at each place adds to the score: 1 for that which adds most, 0 for one that adds nothing."""
    values = np.maximum(contributions.values, 0)
    part = np.clip(np.searchsorted(contributions.edges, places, side="right") - 1, 0, len(values) - 1)
    weights: Floats = values[part] / values.max() if values.max() > 0 else np.zeros(len(places))
    return weights


def _heaviest_run(weights: Floats, gap: int) -> slice:
    runs = _runs(weights > _CUT * weights.max(), gap)
    return max(runs, key=lambda run: float(weights[run].sum()))


def _runs(marked: NDArray[np.bool_], gap: int) -> list[slice]:
    """Return the runs of marked elements; runs closer than `gap` are joined."""
    places = np.flatnonzero(marked)
    breaks = np.flatnonzero(np.diff(places) > gap) + 1
    return [slice(int(run[0]), int(run[-1]) + 1) for run in np.split(places, breaks)]


def _span(run: slice, frame_s: float, n_frames: int, start_s: float, end_s: float) -> tuple[float, float]:
    """Return a run of frames in seconds of the recording; the first and the last frame reach to its ends."""
    low = start_s if run.start == 0 else start_s + (run.start + 0.5) * frame_s
    high = end_s if run.stop == n_frames else start_s + (run.stop + 0.5) * frame_s
    return low, high


def _peak(inside: NDArray[np.float32]) -> float:
    """Return the mean of the tenth that deviates most."""
    sizes = np.sort(np.abs(inside), axis=None)
    return float(sizes[-max(1, len(sizes) // 10) :].mean())
