"""A model as one C99 file and its header, for controllers without a file system, a heap or double precision.

>>> import offkey
>>> from offkey.export.c import c_sources
>>> model = offkey.fit("recordings/normal", detector="mahalanobis")
>>> sorted(c_sources(model))
['offkey.c', 'offkey.h', 'replay.c', 'vectors.h']
"""

from offkey.export.c.dense import with_int8
from offkey.export.c.sizes import Sizes
from offkey.export.c.sources import c_sources, sizes

__all__ = ["Sizes", "c_sources", "sizes", "with_int8"]
