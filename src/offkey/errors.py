"""Every error that a user of offkey can meet.

One root class, so that a program can catch all of them with one ``except``, and a few children that
tell what kind of thing is at fault. The message is one sentence: what is wrong, where, what was
expected, what was found, and what to do.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from offkey.runtime.errors import OffkeyError

__all__ = [
    "AudioError",
    "DataError",
    "ExportError",
    "MissingExtraError",
    "ModelFileError",
    "NotFittedError",
    "OffkeyError",
    "ParameterError",
    "UnknownNameError",
    "UsageError",
    "check_installed",
    "require",
]


class UsageError(OffkeyError):
    """A command or function was called wrongly: an unknown option, a bad combination, a path that does not exist."""


class UnknownNameError(UsageError):
    """There is nothing of the name that was given."""


class ParameterError(UsageError, ValueError):
    """A parameter or an array argument has the wrong type, value or shape."""


class AudioError(OffkeyError):
    """One clip cannot be used: unreadable, truncated, silent, too short, wrong rate."""


class DataError(OffkeyError):
    """A table, a label list, a folder layout or a submission is invalid."""


class ModelFileError(OffkeyError):
    """A file is not an offkey model, or one that this version cannot read."""


class ExportError(OffkeyError):
    """A model, or a part of it, cannot be exported."""


class NotFittedError(OffkeyError):
    """A detector, front end or model was used before it was fitted."""


class MissingExtraError(OffkeyError, ImportError):
    """An optional dependency is not installed; the message names the extra that brings it."""


def require(module: str, extra: str, purpose: str) -> ModuleType:
    """Import an optional dependency, or say which extra brings it.

    `module`: name of the module to import, such as ``"torch"``.
    `purpose`: what needs it, as the subject of a sentence, such as ``"Training an autoencoder"``.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(module, extra, purpose) from error


def check_installed(extra: str, purpose: str, *modules: str) -> None:
    """Check before long work that optional dependencies are there, without the time that importing them takes."""
    for module in modules:
        if not _is_installed(module):
            raise _missing(module, extra, purpose)


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # imported already, by other ways than from a file
        return True


def _missing(module: str, extra: str, purpose: str) -> MissingExtraError:
    """Name the extra; pip finds it where offkey was installed from a checkout, too."""
    return MissingExtraError(
        f"{purpose} needs {module}, which is not installed: pip install 'offkey[{extra}]' brings it."
    )
