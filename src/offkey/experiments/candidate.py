"""Candidates: front ends with detectors, each with its parameters and a seed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from offkey import detectors, features
from offkey.audio import Channel
from offkey.features import FrontEnd
from offkey.model import ModelConfig
from offkey.model.config import asked_params, make_config
from offkey.model.make_components import make_detector

__all__ = ["Candidate", "Params"]

_LONGEST = 100  # characters of a name, which is that of a file too

_LONGEST_VALUE = 40  # characters of a value in a title

_BRACKETS = ' []"'  # left out of names: keep=[0, 1] becomes keep=0,1

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Candidate:
    """A front end, a detector and a seed."""

    features: str = "logmel"
    detector: str = "fused"
    seed: int = 0  # seed of the detector, if it draws, and of the folds of its calibration
    features_params: Params = field(default_factory=dict)
    detector_params: Params = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name in tables and files: ``logmel-gmm-n_components=4-seed0``."""
        parts = [
            self.features.replace(":", "-", 1),
            _text(self.features_params),
            self.detector,
            _text(self.detector_params),
        ]
        name = "-".join([*(part for part in parts if part), f"seed{self.seed}"])
        safe = re.sub(r"[^\w.,=+-]", "", name.replace("/", "_", self.features.count("/")))
        if len(safe) <= _LONGEST and not set(name) - set(safe) - set(_BRACKETS):
            return safe
        return f"{safe[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"

    @property
    def title(self) -> str:
        """The name in tables and sentences, without its seed: ``gmm n_components=4 (logmel)``."""
        return f"{_worded(self.detector, self.detector_params)} ({_worded(self.features, self.features_params)})"

    def front_end(self) -> FrontEnd:
        """Return its front end, which may have to learn first."""
        return features.create(self.features, **self._asked_params)

    @property
    def features_key(self) -> str:
        """The key of its front end; a default that is spelt out gives the key of none."""
        params = {**features.find(self.features).defaults(), **self._asked_params}
        return json.dumps([self.features, params], sort_keys=True)

    @property
    def _asked_params(self) -> dict[str, Any]:
        """The parameters of its front end, those that the detector asks for among them."""
        return asked_params(self.features, self.detector, self.features_params)

    @property
    def key(self) -> str:
        """The key that no other candidate has; a default that is spelt out gives another key than none."""
        params = {**detectors.find(self.detector).defaults(), **self.detector_params}
        return json.dumps([self.detector, params], sort_keys=True) + self.features_key

    def keeping(self, keep: Sequence[int | str]) -> Candidate:
        """Return the same with a front end that keeps only some of its bands or statistics."""
        return replace(self, features_params={**self.features_params, "keep": list(keep)})

    def components(self) -> dict[str, Any]:
        """Return front end and detector as JSON values, by the fields of `ModelConfig`."""
        return {
            "features": self.features,
            "features_params": dict(self.features_params),
            "detector": self.detector,
            "detector_params": dict(self.detector_params),
        }

    def config(self, *, channel: Channel = 0, false_alarm_rate: float = 0.01) -> ModelConfig:
        """Return it as the configuration of a model; the seed goes to the detector if that takes one."""
        fields = self.components()
        if "seed" in detectors.find(self.detector).defaults():
            fields["detector_params"].setdefault("seed", self.seed)
        return make_config(**fields, channel=channel, false_alarm_rate=false_alarm_rate)

    def to_json(self) -> dict[str, Any]:
        """Return its name and parts as JSON values."""
        return {"combination": self.name, **self.components(), "seed": self.seed}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Candidate:
        """Return the candidate that `to_json` describes."""
        return cls(**{key: value for key, value in content.items() if key != "combination"})

    def described(self) -> dict[str, Any]:
        """Return all that scores depend on, defaults and the front end's settings for the detector included."""
        front_end = self.front_end()
        about = front_end.about()
        return {
            "features": [self.features, front_end.effective_params(), *([about] if about else [])],
            "detector": [self.detector, make_detector(self.config()).effective_params()],
            "seed": self.seed,
        }


def _text(params: Params) -> str:
    """Return parameters as they stand in a name."""
    return ",".join(f"{name}={json.dumps(value)}" for name, value in sorted(params.items()))


def _worded(name: str, params: Params) -> str:
    """Return a component with its parameters as they stand in a title."""
    return " ".join([name, ", ".join(f"{param}={_short(value)}" for param, value in sorted(params.items()))]).strip()


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) <= _LONGEST_VALUE:
        return text
    return f"[{len(value)} values]" if isinstance(value, list | tuple) else f"...{text[3 - _LONGEST_VALUE :]}"
