"""A plant of synthetic pumps on disk, armed and ready to be watched, for the benchmarks of the monitor."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from offkey.audio.channel import Samples
from offkey.model import Model, fit
from offkey.watch.acquisition.simulated import Simulated
from offkey.watch.findings import Findings
from offkey.watch.machine_model import load_model
from offkey.watch.minutes import Minute
from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store

__all__ = ["MODEL", "RATE", "arm", "pump_model", "pump_sound"]

RATE, BLOCKS_A_SECOND = 16_000, 2
_WITH_JOINTS = 1.01  # times as many blocks, since joints take of each
MODEL = "pump.offkey"
_SHADOW_WINDOWS, _DAY_S = 20_000, 86_400.0


def pump_sound(seconds: int, **fault: Any) -> Samples:
    """Return sound of a pump; further arguments as of `Simulated`."""
    blocks = islice(Simulated("pump", **fault).sound(), math.ceil(seconds * BLOCKS_A_SECOND * _WITH_JOINTS))
    return np.concatenate(list(blocks))[: seconds * RATE]


def pump_model(sound: Samples, window_s: float = 10.0) -> Model:
    """Return a default model."""
    return fit(sound, rate=RATE, window_s=window_s, jobs=1)


def arm(
    folder: Path, store: Store, machines: int, hop_s: float, source: Callable[[int], dict[str, Any]]
) -> PlantSettings:
    """Return a plant whose machines have a long shadow in the store.

    `folder`: holds the model.
    `source`: the settings of the source of a machine by its number.
    """
    shadow = np.random.default_rng(0).exponential(1.0, _SHADOW_WINDOWS).astype("<f4").tobytes()
    described = [
        {
            "name": f"pump {number}",
            "model": MODEL,
            "hop_s": hop_s,
            "shadow_days": 0.9 * _SHADOW_WINDOWS * hop_s / _DAY_S,
            "source": source(number),
        }
        for number in range(machines)
    ]
    settings = PlantSettings.model_validate({"machine": described})
    _, model_id = load_model(settings.machine[0], folder)
    rows = [Minute(one.name, model_id, 0, _SHADOW_WINDOWS, 0, 0.0, 0.0, 0.0, shadow) for one in settings.machine]
    store.write(Findings(minutes=rows))
    return settings
