"""The explanation of an event: why its most anomalous window sounds wrong, as rows and pages have it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from offkey.audio import ArrayRecording
from offkey.explain.explaining import explain_stretch
from offkey.explain.explanation import Contributions, Explanation
from offkey.model import Model
from offkey.watch.evidence.ring import Cut

__all__ = ["explain_window"]


def explain_window(model: Model, name: str, window: Cut, clip: Cut | None) -> tuple[str, dict[str, Any]]:
    """Explain the most anomalous window of an event; moments are counted from the begin of its clip.

    Returns: a sentence, and as JSON values `window` (`began` and `ended` in seconds since 1970 UTC), `score`,
    `p_value`, `p_value_words`, `threshold`, `method`, `regions`, `bands` and `times` (contributions), `timbre`, and
    `normal`, the nearest normal clip of the model (`name`, `start_s`, `end_s`, `distance`; `sha256` of the samples that
    the model keeps of it, None where it keeps none).
    """
    began = window.began if clip is None else clip.began
    sound = ArrayRecording(window.samples, window.rate, name)
    explained = explain_stretch(model, sound, max(0.0, window.began - began))
    details = {
        "window": {"began": window.began, "ended": window.ended},
        "score": explained.score,
        "p_value": explained.p_value,
        "p_value_words": explained.p_value_words,
        "threshold": explained.threshold,
        "method": explained.method,
        "regions": [asdict(region) for region in explained.regions],
        "bands": _contributions(explained.bands),
        "times": _contributions(explained.times),
        "timbre": [asdict(finding) for finding in explained.timbre],
        "normal": _normal(explained),
    }
    return explained.sentence, details


def _contributions(found: Contributions) -> dict[str, Any]:
    return {
        "edges": found.edges.round(3).tolist(),
        "values": found.values.round(6).tolist(),
        "exact": found.exact,
        "of": found.of,
    }


def _normal(explained: Explanation) -> dict[str, Any] | None:
    nearest = explained.nearest
    if nearest is None:
        return None
    kept = nearest.samples
    return {
        "name": nearest.name,
        "start_s": nearest.start_s,
        "end_s": nearest.end_s,
        "distance": nearest.distance,
        "sha256": None if kept is None else ArrayRecording(kept, explained.rate).digest(),
    }
