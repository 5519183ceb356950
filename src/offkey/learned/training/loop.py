"""The loop: epochs, early stop, checkpoints; the same result whether or not it was interrupted."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from operator import length_hint
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.errors import OffkeyError
from offkey.learned.torch_extra import pick_device, torch
from offkey.learned.training.checkpoint import read_checkpoint, write_checkpoint
from offkey.learned.training.history import History
from offkey.learned.training.monitor import monitor
from offkey.learned.training.options import TrainingOptions

if TYPE_CHECKING:
    import torch as torch_types
    from torch import Tensor, nn

__all__ = ["seeded", "train"]

Batch: TypeAlias = "tuple[NDArray[Any] | Tensor, ...]"
Loss: TypeAlias = "Callable[[nn.Module, tuple[Tensor, ...]], Tensor]"

_PURPOSE = "Training a network"

_DRAWING = threading.RLock()


@contextmanager
def seeded(seed: int, *, epoch: int = 0) -> Iterator[None]:
    """Let torch draw from a seed inside, and leave its generators outside as they were.

    Torch has one generator for all threads, so that they take turns here.
    """
    library = torch(_PURPOSE)
    with _DRAWING, library.random.fork_rng():
        library.manual_seed(int(np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0] >> 1))
        yield


def train(
    module: nn.Module,
    batches: Callable[[int], Iterable[Batch]],
    loss: Loss,
    *,
    options: TrainingOptions,
    held_out: Callable[[], Iterable[Batch]] | None = None,
    checkpoint: Path | None = None,
    signature: str = "",
    advance: Callable[[History], None] | None = None,
    title: str = "Training",
) -> History:
    """Train a module in place; it ends on the CPU in evaluation mode, with the weights that `options.keep` names.

    `batches` gives the batches of an epoch by its number from 0, drawn from a seed and that number, so that an
    interrupted training goes on as if it had not stopped. `held_out` gives the same batches each time. `checkpoint` is
    written after each epoch; a training with the same `signature`, a digest of all that the result depends on, goes on
    from it. `title` names the training in the monitor (`offkey.learned.training.monitor`), which also keeps checkpoints
    if a signature but no file is given.
    """
    device = pick_device(options.device, _PURPOSE)
    run = _Run(module.to(device), loss, options, device)
    seen_by = monitor()
    if checkpoint is None and signature:
        checkpoint = seen_by.checkpoint(signature)
    if checkpoint is not None and (kept := read_checkpoint(checkpoint, signature)) is not None:
        run.restore(kept)
    while len(run.history.train_loss) < options.epochs and not run.history.stopped_early:
        run.epoch(batches, held_out)
        if checkpoint is not None:
            write_checkpoint(checkpoint, signature, run.content())
        if advance is not None:
            advance(run.history)
        seen_by.advance(title, run.history)
    seen_by.histories.append((title, run.history))
    return run.finish()


class _Run:
    """A training under way."""

    def __init__(self, module: nn.Module, loss: Loss, options: TrainingOptions, device: str) -> None:
        self.module, self.loss, self.options, self.device = module, loss, options, device
        self.torch = torch(_PURPOSE)
        self.history = History(options.epochs, device, keep=options.keep)
        kinds = {"adam": self.torch.optim.Adam, "adamw": self.torch.optim.AdamW}
        self.optimiser: torch_types.optim.Optimizer = kinds[options.optimiser](
            module.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay
        )
        on_gpu = device.startswith("cuda")
        self.half = on_gpu and options.mixed_precision
        self.scaler = self.torch.amp.GradScaler("cuda", enabled=self.half)
        self.best: dict[str, Tensor] = {}

    def epoch(self, batches: Callable[[int], Iterable[Batch]], held_out: Callable[[], Iterable[Batch]] | None) -> None:
        began, number = time.perf_counter(), len(self.history.train_loss)
        with seeded(self.options.seed, epoch=number):
            self.module.train()
            losses = [self._step(batch, number + share) for share, batch in _with_share(batches(number))]
            self.history.train_loss.append(_mean(losses, number))
            self.module.eval()
            if held_out is not None:
                with self.torch.no_grad():
                    values = [float(self.loss(self.module, self._moved(batch))) for batch in held_out()]
                self.history.held_out_loss.append(_mean(values, number))
        if self.history.best_epoch == number:
            self.best = {name: tensor.detach().cpu().clone() for name, tensor in self.module.state_dict().items()}
        self.history.stopped_early = self.history.waited(self.options.patience)
        self.history.seconds += time.perf_counter() - began

    def _step(self, batch: Batch, at: float) -> float:
        options = self.options
        if options.schedule == "cosine":
            for group in self.optimiser.param_groups:
                group["lr"] = options.learning_rate * 0.5 * (1 + math.cos(math.pi * at / options.epochs))
        self.optimiser.zero_grad(set_to_none=True)
        with self.torch.autocast("cuda") if self.half else nullcontext():
            loss = self.loss(self.module, self._moved(batch))
        self.scaler.scale(loss).backward()
        if options.clip_gradient:
            self.scaler.unscale_(self.optimiser)
            self.torch.nn.utils.clip_grad_norm_(self.module.parameters(), options.clip_gradient)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        return float(loss.detach())

    def _moved(self, batch: Batch) -> tuple[Tensor, ...]:
        return tuple(self.torch.as_tensor(part).to(self.device, non_blocking=True) for part in batch)

    def content(self) -> dict[str, Any]:
        history = {name: value for name, value in vars(self.history).items() if name != "resumed_at"}
        return {
            "module": self.module.state_dict(),
            "best": self.best,
            "optimiser": self.optimiser.state_dict(),
            "scaler": self.scaler.state_dict(),
            "history": history,
        }

    def restore(self, content: dict[str, Any]) -> None:
        self.module.load_state_dict(content["module"])
        self.optimiser.load_state_dict(content["optimiser"])
        self.scaler.load_state_dict(content["scaler"])
        self.best = content["best"]
        self.history = History(**content["history"])
        self.history.resumed_at = len(self.history.train_loss)

    def finish(self) -> History:
        self.module.load_state_dict(self.best)
        self.module.cpu().eval()
        return self.history


def _with_share(batches: Iterable[Batch]) -> Iterator[tuple[float, Batch]]:
    """Yield batches with the share of the epoch that lies behind; zero where their number is not known beforehand."""
    count = length_hint(batches)
    for number, batch in enumerate(batches):
        yield (number / count if count else 0.0), batch


def _mean(losses: list[float], epoch: int) -> float:
    mean = float(np.mean(losses)) if losses else float("nan")
    if not np.isfinite(mean):
        raise OffkeyError(
            f"The loss of epoch {epoch + 1} is {mean}: try a smaller learning rate, or clip the gradient."
            if losses
            else "There is no batch to train on: the training clips are too few for the batch size."
        )
    return mean
