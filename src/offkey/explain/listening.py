"""Clips to listen to, as the page of a machine shows them: a small picture, players, and why they sound wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey.audio import ArrayRecording
from offkey.explain.closest import closest_normal
from offkey.explain.data_uris import common_gain, picture_uri, short_sound_uri
from offkey.explain.explaining import explain
from offkey.explain.explanation import Explanation
from offkey.explain.machine_page import ClipCard, Player
from offkey.explain.picture import small_figure
from offkey.model import Model

__all__ = ["card_of", "explain_window"]

_MOST_S = 20.0  # of a sound, so that a page stays small


def card_of(model: Model, explanation: Explanation, title: str, score: str) -> ClipCard:
    """Return a clip to listen to, beside the normal clip that is most alike where one is at hand.

    Of a long clip 20 s are heard, about the moment that adds most to its score.
    """
    rate, normal = explanation.rate, closest_normal(model, explanation)
    sounds = {"This clip": _part(explanation)}
    if normal is not None:
        sounds["Normal"] = normal[1][: round(_MOST_S * rate)]
    gain, _ = common_gain(list(sounds.values()))
    players = [Player(name, short_sound_uri(samples, rate, gain)) for name, samples in sounds.items()]
    picture = picture_uri(small_figure(explanation), dpi=100)
    return ClipCard(title, score, picture=picture, why=explanation.sentence, players=players)


def explain_window(model: Model, path: Path, start_s: float | None) -> Explanation:
    """Return the explanation of a clip, or of the window of a long recording that begins at a moment.

    Moments of a window count from its own begin, as those of the player beside it. Errors as of `explain`.

    `start_s`: where the window begins in seconds; None for a clip that is one window.
    """
    if start_s is None:
        return explain(model, path)
    extractor = model.extractor()
    if model.config.channel not in (0, "mean"):  # of one channel others cannot be taken again
        return explain(model, path, start_s + extractor.windowing.window_s / 2)
    return explain(model, ArrayRecording(extractor.window(path, start_s), model.rate))


def _part(explanation: Explanation) -> NDArray[np.float32]:
    samples, times = explanation.samples, explanation.times
    size = round(_MOST_S * explanation.rate)
    middle = float(times.edges[int(np.argmax(times.values))]) - explanation.start_s
    begin = min(max(0, round(middle * explanation.rate) - size // 2), max(0, len(samples) - size))
    return samples[begin : begin + size]
