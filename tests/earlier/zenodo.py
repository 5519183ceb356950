"""A server that lists one archive in the way of Zenodo."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator

__all__ = ["zenodo"]

_FILE = {"key": "dev_data_fan.zip", "size": 1, "checksum": f"md5:{'0' * 32}", "links": {"self": "http://127.0.0.1/"}}


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = json.dumps({"id": "3678171", "files": [_FILE]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def zenodo() -> Iterator[str]:
    """Run the server as long as the block; its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
