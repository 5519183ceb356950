"""The checkpoint from which an interrupted training goes on.

A checkpoint is written whole after each epoch. It holds tensors, numbers and text alone, and is read
with torch's reader for such, which runs no code of the file.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from offkey.errors import OffkeyError
from offkey.files import atomic_binary
from offkey.learned.torch_extra import torch

__all__ = ["read_checkpoint", "write_checkpoint"]

_PURPOSE = "Going on with a training"


def write_checkpoint(path: Path, signature: str, content: dict[str, Any]) -> None:
    """Write a checkpoint, whole or not at all; its signature is a digest of data, network and options."""
    with atomic_binary(path) as file:
        try:
            torch(_PURPOSE).save({"signature": signature, **content}, file)
        except RuntimeError as error:  # of a file that was broken off, which hides by what
            if error.__context__ is not None:
                raise error.__context__ from None
            raise


def read_checkpoint(path: Path, signature: str) -> dict[str, Any] | None:
    """Read a checkpoint onto the CPU; None where there is none, or where it belongs to another training."""
    if not path.exists():
        return None
    try:
        content: dict[str, Any] = torch(_PURPOSE).load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise OffkeyError(
            f"{path} is no checkpoint of a training that can be read: delete it to start anew."
        ) from error
    return content if isinstance(content, dict) and content.get("signature") == signature else None
