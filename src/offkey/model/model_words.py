"""A model in words: what it learnt from, how it hears, decides and promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from offkey.audio import Channel
from offkey.decision import Calibration, Threshold
from offkey.detectors import Detector
from offkey.features import FrontEnd
from offkey.hearing.windows import Windowing
from offkey.listing import listing
from offkey.model.config import ModelConfig
from offkey.model.fitted_on import FittedOn
from offkey.model.recalibration import Recalibration

__all__ = ["DescribedModel", "describe_model"]

_NAMED = 3  # clips that were left out


class DescribedModel(Protocol):
    """A model, as far as it is described."""

    config: ModelConfig
    rate: int
    front_end: FrontEnd
    detector: Detector
    calibration: Calibration
    threshold: Threshold
    fitted_on: FittedOn
    windowing: Windowing
    recalibration: Recalibration | None


def describe_model(model: DescribedModel) -> dict[str, str]:
    """Return sentences on a model, each below a heading of one or two words."""
    return {
        "Learnt from": _learnt_from(model.fitted_on),
        "Hears": _input(model),
        "Decides": _decides(model),
        "Promises": _promises(model.calibration, model.threshold.false_alarm_rate),
        "Recalibrated": _recalibrated(model.recalibration),
    }


def _learnt_from(on: FittedOn) -> str:
    clips = "1 normal clip" if on.clips == 1 else f"{on.clips} normal clips"
    windows = f", heard as {on.windows} windows" if on.windows != on.clips else ""
    sentences = [f"{clips}, {_duration(on.seconds)} of sound{windows}."]
    if on.domains:
        most_first = sorted(on.domains.items(), key=lambda item: (-item[1], item[0]))
        sentences.append(f"Domains: {', '.join(f'{count} of {name}' for name, count in most_first)}.")
    if on.left_out:
        named = listing([name for name, _ in on.left_out], _NAMED)
        sentences.append(f"{len(on.left_out)} {_were(on.left_out)} left out: {named}.")
    return " ".join(sentences)


def _input(model: DescribedModel) -> str:
    cut, channel = model.windowing, model.config.channel
    return (
        f"{_channel(channel)} at {model.rate} Hz, by the front end '{model.front_end.name}' as "
        f"{model.detector.n_features_} features. A recording longer than {cut.longest_s:g} s is scored in windows of "
        f"{cut.window_s:g} s, one every {cut.hop_s:g} s."
    )


def _decides(model: DescribedModel) -> str:
    threshold, n = model.threshold, len(model.calibration.normal_scores)
    return (
        f"A clip is anomalous if the detector '{model.detector.name}' scores it above {threshold.value:.4g}, the "
        f"threshold for a false-alarm rate of {threshold.false_alarm_rate:.2g}. A score beyond those of all {n} normal "
        f"clips has the p-value 1/{n + 1}, the least that they can show."
    )


def _promises(calibration: Calibration, rate: float) -> str:
    if not 0 < rate < 1:
        return "Nothing: the threshold lies below the scores of all normal clips."
    found = calibration.realised_rate(rate)
    share = f"{100 * found.low:.2g} to {100 * found.high:.2g} %"
    promise = (
        f"Of new normal clips {share} will be called anomalous, in 9 of 10 such fits; {100 * rate:.2g} % asked for."
    )
    caveat = calibration.caveat(rate)
    return f"{promise} {caveat}" if caveat else promise


def _recalibrated(found: Recalibration | None) -> str:
    if found is None:
        return "No: the threshold is that of the fit."
    moved = " Features of new clips are moved back to those learnt." if found.features is not None else ""
    return f"{found.when[:10]}, by {found.clips} new normal clips.{moved}"


def _channel(channel: Channel) -> str:
    if isinstance(channel, int):
        return f"Channel {channel}"
    return "The mean of all channels" if channel == "mean" else f"Channels {channel}"


def _duration(seconds: float) -> str:
    for size, unit in ((3600.0, "h"), (60.0, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _were(left_out: Sequence[object]) -> str:
    return "clip was" if len(left_out) == 1 else "clips were"
