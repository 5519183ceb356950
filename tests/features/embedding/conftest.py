"""A hub on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

COMMIT = hashlib.sha1(b"first", usedforsecurity=False).hexdigest()


@pytest.fixture(autouse=True)
def own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let transformers put its folders of code into a copy of the path."""
    monkeypatch.setattr(sys, "path", [*sys.path])


class Hub:
    """The part of the hub's HTTP interface that a download needs: one model, ``acme/ears``, with one commit."""

    def __init__(self, folder: Path, place: Path) -> None:
        self.folder, self.place, self.asked = folder, place, []
        self.gated = False
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                hub.answer(self, body=False)

            def do_GET(self) -> None:
                hub.answer(self, body=True)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, handler: BaseHTTPRequestHandler, *, body: bool) -> None:
        path = handler.path.partition("?")[0]
        self.asked.append(path)
        files = sorted(one.name for one in self.folder.iterdir())
        status, content, headers = 404, b"{}", {"X-Error-Code": "RepoNotFound"}
        if self.gated:
            status, headers = 403, {"X-Error-Code": "GatedRepo"}
        elif path.startswith("/api/models/acme/ears/tree/"):
            rows = [{"type": "file", "path": one, "size": (self.folder / one).stat().st_size} for one in files]
            content = json.dumps([{**row, "oid": f"{number:040x}"} for number, row in enumerate(rows)]).encode()
            status, headers = 200, {"Content-Type": "application/json"}
        elif path in (f"/api/models/acme/ears/revision/{name}" for name in ("main", COMMIT)) or path.endswith("/ears"):
            told = {"id": "acme/ears", "sha": COMMIT, "siblings": [{"rfilename": one} for one in files]}
            status, content, headers = 200, json.dumps(told).encode(), {"Content-Type": "application/json"}
        elif path.startswith("/api/models/acme/ears/revision/"):
            headers = {"X-Error-Code": "RevisionNotFound"}
        elif path.startswith(f"/acme/ears/resolve/{COMMIT}/") and path.rpartition("/")[2] in files:
            content = (self.folder / path.rpartition("/")[2]).read_bytes()
            tag = hashlib.sha1(content, usedforsecurity=False).hexdigest()
            status, headers = 200, {"X-Repo-Commit": COMMIT, "ETag": f'"{tag}"'}
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if body:
            handler.wfile.write(content)

    def run(self, *arguments: str, offline: bool = False) -> subprocess.CompletedProcess[str]:
        """Run Python in another process that takes this for the hub, with a cache of its own."""
        told = {"HF_ENDPOINT": self.address, "HF_HOME": str(self.place / "cache"), "HF_HUB_DISABLE_XET": "1"}
        told |= {"HF_HUB_OFFLINE": "1"} if offline else {}
        env = {**os.environ, **told, "OMP_NUM_THREADS": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "NO_PROXY": "*"}
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=env, cwd=self.place, capture_output=True, text=True, check=False)

    def resolve(self, *arguments: str, offline: bool = False) -> str:
        """Return what `resolve` finds, or the words of its error."""
        code = (
            "import sys\n"
            "from offkey.errors import OffkeyError\n"
            "from offkey.features.embedding.hub_files import resolve\n"
            "try: print(*resolve(*sys.argv[1:]), sep='|')\n"
            "except OffkeyError as error: print(type(error).__name__, error)"
        )
        ran = self.run("-c", code, *arguments, offline=offline)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with a model that nobody could load, small enough to be fetched."""
    pytest.importorskip("huggingface_hub", reason="the extra hub is not installed")
    (tmp_path / "ears").mkdir()
    for name, content in (
        ("config.json", '{"model_type": "ears"}'),
        ("README.md", "---\nlicense: other\nlicense_name: ears-1.0\n---\nlicense: none of this\n"),
        ("model.safetensors", "weights"),
        ("pytorch_model.bin", "the same weights again"),
        ("code.py", "print('ran')"),
    ):
        (tmp_path / "ears" / name).write_text(content)
    found = Hub(tmp_path / "ears", tmp_path)
    yield found
    found.server.shutdown()
    found.server.server_close()
