"""Zero-shot: clips compared with words, by a text-audio model that does not know the machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Number, Numbers, OneOf, SequenceOf, Text
from offkey.detectors.base import Contributions, Detector, Floats
from offkey.errors import ParameterError

__all__ = ["PROMPTS_ANOMALY", "PROMPTS_NORMAL", "ZeroShot"]

PROMPTS_NORMAL = ("the sound of a machine running normally", "a machine in good condition, running smoothly")
PROMPTS_ANOMALY = ("the sound of a broken machine", "a machine with a fault, rattling, grinding or squealing")


class ZeroShot(Detector):
    """The similarity of a clip to words for a fault, relative to that to words for normal operation.

    The features must be the audio embedding of a text-audio model: front end ``hub:NAME`` of a CLAP, with its defaults.
    Prompts of one kind are averaged; the score is the log odds of the model's softmax
    (`offkey.features.embedding.clap.Contrast`; Wu et al., ICASSP 2023). Nothing is learnt from clips or labels; only
    the threshold depends on the normal clips. Use it as a baseline.

    Parameters
    ----------
    model : str
        The text-audio model; set by the front end.
    revision : str, optional
        Its branch, tag or commit; set by the front end.
    trust_remote_code : bool, default False
        Whether to run code that comes with the model; set by the front end.
    prompt_normal : sequence of str
        Words for normal operation.
    prompt_anomaly : sequence of str
        Words for faults.
    """

    name = "zero_shot"
    assumes = "the words for a fault sound like it to a model that was trained on captions of everyday sounds"
    cost = "fit: the words; score: d"
    asks: ClassVar = {}
    learns = False
    knows_domains = True  # in that there is nothing that it would have to move
    learnt: ClassVar = {"normal_": Numbers("features"), "anomalous_": Numbers("features"), "scale_": Number()}
    rules: ClassVar = {
        "model": Text(),
        "revision": Text(or_none=True),
        "trust_remote_code": OneOf((True, False)),
        "prompt_normal": SequenceOf(Text()),
        "prompt_anomaly": SequenceOf(Text()),
    }

    def __init__(
        self,
        *,
        model: str | None = None,
        revision: str | None = None,
        trust_remote_code: bool = False,
        prompt_normal: Sequence[str] = PROMPTS_NORMAL,
        prompt_anomaly: Sequence[str] = PROMPTS_ANOMALY,
    ) -> None:
        self.model = model
        self.revision = revision
        self.trust_remote_code = trust_remote_code
        self.prompt_normal = prompt_normal
        self.prompt_anomaly = prompt_anomaly

    def check_params(self) -> None:
        """Check every constructor argument; see `Component.check_params`."""
        if self.model is None:
            raise ParameterError(
                "The detector 'zero_shot' compares sounds with words, and needs the front end 'hub:NAME' of a "
                "text-audio model at its defaults, such as hub:laion/clap-htsat-unfused."
            )
        super().check_params()

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        from offkey.features.embedding.clap import contrast  # needs the extra 'hub'

        read = contrast(
            str(self.model),
            self.prompt_normal,
            self.prompt_anomaly,
            revision=self.revision,
            trust_remote_code=self.trust_remote_code,
        )
        read.log_odds(X[:1])  # that the features are the model's is said now
        self.normal_, self.anomalous_, self.scale_ = read

    def _score(self, X: Floats) -> Floats:
        from offkey.features.embedding.clap import Contrast

        return Contrast(self.normal_, self.anomalous_, self.scale_).log_odds(X)

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the difference of the cosines, feature by feature."""
        length = max(float(np.linalg.norm(x)), 1e-12)
        return Contributions(self.scale_ * x * (self.anomalous_ - self.normal_) / length)
