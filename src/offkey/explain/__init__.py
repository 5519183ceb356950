"""Why a clip sounds wrong: where it differs from normal, in words and pictures.

>>> from offkey.explain import explain
>>> sentence = explain(model, "today.wav").sentence
"""

from offkey.explain.drawing import draw
from offkey.explain.explaining import explain
from offkey.explain.explanation import Explanation, NearestNormal, Region, TimbreFinding

__all__ = ["Explanation", "NearestNormal", "Region", "TimbreFinding", "draw", "explain"]


def __dir__() -> list[str]:
    return __all__
