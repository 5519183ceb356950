"""offkey hears when a machine sounds wrong.

The names that ``dir`` shows here and in `offkey.detectors`, `offkey.features`, `offkey.evaluation`, `offkey.datasets`,
`offkey.explain` and `offkey.export` are public.

>>> import offkey
>>> model = offkey.fit("recordings/normal")
>>> result = model.score("today.wav")
>>> score, p_value, anomalous = result.score, result.p_value, result.anomalous
"""

from __future__ import annotations

from offkey._version import __version__

TYPE_CHECKING = False  # type checkers see through it; typing itself would be most of the time that importing takes
if TYPE_CHECKING:
    from offkey import datasets, detectors, evaluation, explain, features
    from offkey.errors import (
        AudioError,
        DataError,
        MissingExtraError,
        ModelFileError,
        NotFittedError,
        OffkeyError,
        ParameterError,
        UsageError,
    )
    from offkey.experiments.comparison import Comparison, compare
    from offkey.model import Failed, Model, Result, Results, Scored, extract, fit, load

__all__ = [
    "AudioError",
    "Comparison",
    "DataError",
    "Failed",
    "MissingExtraError",
    "Model",
    "ModelFileError",
    "NotFittedError",
    "OffkeyError",
    "ParameterError",
    "Result",
    "Results",
    "Scored",
    "UsageError",
    "__version__",
    "compare",
    "datasets",
    "detectors",
    "evaluation",
    "explain",
    "extract",
    "features",
    "fit",
    "load",
]


if not TYPE_CHECKING:  # to a type checker, a name that is not imported above is a mistake

    def __getattr__(name: str) -> object:  # importing offkey stays quick; what is asked for is loaded then
        if name not in __all__:
            raise AttributeError(f"module 'offkey' has no attribute {name!r}")
        from importlib import import_module

        if name.endswith("Error"):
            return getattr(import_module("offkey.errors"), name)
        if name in ("datasets", "detectors", "evaluation", "explain", "features"):
            return import_module(f"offkey.{name}")
        home = "experiments.comparison" if name in ("Comparison", "compare") else "model"
        return getattr(import_module(f"offkey.{home}"), name)


def __dir__() -> list[str]:
    return __all__
