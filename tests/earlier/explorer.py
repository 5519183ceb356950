"""The explorer as a person has it: the command in a process of its own, and requests to its pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from types import TracebackType

__all__ = ["Explorer"]

_PATIENCE_S = 60


class Explorer:
    """A running ``offkey explore``, ended with the block.

    Parameters
    ----------
    *arguments : str
        Of the command, but for the port.
    """

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "offkey", "explore", *arguments, "--port", "0", "--jobs", "1"]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.said = ""

    def __enter__(self) -> Explorer:
        assert self._process.stderr is not None
        while not (found := re.search(r"http://\S+", self.said)):
            line = self._process.stderr.readline()
            assert line, f"the explorer ended: {self.said}"
            self.said += line
        self.address = found[0].rstrip("/")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()

    def get(self, path: str) -> str:
        """Return a page."""
        request = urllib.request.Request(self.address + path, headers={"accept": "text/html"})  # noqa: S310 - http
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - http
            return str(answer.read().decode())

    def post(self, path: str, **form: str) -> None:
        """Send a form."""
        headers = {"accept": "text/html", "origin": self.address}
        request = urllib.request.Request(  # noqa: S310 - http
            self.address + path, urllib.parse.urlencode(form).encode(), headers
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - http
            answer.read()

    def wait(self) -> None:
        """Wait until all clips are measured and scored."""
        until = time.monotonic() + _PATIENCE_S
        while 'hx-trigger="every' in self.get("/progress") and time.monotonic() < until:
            time.sleep(0.05)

    def clips(self) -> list[str]:
        """Return the ids of the clips on the first page of the table, in its order."""
        return list(dict.fromkeys(re.findall(r"/clips/([0-9a-f]{16})", self.get("/clips?sort=name"))))

    def json(self, path: str) -> object:
        """Return a JSON answer."""
        return json.loads(self.get(path))
