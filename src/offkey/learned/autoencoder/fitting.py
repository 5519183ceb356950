"""From clips to a trained network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

import numpy as np
from numpy.typing import NDArray

from offkey.learned.autoencoder.inputs import Clips, Scaling, Windows
from offkey.learned.network import Network
from offkey.learned.network.layers import Layer
from offkey.learned.training.history import History
from offkey.learned.training.options import TrainingOptions

__all__ = ["fit_network"]


def fit_network(
    layers: Sequence[Layer],
    X: Clips,
    *,
    context: int,
    scaling: Scaling,
    held_out: NDArray[np.bool_],
    options: TrainingOptions,
    title: str,
) -> tuple[Network, History]:
    """Train an autoencoder on the mean squared error of its reconstruction.

    `X` has shape (n_clips, n_frames * frame_size). The clips `held_out` only decide when to stop; without any, all
    epochs are trained. `title` names the training where its progress is shown.
    """
    from offkey.learned.network.torch_module import build, to_network
    from offkey.learned.training import seeded, train

    learnt = Windows(X[~held_out], context, scaling)
    size, seed = options.batch_size, options.seed
    checks = None
    if held_out.any():
        checks = Windows(X[held_out], context, scaling).batches(size, stride=context, seed=seed, shuffle=False)
    with seeded(seed):
        module = build(layers)
    history = train(
        module,
        learnt.batches(size, stride=context, seed=seed),
        lambda net, batch: (net(batch[0]) - batch[0]).square().mean(),
        options=options,
        held_out=None if checks is None else partial(checks, 0),
        signature=_signature(layers, X, context, held_out, options),
        title=title,
    )
    return to_network(layers, module, (context * scaling.mean.size,)), history


def _signature(
    layers: Sequence[Layer], X: Clips, context: int, held_out: NDArray[np.bool_], options: TrainingOptions
) -> str:
    """Return a digest of all that the result depends on, from which the scaling follows."""
    content = [list(layers), list(X.shape), context, np.flatnonzero(held_out).tolist(), asdict(options)]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(X).data)
    return digest.hexdigest()
