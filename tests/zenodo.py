"""A server that speaks as Zenodo does, with the faults that networks have."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import json
import threading
import zipfile
from collections.abc import Iterator

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
