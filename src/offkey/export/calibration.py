"""The contents of ``calibration.json``: the decision, which people may edit where the model runs."""

from __future__ import annotations

import dataclasses
from typing import Any

from offkey._version import __version__
from offkey.audio.channel import channels_of, is_pair
from offkey.errors import ExportError
from offkey.export.whole import window_samples
from offkey.model import Model
from offkey.runtime.calibration import EventRule
from offkey.runtime.calibration_file import PROTOCOL

__all__ = ["calibration_content", "check_channel"]


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
