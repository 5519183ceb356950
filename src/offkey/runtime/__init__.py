"""All that a model needs where it runs: numpy and the standard library; also the distribution ``offkey-runtime``.

Imports within this room are relative, since the distribution holds the same files under its own name.

>>> import offkey_runtime
>>> model = offkey_runtime.load("pump7-edge")
>>> result = model.score("today.wav")
>>> score, p_value, anomalous = result.score, result.p_value, result.anomalous
"""

from __future__ import annotations

from ._version import __version__

TYPE_CHECKING = False  # type checkers see through it; typing itself would be most of the time that importing takes
if TYPE_CHECKING:
    from .errors import EdgeError, FolderError, GraphError, OffkeyError, SoundError
    from .folder import load
    from .model import Model
    from .result import Event, Result
    from .stream import Stream

__all__ = [
    "EdgeError",
    "Event",
    "FolderError",
    "GraphError",
    "Model",
    "OffkeyError",
    "Result",
    "SoundError",
    "Stream",
    "__version__",
    "load",
]

_HOMES = {"Event": "result", "Model": "model", "Result": "result", "Stream": "stream", "load": "folder"}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:  # importing stays quick; what is asked for is loaded then
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f".{_HOMES.get(name, 'errors')}", __name__), name)


def __dir__() -> list[str]:
    return __all__
