"""Code that comes with a model of the hub: whether there is any, and the digest by which it is known again.

No file gives consent to code. A person does, each time, where it is loaded; and what was fitted with the code names its
digest, so that the person consents to that code and to no other.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from offkey.errors import DataError, UsageError
from offkey.features.embedding.digest import digest_of

__all__ = ["check_consent", "read_json"]

_CONFIGS = ("config.json", "preprocessor_config.json", "processor_config.json", "tokenizer_config.json")
_LARGEST = 16_000_000  # bytes of a configuration


def check_consent(folder: Path, name: str, *, with_code: bool) -> str:
    """Check that the code of a model may be run, where it brings any.

    `folder`: where the files of the model lie.
    Returns: SHA-256 over all ``*.py`` of the folder, with their names; empty where the model brings no code.
    """
    configs = [read_json(folder / one, folder) for one in _CONFIGS if one == _CONFIGS[0] or (folder / one).exists()]
    elsewhere = [text for config in configs for text in _elsewhere(config)]
    if elsewhere:
        raise DataError(
            f"The model {name} names code that does not lie in its folder ({elsewhere[0]}), which offkey never runs: "
            f"copy that code into {folder} and name it there."
        )
    if not any("auto_map" in config for config in configs):
        return ""
    if not with_code:
        raise UsageError(
            f"The model {name} brings its own code, which runs with all your rights: read the .py files in {folder} "
            "or on its page, then allow it with --trust-remote-code, in Python with trust_remote_code=True."
        )
    files = sorted(path for path in folder.rglob("*.py") if path.is_file())
    named = "".join(f"{path.relative_to(folder).as_posix()}\0{digest_of([path])}\n" for path in files)
    return hashlib.sha256(named.encode("utf-8", "surrogateescape")).hexdigest()


def read_json(path: Path, folder: Path) -> dict[str, Any]:
    """Read a configuration; a DataError says what is wrong with it."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            raise OSError(f"{path} is no file of a sane size")
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"The folder {folder} holds no model: it has no {path.name} that can be read.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} is no JSON file: {error}.") from error
    return content if isinstance(content, dict) else {}


def _elsewhere(config: dict[str, Any]) -> list[str]:
    """Return what a configuration names of other repositories: classes as ``OWNER/NAME--``, compiled kernels."""
    classes = [text for text in _texts(config.get("auto_map")) if "--" in text]
    return classes + [text for text in _texts(_implementations(config)) if "/" in text]


def _implementations(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [found for element in value for found in _implementations(element)]
    if not isinstance(value, dict):
        return []
    own = [element for key, element in value.items() if key.endswith("_implementation")]
    return own + [found for element in value.values() for found in _implementations(element)]


def _texts(value: Any) -> list[str]:
    """Return all texts in nested JSON."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for element in inside for text in _texts(element)]
