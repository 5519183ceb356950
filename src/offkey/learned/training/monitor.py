"""Monitor trainings from outside: show their progress, and resume them after an interruption.

A detector or front end trains somewhere inside `fit`, perhaps several times. Who called `fit` and wants to show
progress, keep checkpoints or draw learning curves does so inside `monitored`.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from offkey.errors import OffkeyError
from offkey.learned.training.history import History

__all__ = ["Monitor", "monitor", "monitored"]


@dataclass
class Monitor:
    """Keeps the histories of trainings, in order; shows progress, and in a folder keeps checkpoints."""

    checkpoints: Path | None = None
    # called with the name of a training and its history after each epoch
    advance: Callable[[str, History], None] = lambda _name, _history: None
    histories: list[tuple[str, History]] = field(default_factory=list)

    def checkpoint(self, signature: str) -> Path | None:
        """Return the file of the training with this signature, None where no checkpoints are kept."""
        if self.checkpoints is None:
            return None
        try:
            self.checkpoints.mkdir(exist_ok=True)
        except OSError as error:
            raise OffkeyError(
                f"The folder {self.checkpoints} for checkpoints cannot be made: {error.strerror or error}."
            ) from error
        return self.checkpoints / f"{hashlib.sha256(signature.encode()).hexdigest()[:16]}.pt"

    def clear(self) -> None:
        """Remove the checkpoints, when what they were for is safe."""
        if self.checkpoints is not None:
            shutil.rmtree(self.checkpoints, ignore_errors=True)


_CURRENT: ContextVar[Monitor | None] = ContextVar("monitor", default=None)


def monitor() -> Monitor:
    """Return the monitor of the caller, or one that does nothing."""
    return _CURRENT.get() or Monitor()


@contextmanager
def monitored(by: Monitor) -> Iterator[Monitor]:
    """Let a monitor follow the trainings inside the block."""
    token = _CURRENT.set(by)
    try:
        yield by
    finally:
        _CURRENT.reset(token)
