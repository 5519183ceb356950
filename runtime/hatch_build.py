"""Places of the files that are packed: in a checkout those of offkey's own room, in a source archive beside this."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
CHECKOUT = HERE.parent / "src" / "offkey" / "runtime"
SOURCE = CHECKOUT if CHECKOUT.is_dir() else HERE / "offkey_runtime"

__version__ = re.findall(r'__version__ = "(.+)"', (SOURCE / "_version.py").read_text(encoding="utf-8"))[0]


class Hook(BuildHookInterface[Any]):
    """Packs the files as the package ``offkey_runtime``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add them to what is built; those of a source archive are found without this."""
        if SOURCE == CHECKOUT:
            build_data["force_include"][str(SOURCE)] = "offkey_runtime"
