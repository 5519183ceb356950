"""The model of a machine: its file, by what it is known, and its hop."""

from __future__ import annotations

import hashlib
from pathlib import Path

from offkey.errors import ModelFileError
from offkey.features.overlapping import whole_frames_s
from offkey.model import Model, load
from offkey.watch.settings import MachineSettings

__all__ = ["load_model", "model_digest", "with_hop"]

_LEAST_HOP_S = 0.1


def model_digest(settings: MachineSettings, folder: Path) -> str | None:
    """Return a digest of the model file of a machine, None where there is none yet.

    `folder`: where relative paths start.
    """
    path = folder / settings.model
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelFileError(f"The model {path} cannot be read: {error.strerror or error}.") from error


def load_model(settings: MachineSettings, folder: Path) -> tuple[Model, str]:
    """Load the model of a machine, and say by what it is known: its file and its hop.

    `folder`: where relative paths start.
    """
    path = folder / settings.model
    digest = model_digest(settings, folder)
    if digest is None:
        raise ModelFileError(f"The model {path} is not there.")
    model = with_hop(load(path), settings.hop_s)
    return model, f"{digest} every {model.windowing.hop_s:g} s"


def with_hop(model: Model, hop_s: float | None) -> Model:
    """Return a model with a hop in seconds, by default its own, which is cut to whole frames where windows overlap.

    Windows then share their frames, and each frame of the sound is computed once.
    """
    cut = model.windowing
    hop_s = cut.hop_s if hop_s is None else hop_s
    if hop_s < cut.window_s:
        hop_s = whole_frames_s(hop_s, model.rate, least_s=_LEAST_HOP_S)
    return model.with_windowing(None, hop_s)
