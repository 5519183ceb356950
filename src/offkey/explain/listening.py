"""Clips to listen to, as the page of a machine shows them: a small picture, players, and why they sound wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.explain.closest import closest_normal
from offkey.explain.embedding import common_gain, picture_uri, short_sound_uri
from offkey.explain.explanation import Explanation
from offkey.explain.machine_page import Player, Thing
from offkey.explain.picture import small_figure
from offkey.model import Model

__all__ = ["thing_of"]

_MOST_S = 20.0  # of a sound, so that a page stays small


def thing_of(model: Model, explanation: Explanation, title: str, score: str) -> Thing:
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
    return Thing(title, score, picture=picture, why=explanation.sentence, players=players)


def _part(explanation: Explanation) -> NDArray[np.float32]:
    samples, times = explanation.samples, explanation.times
    size = round(_MOST_S * explanation.rate)
    middle = float(times.edges[int(np.argmax(times.values))]) - explanation.start_s
    begin = min(max(0, round(middle * explanation.rate) - size // 2), max(0, len(samples) - size))
    return samples[begin : begin + size]
