"""A server that speaks as Zenodo does, with the faults that networks have."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


class FakeZenodo:
    """Records with files; what goes wrong is set by the test.

    Attributes
    ----------
    records : dict
        Record number to name to content.
    break_after : list of int
        Each request for content takes one off and sends only so many bytes.
    ignore_range : bool
        Whether the server always sends the whole file.
    """

    def __init__(self) -> None:
        self.records: dict[str, dict[str, bytes]] = {}
        self.wrong_md5: set[str] = set()
        self.break_after: list[int] = []
        self.ignore_range = False
        self.status: dict[str, int] = {}
        self.raw_answer: bytes | None = None
        self.requests: list[tuple[str, str | None]] = []
        self.url = ""

    def add(self, record: str, name: str, files: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as packed:
            for path, content in files.items():
                packed.writestr(path, content)
        self.records.setdefault(record, {})[name] = buffer.getvalue()
        return buffer.getvalue()

    def checksum(self, name: str, content: bytes) -> str:
        right = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return f"md5:{'0' * 32 if name in self.wrong_md5 else right}"

    def answer(self, path: str, start: int | None) -> tuple[int, bytes]:
        """Return the status and the content of a request."""
        parts = path.strip("/").split("/")
        if parts[:2] != ["api", "records"] or parts[2] not in self.records:
            return 404, b"{}"
        files = self.records[parts[2]]
        if len(parts) == 3:
            listed = [
                {
                    "key": name,
                    "size": len(content),
                    "checksum": self.checksum(name, content),
                    "links": {"self": f"{self.url}/api/records/{parts[2]}/files/{name}/content"},
                }
                for name, content in files.items()
            ]
            return 200, self.raw_answer or json.dumps({"id": parts[2], "files": listed}).encode()
        name = parts[4]
        if name in self.status:
            return self.status[name], b""
        if start is None or self.ignore_range:
            return 200, files[name]
        return 206, files[name][start:]


@pytest.fixture
def zenodo(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeZenodo]:
    fake = FakeZenodo()
    monkeypatch.setenv("NO_PROXY", "*")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            fake.requests.append((self.path, asked))
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else None
            status, content = fake.answer(self.path, start)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.path.endswith("/content") and fake.break_after:
                content = content[: fake.break_after.pop(0)]
                self.close_connection = True
            with contextlib.suppress(OSError):  # the client may have gone
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def fan_archives(zenodo: FakeZenodo) -> Callable[[], FakeZenodo]:
    """Return a function that puts the three archives of fan, DCASE 2020, on the server."""

    def put() -> FakeZenodo:
        sound = bytes(range(256)) * 800
        zenodo.add("3678171", "dev_data_fan.zip", {f"fan/train/normal_id_00_{k:08d}.wav": sound for k in range(3)})
        zenodo.add("3727685", "eval_data_train_fan.zip", {"fan/train/normal_id_01_00000000.wav": sound})
        zenodo.add("3841772", "eval_data_test_fan.zip", {"fan/test/id_01_00000000.wav": sound, "fan/test/": b""})
        return zenodo

    return put


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Return a function that lets writing to files of one ending fail after some bytes, as on a full disk."""
    import errno
    import os

    real_open = Path.open

    def fill(ending: str, room: int) -> None:
        left = [room]

        def limited(path: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
            file = real_open(path, mode, *args, **kwargs)  # type: ignore[call-overload]
            if not path.name.endswith(ending) or "r" in mode:
                return file
            real_write = file.write

            class Limited:
                def __enter__(self) -> Limited:
                    return self

                def __exit__(self, *_: object) -> None:
                    file.close()

                def write(self, data: bytes) -> int:
                    fits = data[: left[0]]
                    left[0] -= len(fits)
                    real_write(fits)
                    if len(fits) < len(data):
                        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                    return len(data)

            return Limited()

        monkeypatch.setattr(Path, "open", limited)

    return fill
