"""The configuration of a model: the decisions of a user before the fit."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from offkey import detectors
from offkey.audio import parse_channel
from offkey.audio.channel import check_channel
from offkey.errors import UsageError
from offkey.hearing.windows import Windowing

__all__ = ["ModelConfig", "asked_params", "check_options", "make_config"]

_WINDOW_S = 10.0


class ModelConfig(BaseModel):
    """Configuration of a model; everything has a default.

    `features_params`: its parameters that differ from the defaults.
    `detector_params`: its parameters that differ from the defaults.
    `rate`: sampling rate in Hz; by default the lowest of the training clips, at most 48,000.
    `channel`: which channel of a recording to use: its index, "mean", or two microphones, "0-1 per bin"; "0-1" in
        earlier files subtracts samples.
    `window_s`: length in seconds of the windows that longer recordings are cut into. By default recordings more than
        1.5 times as long as the training clips are cut into windows of their length.
    `hop_s`: from the start of a window to the start of the next, in seconds; by default they adjoin.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: str = "logmel"
    features_params: dict[str, Any] = Field(default_factory=dict)
    detector: str = "fused"
    detector_params: dict[str, Any] = Field(default_factory=dict)
    rate: Annotated[int, Field(ge=1000, le=384_000)] | None = None
    channel: NonNegativeInt | Annotated[str, AfterValidator(check_channel)] = 0
    window_s: float | None = None
    hop_s: float | None = None
    false_alarm_rate: Annotated[float, Field(gt=0, lt=1)] = 0.01  # share of normal clips that may be called anomalous

    @property
    def windowing(self) -> Windowing:
        """The windowing of recordings over a minute where no lengths were learnt; a ParameterError if out of range."""
        window_s = _WINDOW_S if self.window_s is None else self.window_s
        return Windowing(window_s, window_s if self.hop_s is None else self.hop_s)


def make_config(**options: Any) -> ModelConfig:
    """Return a configuration; a UsageError says in one sentence which option is wrong."""
    check_options(options, ModelConfig.model_fields)
    try:
        config = ModelConfig(**options)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][:1])
        raise UsageError(f"The option '{where}' is wrong: {first['msg']}. Got {first['input']!r}.") from error
    params = asked_params(config.features, config.detector, config.features_params)
    channel = parse_channel(config.channel) if isinstance(config.channel, str) else config.channel
    return config.model_copy(update={"features_params": params, "channel": channel})


def asked_params(front_end: str, detector: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a front end: what the detector asks of it, and what is given, which goes first."""
    return {**detectors.find(detector).asks.get(front_end, {}), **given}


def check_options(options: Mapping[str, object], known: Collection[str]) -> None:
    """Check that options are known by name; a UsageError says which is not, and which may be meant."""
    for name, value in options.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else "."
            raise UsageError(f"The option '{name}' is wrong: there is none of this name{hint} Got {value!r}.")
