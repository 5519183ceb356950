"""Files of a Zenodo record, with sizes and MD5 sums (Zenodo REST API, ``/api/records/N``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from offkey.errors import DataError, OffkeyError, require

__all__ = ["TIMEOUT_S", "ZENODO", "RemoteFile", "record_files"]

ZENODO = "https://zenodo.org"
TIMEOUT_S = 60.0
"""The time that a server may keep silent, in seconds."""


@dataclass(frozen=True)
class RemoteFile:
    """A file of a record."""

    name: str
    url: str
    size: int  # number of bytes
    md5: str


def record_files(record: str, *, server: str = ZENODO) -> dict[str, RemoteFile]:
    """Ask Zenodo for the files of a record."""
    requests = require("requests", "download", "Fetching a data set")
    url = f"{server.rstrip('/')}/api/records/{record}"
    try:
        with requests.get(url, timeout=TIMEOUT_S) as response:
            if response.status_code in (404, 410):
                raise DataError(f"Zenodo has no record {record} any more: {url} answers {response.status_code}.")
            response.raise_for_status()
            return _files(response.json(), url)
    except requests.exceptions.JSONDecodeError as error:
        raise DataError(f"{url} does not answer as Zenodo does: expected JSON.") from error
    except requests.RequestException as error:
        raise OffkeyError(f"{url} cannot be reached: {_reason(error)}; check the connection and try again.") from error


def _files(answer: Any, url: str) -> dict[str, RemoteFile]:
    try:
        files = {}
        for file in answer["files"]:
            kind, _, md5 = file["checksum"].partition(":")
            if kind != "md5":
                raise ValueError(file["checksum"])
            link = file.get("links", {}).get("self") or f"{url}/files/{file['key']}/content"
            files[file["key"]] = RemoteFile(file["key"], link, int(file["size"]), md5.lower())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{url} does not answer as Zenodo does: expected files with key, size and an MD5 checksum."
        ) from error
    return files


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
