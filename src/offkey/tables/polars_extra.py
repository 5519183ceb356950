"""The one door to polars, which is an extra: fitting and scoring do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl
else:
    from offkey.errors import require

    pl = require("polars", "tables", "A table of clips or features")

__all__ = ["pl"]
