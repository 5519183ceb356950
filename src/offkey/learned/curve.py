"""The learning curve: loss by epoch."""

from __future__ import annotations

from offkey.learned.training import History
from offkey.pictures import COLOURS, SCREEN, PictureForm, new_figure, picture_bytes

__all__ = ["draw_learning_curve"]


def draw_learning_curve(history: History, title: str, form: PictureForm = SCREEN) -> bytes:
    """Draw the losses of a training, and mark the epoch whose weights were kept."""
    figure = new_figure(6.4, 4.0)
    panel = figure.subplots()
    epochs = range(1, len(history.train_loss) + 1)
    panel.plot(epochs, history.train_loss, color=COLOURS[0], marker="o", markersize=3, label="training clips")
    losses = history.train_loss
    if history.held_out_loss:
        losses = history.held_out_loss
        panel.plot(epochs, losses, color=COLOURS[1], marker="o", markersize=3, label="held-out clips")
    best = history.best_epoch
    ring = {"s": 110, "facecolors": "none", "edgecolors": "black", "linewidths": 1.5, "zorder": 4}
    panel.scatter([best + 1], [losses[best]], label=f"kept: epoch {best + 1}", **ring)  # type: ignore[arg-type]
    if min([*history.train_loss, *losses]) > 0 and max(history.train_loss) > 20 * min(history.train_loss):
        panel.set_yscale("log")  # a start far above the end would flatten all that is of interest
    panel.set_xlabel("epoch")
    panel.set_ylabel("loss")
    panel.grid(alpha=0.3)
    panel.legend(frameon=False)
    ended = "stopped early" if history.stopped_early else f"{len(history.train_loss)} of {history.epochs} epochs"
    panel.set_title(f"{title}\n{ended}, {history.seconds:.0f} s on {history.device}", fontsize=10, loc="left")
    return picture_bytes(figure, form)
