"""The contents of ``calibration.json``: the decision, which people may edit where the model runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey._version import __version__
from offkey.audio.channel import channels_of, is_pair
from offkey.errors import ExportError
from offkey.export.whole import window_samples
from offkey.model import Model
from offkey.runtime.calibration import EventRule
from offkey.runtime.calibration_file import PROTOCOL, CalibrationFile

__all__ = ["calibration_arrays", "calibration_content", "check_channel", "edits"]


def calibration_content(model: Model, rule: EventRule | None, *, name: str, digest: str | None) -> dict[str, Any]:
    """Return what stands in ``calibration.json``, as JSON values.

    Parameters
    ----------
    model : Model
        Fitted, or recalibrated: then its normal scores are those moved.
    rule : EventRule or None
        When events begin and end; None for a folder without events.
    name : str
        Of the model, for people.
    digest : str or None
        SHA-256 of ``model.onnx``; None where there is none.

    Returns
    -------
    dict
        Nothing in it is in the graph, too.

    Raises
    ------
    ExportError
        If the model hears a channel that the runtime cannot make.
    """
    cut, threshold, calibration = model.windowing, model.threshold, model.calibration
    return {
        "protocol": PROTOCOL,
        "offkey": __version__,
        "rate": model.rate,
        "window": window_samples(model),
        "hop": round(cut.hop_s * model.rate),
        "channel": check_channel(model),
        "threshold": threshold.value,
        "false_alarm_rate": threshold.false_alarm_rate,
        "extrapolated": threshold.extrapolated,
        "normal_scores": calibration.normal_scores.tolist(),
        "worth": calibration.worth,
        "tail": dataclasses.asdict(calibration.tail),
        "events": None if rule is None else _rule_values(rule),
        "model": {"name": name, "sha256": digest, "fitted_on": model.fitted_on.model_dump(mode="json")},
    }


def calibration_arrays(content: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return what ``vectors.npz`` keeps of ``calibration.json``, by which a later edit is found.

    Parameters
    ----------
    content : mapping
        As of `calibration_content`.

    Returns
    -------
    dict of str to ndarray
        ``rate``, ``hop``, ``channel``, ``threshold``, ``normal_scores``, ``tail``, and ``events`` where there are any.
    """
    arrays = {name: np.array(content[name]) for name in ("rate", "hop", "threshold", "normal_scores")}
    arrays |= {"channel": np.array(str(content["channel"])), "tail": np.array(list(content["tail"].values()))}
    if content["events"] is not None:
        arrays["events"] = np.array([value for name, value in content["events"].items() if name != "from"], np.float64)
    return arrays


def edits(now: CalibrationFile, then: Mapping[str, NDArray[Any]]) -> list[str]:
    """Return a sentence on each part of a decision that is not as it was exported.

    Parameters
    ----------
    now : CalibrationFile
        As it is read.
    then : mapping of str to ndarray
        As of `calibration_arrays`; those that are missing are not compared.

    Returns
    -------
    list of str
    """
    decides, tail = now.calibration, now.calibration.tail
    rule = None if now.events is None else list(_rule_values(now.events).values())[:-1]
    values: dict[str, float | str] = {"threshold": decides.threshold, "hop": now.hop, "channel": str(now.channel)}
    known = {name: (value, then[name].item()) for name, value in values.items() if name in then}
    notes = [
        f"The {name} was edited: it is {_shown(value)}, and was {_shown(was)}."
        for name, (value, was) in known.items()
        if value != was
    ]
    if decides.normal_scores != then["normal_scores"].tolist():
        notes.append("The normal scores were edited, by which p-values are ranks.")
    if [tail.shape, tail.scale, tail.location] != then["tail"].tolist():
        notes.append("The tail was edited, by which surprises go on beyond the normal scores.")
    if "hop" in then and rule != (then["events"].tolist() if "events" in then else None):
        notes.append("The rule of events was edited, or taken out.")
    return notes


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.9g}"


def _rule_values(rule: EventRule) -> dict[str, Any]:
    values = dataclasses.asdict(rule)
    basis = values.pop("basis")
    return {**values, "from": basis}


def check_channel(model: Model) -> int | str:
    """Return the channel of a model, as it is written; an ExportError says that a device cannot make it."""
    channel = model.config.channel
    if not is_pair(channel):
        return channel
    raise ExportError(
        f"The model hears a near microphone without what a far one explains (channel {channel}), which the runtime "
        "cannot do: fit one on the near microphone alone, by --channel "
        f"{channels_of(channel)[0]}."
    )
