"""The options of a training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offkey.components import Interval, OneOf, Rule
from offkey.errors import ParameterError

__all__ = ["RULES", "TrainingOptions"]

RULES: dict[str, Rule] = {
    "epochs": Interval(int, 1),
    "batch_size": Interval(int, 2),
    "learning_rate": Interval(float, 0, 1, open_low=True),
    "optimiser": OneOf(("adam", "adamw")),
    "weight_decay": Interval(float, 0),
    "schedule": OneOf(("constant", "cosine")),
    "patience": Interval(int, 1, or_none=True),
    "keep": OneOf(("best", "last")),
    "clip_gradient": Interval(float, 0, or_none=True),
    "seed": Interval(int, 0),
    "mixed_precision": OneOf((True, False)),
}
"""The rules of each option; a component that trains takes them over for its own parameters."""


@dataclass(frozen=True)
class TrainingOptions:
    """The options of a training.

    `optimiser`: {"adam", "adamw"}; adam (Kingma & Ba 2015), or with decoupled weight decay (Loshchilov & Hutter 2019).
    `schedule`: {"constant", "cosine"}; learning rate over the epochs: as it is, or down to zero along half a cosine,
        changed after every batch (Loshchilov & Hutter 2017, eq. 5, without restarts).
    `patience`: epochs without a better held-out loss before training stops; by default it does not stop early.
    `keep`: {"best", "last"}; whose weights are kept where something is held out: the epoch's of the lowest held-out
        loss, or the last's, for held-out figures that no choice has been made with.
    """

    epochs: int
    batch_size: int
    learning_rate: float = 1e-3
    optimiser: Literal["adam", "adamw"] = "adam"
    weight_decay: float = 0.0
    schedule: Literal["constant", "cosine"] = "constant"
    patience: int | None = None
    keep: Literal["best", "last"] = "best"
    clip_gradient: float | None = None  # largest norm of the gradient; by default, and with 0, it is not clipped
    seed: int = 0  # seed of initial weights (through `seeded`), dropout and whatever the loss draws
    device: str = "auto"
    mixed_precision: bool = True  # whether a GPU computes in half precision where that is safe

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            value = getattr(self, name)
            if not rule.holds(value):
                raise ParameterError(f"The training option '{name}' must be {rule}. Got {value!r} instead.")
