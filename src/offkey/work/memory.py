"""Memory that is kept for the next clip."""

from __future__ import annotations

__all__ = ["keep_freed_memory"]

_LARGEST = 31 << 20  # bytes; glibc takes no notice of larger blocks


def keep_freed_memory() -> None:
    """Let the C library keep up to 64 MB of what is freed, instead of returning it to the system and asking again.

    A clip needs some megabytes for a moment, and the system clears each page that it gives: without this, that
    was a third of the time in which a clip is read and transformed. The threshold of glibc adapts to the largest
    block that was freed (``mallopt(3)``, M_MMAP_THRESHOLD), so one is freed, which was never touched and costs nothing.
    """
    import numpy as np

    np.empty(_LARGEST, np.uint8)
