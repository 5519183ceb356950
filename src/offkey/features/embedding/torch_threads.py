"""Torch, held to one thread while many clips run side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["one_torch_thread"]

_lock = threading.Lock()
_blocks = 0
_before = 0


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Hold torch to one thread as far as this thread calls it, while the block runs; not to be nested.

    Torch keeps the number for each thread, and the last that was set for all threads that are still to call it. One
    that calls it for the first time beside another block would take 1 for what was there before, and leave it behind,
    so what there was is asked only where no block runs.
    """
    import torch

    global _blocks, _before
    with _lock:
        found = torch.get_num_threads()  # a thread that was not asked yet would take what another sets meanwhile
        if not _blocks:
            _before = found
        _blocks += 1
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _lock:
            _blocks -= 1
            torch.set_num_threads(_before)
