"""The files of a model of the Hugging Face hub: in a folder, in the hub's own cache, or on the hub."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from offkey.errors import DataError, OffkeyError, require
from offkey.features.embedding.base import FOLDER_VARIABLE, find_local
from offkey.features.embedding.digest import digest_of
from offkey.features.embedding.hub_consent import check_consent

__all__ = ["HubFiles", "resolve"]

_COMMIT = re.compile(r"[0-9a-f]{40}")
_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")
_SMALL = ["*.json", "*.txt", "*.model", "README.md"]  # configuration, vocabulary, and the model card with its licence
_WEIGHTS = ("*.safetensors", "*.bin")


class HubFiles(NamedTuple):
    """The files of a model."""

    folder: Path
    revision: str  # the commit that they are of; empty for a folder that is not of the hub's cache
    licence: str  # what the model card says; empty if it says nothing
    digest: str
    code: str  # SHA-256 over the code that the model brings; empty where it brings none


def resolve(name: str, revision: str | None = None, *, with_code: bool = False) -> HubFiles:
    """Find the files of a model, and fetch them into the hub's cache if they are not there.

    `name`: a folder, or a name on the hub such as ``"MIT/ast-finetuned-audioset-10-10-0.4593"``.
    `revision`: branch, tag or commit; by default the main branch as it is now. A commit that is in the cache is taken
        without asking the hub.
    `with_code`: whether code that comes with the model is fetched, and may be run: the consent of the person at work.
    """
    folder = find_local(name)
    if folder is None and (name.startswith((".", "/", "~")) or not _ID.fullmatch(name)):
        raise DataError(f"There is no folder {name}: name one that holds a model, or a model of the hub as OWNER/NAME.")
    commit = ""
    if folder is None:
        folder = _fetched(name, revision, with_code=with_code)
        commit = folder.name if _COMMIT.fullmatch(folder.name) else ""
    code = check_consent(folder, name, with_code=with_code)
    weights = next((found for pattern in _WEIGHTS if (found := sorted(folder.glob(pattern)))), None)
    if weights is None:
        raise DataError(f"The model in {folder} has no weights: expected {' or '.join(_WEIGHTS)}.")
    described = [path for path in (folder / "config.json", folder / "preprocessor_config.json") if path.is_file()]
    return HubFiles(folder, commit, _licence(folder / "README.md"), digest_of([*described, *weights]), code)


@lru_cache(maxsize=16)
def _fetched(name: str, revision: str | None, *, with_code: bool) -> Path:
    """Return the model's folder in the hub's cache; what is missing is fetched."""
    hub = require("huggingface_hub", "hub", "The front end 'hub'")
    from huggingface_hub import errors

    small = [*_SMALL, "*.py"] if with_code else _SMALL
    pinned = revision is not None and _COMMIT.fullmatch(revision) is not None

    def snapshot(pattern: str, *, local: bool) -> Path:
        patterns = [*small, pattern]
        return Path(hub.snapshot_download(name, revision=revision, allow_patterns=patterns, local_files_only=local))

    for local in (True, False) if pinned else (False,):
        for pattern in _WEIGHTS:
            try:
                folder = snapshot(pattern, local=local)
            except errors.GatedRepoError as error:
                raise OffkeyError(
                    f"The model {name} is given to those who accept its terms: do so on its page on the hub, then log "
                    "in with 'hf auth login'."
                ) from error
            except errors.RevisionNotFoundError as error:
                raise DataError(f"The model {name} has no revision {revision!r} on the hub.") from error
            except errors.RepositoryNotFoundError as error:
                raise DataError(f"There is no model {name} on the hub, or it is not yours to see.") from error
            except (OSError, ValueError, RuntimeError, errors.LocalEntryNotFoundError) as error:
                if local:
                    break
                raise OffkeyError(_not_there(name, revision, error)) from error
            if any(folder.glob(pattern)):
                return folder
    raise DataError(f"The model {name} has no weights on the hub: expected {' or '.join(_WEIGHTS)}.")


def _not_there(name: str, revision: str | None, error: Exception) -> str:
    from huggingface_hub import constants

    cause = error.__cause__ or error
    reason = "offline by HF_HUB_OFFLINE" if constants.HF_HUB_OFFLINE else str(cause).strip().splitlines()[0].rstrip(".")
    folder = name.rpartition("/")[2]
    pin = f" --revision {revision}" if revision else ""
    return (
        f"The model {name} is not in the cache {constants.HF_HUB_CACHE} and cannot be fetched from "
        f"{constants.ENDPOINT} ({reason}): where there is internet run 'hf download {name}{pin} --local-dir {folder}', "
        f"then copy that folder here and use hub:./{folder}, or copy it into the folder that the environment variable "
        f"{FOLDER_VARIABLE} names."
    )


def _licence(card: Path) -> str:
    """Return the licence that a model card names in its head."""
    text = card.read_text(encoding="utf-8", errors="replace") if card.is_file() else ""
    head = text.split("\n---", 1)[0] if text.startswith("---") else ""
    found = {key: value.strip().strip("'\"") for key, value in re.findall(r"^(licen[cs]e(?:_name)?):(.*)$", head, re.M)}
    return found.get("license_name") or found.get("license") or ""
