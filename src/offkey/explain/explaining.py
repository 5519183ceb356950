"""From a model and a clip to an explanation."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey.audio import ArrayRecording
from offkey.decision import describe_p_value
from offkey.errors import AudioError, UsageError
from offkey.explain.bands import band_contributions
from offkey.explain.character import describe
from offkey.explain.explanation import Contributions, Explanation, NearestNormal, Region, TimbreFinding
from offkey.explain.in_time import in_time
from offkey.explain.normal_levels import deviations, own_deviations, with_quantiles
from offkey.explain.notebook import NotebookExplanation
from offkey.explain.occlusion import Occlusion, average, occlude
from offkey.explain.regions import find_regions
from offkey.explain.words import sentence
from offkey.features.frames import frame_sizes
from offkey.features.mel import mel_bands_hz
from offkey.features.timbre import MEASURES, measure_timbre
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.hearing.source import Source
from offkey.model import Model
from offkey.model.held_out import held_out
from offkey.model.reference import Reference, band_count, levels_of
from offkey.model.result import Scored, of_recording

__all__ = ["explain", "explain_stretch"]

Levels = NDArray[np.float32]

_ALIKE = 2  # normal clips that stand in for what is normal, in turn
_LEARNT = (
    "The model learnt from this clip. Its score is cross-validated; what parts add to it comes from the model that "
    "learnt the clip."
)
_REMARKABLE = 3.0  # standard deviations of the normal clips


def explain(model: Model, source: str | PathLike[str] | ArrayRecording, at: float | None = None) -> Explanation:
    """Explain the score of a clip.

    Parameters
    ----------
    model : Model
        A fitted model.
    source : path or ArrayRecording
        The clip.
    at : float, optional
        A moment in seconds: explains the window that contains it, if the recording is cut into windows. By default the
        most anomalous window.

    Returns
    -------
    Explanation
        Notebooks show it; `plot()` returns the picture alone.

    Raises
    ------
    AudioError
        If the clip, or the window, cannot be scored.
    UsageError
        If `at` lies outside the recording.

    Examples
    --------
    >>> from offkey.explain import explain
    >>> region = explain(model, "today.wav").regions[0]
    >>> region.low_hz < 3000 < region.high_hz
    True
    """
    recording: Source = Path(source) if isinstance(source, str | PathLike) else source
    extractor = replace(model.extractor(), digest=model.learnt is not None)
    extracted = extractor.extract(recording)
    result, window = _chosen(model, extracted, at)
    samples = extractor.window(recording, window.start_s or 0.0)
    whole_clip = at is None or len(extracted.windows) == 1  # windows have no cross-validated score
    unlearnt = held_out(model, result, extracted.digest) if whole_clip else result
    explained = _explained(model, unlearnt, window, samples, whole=len(extracted.windows) == 1)
    method = explained.method if unlearnt is result else f"{explained.method} {_LEARNT}"
    return NotebookExplanation(**{**vars(explained), "method": method})


def explain_stretch(model: Model, sound: ArrayRecording, start_s: float) -> Explanation:
    """Explain a window of sound that is at hand, as part of a longer recording.

    `sound`: the window, all channels of its source.
    `start_s`: where it begins in the recording, from which moments are counted, in seconds.
    """
    extractor = model.extractor()
    extracted = extractor.extract(sound)
    result, window = _chosen(model, extracted, None)
    samples = extractor.window(sound, window.start_s or 0.0)
    placed = replace(window, start_s=start_s + (window.start_s or 0.0))
    return _explained(model, result, placed, samples, whole=False)


def _chosen(model: Model, extracted: ClipFeatures, at: float | None) -> tuple[Scored, WindowFeatures]:
    """Return the window to explain."""
    results, windows = model.judge([extracted])[0], extracted.windows
    there = [row for row, window in enumerate(windows) if at is None or window.holds(at)]
    if not there:
        end_s = max(window.end_s or 0.0 for window in windows)
        raise UsageError(f"There is no sound at {at:g} s in {extracted.name}: it ends at {end_s:.1f} s.")
    chosen = of_recording([results[row] for row in there])
    if not isinstance(chosen, Scored):
        raise AudioError(str(chosen.error))
    return chosen, windows[results.index(chosen)]


def _explained(
    model: Model, result: Scored, window: WindowFeatures, samples: NDArray[np.float32], *, whole: bool
) -> Explanation:
    rate, start_s = model.rate, window.start_s or 0.0
    end_s = start_s + len(samples) / rate
    vector = np.asarray(window.vector)
    levels = levels_of(samples, rate)
    edges_hz = mel_bands_hz(rate, band_count(rate))
    frame_s = frame_sizes(rate)[1] / rate
    away = own_deviations(levels) if model.reference is None else deviations(levels, model.reference)
    divided = band_contributions(model, vector)
    occluded = _occlusion(model, samples, levels, only_times=divided is not None)
    times = Contributions(start_s + occluded.time_edges_s, occluded.times, False, "the rise of the score by occlusion")
    bands = divided or Contributions(
        occluded.band_edges_hz, occluded.bands, False, "the rise of the score by occlusion"
    )
    regions = [
        _characterised(region, samples, rate, start_s) for region in find_regions(away, edges_hz, frame_s, bands, times)
    ]
    timbre = _timbre(samples, rate, model.reference)
    moving = in_time(model, vector, samples, start_s)
    anomalous = result.anomalous
    return Explanation(
        file=result.file,
        start_s=start_s,
        end_s=end_s,
        rate=rate,
        score=result.score,
        p_value=result.p_value,
        p_value_words=describe_p_value(result.p_value, len(model.calibration.normal_scores)),
        threshold=model.threshold.value,
        anomalous=anomalous,
        sentence=sentence(regions, timbre, start_s, end_s, anomalous=anomalous, whole=whole, moving=moving),
        method=_method(bands, model.reference),
        samples=samples,
        band_edges_hz=edges_hz,
        frame_s=frame_s,
        levels_db=levels,
        deviations=away,
        bands=bands,
        times=times,
        regions=regions,
        timbre=timbre,
        nearest=_nearest(model.reference, vector, rate),
    )


def _occlusion(model: Model, samples: NDArray[np.float32], levels: Levels, *, only_times: bool) -> Occlusion:
    if model.reference is None:
        steady = np.broadcast_to(np.median(levels, axis=1, keepdims=True), levels.shape)
        return occlude(model, samples, levels, steady, only_times=only_times)
    profiles = [model.reference.profiles[row] for row in model.reference.alike(levels, _ALIKE)]
    return average(
        [occlude(model, samples, levels, with_quantiles(levels, normal), only_times=only_times) for normal in profiles]
    )


def _characterised(region: Region, samples: NDArray[np.float32], rate: int, start_s: float) -> Region:
    if not region.higher:
        return region
    low, high = max(region.spans_s, key=lambda span: span[1] - span[0])
    stretch = samples[round((low - start_s) * rate) : round((high - start_s) * rate)]
    return replace(region, character=describe(stretch, rate, region.low_hz, region.high_hz))


def _timbre(samples: NDArray[np.float32], rate: int, reference: Reference | None) -> list[TimbreFinding]:
    if reference is None:
        return []
    findings = []
    values = zip(MEASURES.items(), measure_timbre(samples, rate), reference.timbre.T, strict=True)
    for (name, measure), value, normal in values:
        mean, spread = float(normal.mean()), max(float(normal.std()), 0.02 * abs(float(normal.mean())), 1e-6)
        deviation = (float(value) - mean) / spread
        beyond = value > normal.max() or value < normal.min()
        word = (measure.more if deviation > 0 else measure.less) if abs(deviation) > _REMARKABLE and beyond else ""
        findings.append(TimbreFinding(name, float(value), mean, spread, deviation, word))
    return findings


def _nearest(reference: Reference | None, vector: NDArray[np.float32], rate: int) -> NearestNormal | None:
    if reference is None:
        return None
    row, distance = reference.nearest(vector)
    samples = reference.sound(row)
    start_s, end_s = reference.spans_s[row].tolist()
    levels = None if samples is None else levels_of(samples, rate)
    among = len(reference.sounds) or len(reference.names)
    return NearestNormal(reference.names[row], start_s, end_s, distance, among, levels, samples)


def _method(bands: Contributions, reference: Reference | None) -> str:
    bars = "how much the score would drop if that part sounded normal (occlusion)."
    how = f"Bands: exact, they add up to {bands.of}. Times: {bars}" if bands.exact else f"Bars: {bars}"
    if reference is None:
        return (
            f"{how} The model file keeps nothing of how its normal clips sound, so deviations are from this clip's own "
            "median, and a steady fault does not show: fit the model again with this version."
        )
    return f"{how} Red and blue: louder and quieter than the most similar normal clips."
