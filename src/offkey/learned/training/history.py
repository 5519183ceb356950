"""What happened in a training."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["History"]


@dataclass
class History:
    """Losses by epoch.

    Parameters
    ----------
    epochs : int
        How many were asked for.
    device : str
        Where it was computed.
    train_loss : list of float
        Mean loss over the batches of each epoch.
    held_out_loss : list of float
        Mean loss over the held-out batches after each epoch; empty where nothing is held out.
    seconds : float
        Time spent, that of interrupted runs included.
    stopped_early : bool
        Whether patience ended it.
    resumed_at : int or None
        The epoch from which an interrupted training went on.
    keep : str
        Whose weights are kept, as in `TrainingOptions`.
    """

    epochs: int
    device: str
    train_loss: list[float] = field(default_factory=list)
    held_out_loss: list[float] = field(default_factory=list)
    seconds: float = 0.0
    stopped_early: bool = False
    resumed_at: int | None = None
    keep: str = "best"

    @property
    def best_epoch(self) -> int:
        """Number of the epoch, from 0, whose weights are kept: that of the lowest held-out loss, or the last."""
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
