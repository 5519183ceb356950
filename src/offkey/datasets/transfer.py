"""Fetching one file: resumed where it broke off, checked by its MD5 sum, in place only when whole."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offkey.datasets.zenodo import TIMEOUT_S, RemoteFile
from offkey.errors import DataError, OffkeyError, require

__all__ = ["fetch"]

_CHUNK = 1 << 16  # what a broken connection costs at most
_TRIES = 5
_FINAL = (400, 401, 403, 404, 405, 410)  # answers that another try does not change
_PURPOSE = "Fetching a data set"


def fetch(
    remote: RemoteFile, path: Path, *, advance: Callable[[int], None] = lambda n: None, pause_s: float = 2.0
) -> Path:
    """Fetch a file, unless it is there already with the right sum.

    `path`: where to; until it is whole it is called ``<name>.part`` and is resumed from there.
    `advance`: called with the number of bytes that came in, first with those that were there; where the server begins
        anew, with a negative number.
    `pause_s`: seconds before the second try, doubled for each further one.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        if path.is_file() and _md5(path) == remote.md5:
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        _Transfer(remote, part, advance, pause_s).fetch()
        if _md5(part) != remote.md5:
            part.unlink()
            raise DataError(
                f"{remote.name} from {remote.url} has not the MD5 sum {remote.md5} that its record gives: "
                "it was changed on its way and is deleted; fetch it again."
            )
        part.replace(path)
    except OSError as error:
        raise _not_written(path, error, remote) from error
    return path


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


@dataclass
class _Transfer:
    """The way of one file over the network, in as many tries as it may take."""

    remote: RemoteFile
    part: Path
    advance: Callable[[int], None]
    pause_s: float
    told: int = 0

    def fetch(self) -> None:
        """Fetch what is missing of the part."""
        for attempt in range(_TRIES):
            error = self._resume(self.remote.url)
            if error is None:
                return
            if attempt < _TRIES - 1:
                time.sleep(self.pause_s * 2**attempt)
        raise OffkeyError(
            f"{self.remote.name} broke off after {self._bytes_there()} of {self.remote.size} bytes ({error}); "
            "run the same again to go on from there."
        )

    def _bytes_there(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _resume(self, url: str) -> str | None:
        """Fetch what is missing; return what went wrong, None if nothing is missing any more."""
        requests = require("requests", "download", _PURPOSE)
        try:
            if self._bytes_there() > self.remote.size:  # a part of something else
                self.part.unlink()
            have = self._bytes_there()
            if have == self.remote.size:
                self.part.touch()  # an empty file needs no transfer, but must be there
                return None
            headers = {"Range": f"bytes={have}-"} if have else {}
            with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
                if response.status_code in _FINAL:
                    raise OffkeyError(f"{self.remote.name} cannot be fetched: {url} answers {response.status_code}.")
                response.raise_for_status()
                goes_on = response.status_code == requests.codes.partial_content
                self._receive(response, have if goes_on else 0)
        except requests.exceptions.ChunkedEncodingError:
            return "the connection broke"
        except requests.RequestException as error:
            return str(error).splitlines()[0].rstrip(".")
        except OSError as error:
            raise _not_written(self.part, error, self.remote) from error
        return None if self._bytes_there() == self.remote.size else "the server closed the connection"

    def _receive(self, response: Any, start: int) -> None:
        if shutil.disk_usage(self.part.parent).free < self.remote.size - start:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._report(start)
        with self.part.open("ab" if start else "wb") as file:
            for chunk in response.iter_content(_CHUNK):
                file.write(chunk)
                self._report(self.told + len(chunk))

    def _report(self, now: int) -> None:
        self.advance(now - self.told)
        self.told = now


def _not_written(path: Path, error: OSError, remote: RemoteFile) -> OffkeyError:
    if error.errno == errno.ENOSPC:
        return OffkeyError(
            f"The disk is full: {remote.name} has {remote.size} bytes, and its archive is unpacked beside it; "
            f"make room at {path.parent} and run the same again to go on."
        )
    return OffkeyError(f"{path} cannot be written: {error.strerror or error}.")
