"""offkey hears when a machine sounds wrong.

>>> import offkey
>>> model = offkey.fit("recordings/normal")
>>> result = model.score("today.wav")
>>> score, p_value, anomalous = result.score, result.p_value, result.anomalous
"""

from __future__ import annotations

from offkey._version import __version__

TYPE_CHECKING = False  # type checkers see through it; typing itself would be most of the time that importing takes
if TYPE_CHECKING:
    from typing import Any

    from offkey.model import Model, Result, extract, fit, load

__all__ = ["Model", "Result", "__version__", "extract", "fit", "load"]


def __getattr__(name: str) -> Any:  # importing offkey stays quick; what is asked for is loaded then
    if name in __all__:
        import offkey.model

        return getattr(offkey.model, name)
    raise AttributeError(f"module 'offkey' has no attribute {name!r}")
