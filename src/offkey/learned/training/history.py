"""The history of a training."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["History"]


@dataclass
class History:
    """Losses by epoch."""

    epochs: int  # asked for
    device: str  # where it was computed
    train_loss: list[float] = field(default_factory=list)  # mean over the batches
    held_out_loss: list[float] = field(default_factory=list)  # empty where nothing is held out
    seconds: float = 0.0  # with those of interrupted runs
    stopped_early: bool = False  # by patience
    resumed_at: int | None = None  # epoch, after an interruption
    keep: str = "best"  # as in TrainingOptions

    @property
    def best_epoch(self) -> int:
        """Number, from 0, of the epoch whose weights are kept: the lowest held-out loss, or the last."""
        if not self.held_out_loss or self.keep == "last":
            return len(self.train_loss) - 1
        return min(range(len(self.held_out_loss)), key=lambda epoch: _rank(self.held_out_loss[epoch]))

    def waited(self, patience: int | None) -> bool:
        """Return whether the held-out loss has not been better for so many epochs."""
        if patience is None or not self.held_out_loss:
            return False
        return len(self.held_out_loss) - 1 - self.best_epoch >= patience

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "best_epoch": self.best_epoch}


def _rank(loss: float) -> float:
    return math.inf if math.isnan(loss) else loss
