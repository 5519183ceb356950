"""Sound in frames, for a network of a few units."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

FRAMES, BANDS = 40, 8


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def sounds() -> Callable[..., NDArray[np.float32]]:
    """Clips of 40 frames of 8 bands that rise and fall together, flattened; `fault` shifts one band in some frames."""

    def make(n: int, *, seed: int = 0, fault: float = 0.0, offset: float = 0.0) -> NDArray[np.float32]:
        rng = np.random.default_rng(seed)
        shape = np.linspace(1, 3, BANDS)
        swing = np.sin(np.arange(FRAMES) / 3 + rng.uniform(0, 6, (n, 1)))[..., None]
        clips = -40 + offset + 4 * swing * shape + 0.5 * rng.normal(size=(n, FRAMES, BANDS))
        clips[:, ::4, 2] += fault
        return clips.reshape(n, -1).astype(np.float32)

    return make
