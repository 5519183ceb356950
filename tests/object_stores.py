"""A server on this machine that speaks as much of Google Cloud Storage and Azure Blob Storage as their drivers need.

Started as a program with a port; what it is sent it keeps in memory. Paths that begin with ``/storage``, ``/download``
or ``/upload`` are Google's (JSON API v1), ``/account/container/blob`` is Azure's (REST API of the blob service). Every
bucket and container is there, and every key is accepted.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from base64 import b64encode
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BLOBS: dict[str, bytes] = {}
"""Content by ``bucket/name``."""

ABOUT: dict[str, dict[str, str]] = {}
"""What else Azure's clients said of a blob: headers that begin with ``x-ms-meta-``."""

DAY = "2026-01-01T00:00:00.000Z"


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """List, describe, or send."""
        self._dispatch()

    do_HEAD = do_POST = do_PUT = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _dispatch(self) -> None:
        split = urlsplit(self.path)
        self.query = {key: values[0] for key, values in parse_qs(split.query, keep_blank_values=True).items()}
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        google = re.fullmatch(r"/(?:(download|upload)/)?storage/v1/b/([^/]+)(?:/o(?:/(.*))?)?", split.path)
        azure = re.fullmatch(r"/account/([^/]+)(?:/(.+))?", split.path)
        if google:
            self._google(google[1], google[2], unquote(google[3] or ""))
        elif azure:
            self._azure(azure[1], unquote(azure[2] or ""))
        else:
            self._send(404)

    def _google(self, how: str | None, bucket: str, name: str) -> None:
        if how == "upload":
            boundary = re.search(r'boundary="?([^";]+)', self.headers["Content-Type"])
            assert boundary is not None
            _, about, content, _ = self.body.split(f"--{boundary[1]}".encode())
            name = json.loads(about.partition(b"\n\n")[2])["name"]
            BLOBS[f"{bucket}/{name}"] = content.partition(b"\n\n")[2][:-1]
        if not name:
            names, folders = self._listed(bucket)
            items = [_described(bucket, one) for one in names]
            self._send_json({"kind": "storage#objects", "items": items, "prefixes": folders})
        elif f"{bucket}/{name}" not in BLOBS:
            self._send(404, json.dumps({"error": {"code": 404, "message": "No such object"}}).encode())
        elif self.query.get("alt") == "media":
            self._send_content(f"{bucket}/{name}")
        else:
            self._send_json(_described(bucket, name))

    def _azure(self, container: str, name: str) -> None:
        if self.query.get("comp") == "list":
            names, folders = self._listed(container)
            blobs = "".join(_element(container, one) for one in names)
            blobs += "".join(f"<BlobPrefix><Name>{escape(one)}</Name></BlobPrefix>" for one in folders)
            head = f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="{container}">'
            text = f"{head}<Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>"
            self._send(200, text.encode(), {"Content-Type": "application/xml"})
        elif not name:
            self._send(200, headers={"ETag": '"0"', "Last-Modified": formatdate(0, usegmt=True)})
        elif self.command == "PUT":
            BLOBS[f"{container}/{name}"] = self.body
            meta = {key.lower(): value for key, value in self.headers.items() if key.lower().startswith("x-ms-meta-")}
            ABOUT[f"{container}/{name}"] = meta
            self._send(201, headers=_azure_headers(f"{container}/{name}"))
        elif f"{container}/{name}" not in BLOBS:
            self._send(404, headers={"x-ms-error-code": "BlobNotFound"})
        else:
            self._send_content(f"{container}/{name}", _azure_headers(f"{container}/{name}"))

    def _listed(self, bucket: str) -> tuple[list[str], list[str]]:
        """Return the names that begin as asked for, and the folders where a delimiter cuts them."""
        prefix, delimiter = self.query.get("prefix", ""), self.query.get("delimiter")
        found = [key.partition("/")[2] for key in sorted(BLOBS) if key.startswith(f"{bucket}/{prefix}")]
        if not delimiter:
            return found, []
        cut = {name: name[len(prefix) :].partition(delimiter) for name in found}
        names = [name for name, (_, mark, _) in cut.items() if not mark]
        return names, sorted({f"{prefix}{first}{delimiter}" for first, mark, _ in cut.values() if mark})

    def _send_content(self, key: str, headers: dict[str, str] | None = None) -> None:
        content, headers = BLOBS[key], dict(headers or {})
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("x-ms-range") or self.headers.get("Range") or "")
        if asked is None:
            self._send(200, content, headers)
            return
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        if first >= len(content):
            self._send(416, headers={"x-ms-error-code": "InvalidRange"})
            return
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        self._send(206, content[first : last + 1], headers)

    def _send_json(self, content: object) -> None:
        self._send(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"x-ms-request-id": "1", "x-ms-version": "2025-01-05", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _etag(key: str) -> str:
    return hashlib.sha256(BLOBS[key]).hexdigest()[:16]


def _described(bucket: str, name: str) -> dict[str, object]:
    key = f"{bucket}/{name}"
    digest = b64encode(hashlib.md5(BLOBS[key], usedforsecurity=False).digest()).decode()
    about = {"kind": "storage#object", "name": name, "bucket": bucket, "size": str(len(BLOBS[key])), "etag": _etag(key)}
    return {
        **about,
        "md5Hash": digest,
        "updated": DAY,
        "timeCreated": DAY,
        "generation": "1",
        "storageClass": "STANDARD",
    }


def _azure_headers(key: str) -> dict[str, str]:
    return {
        "ETag": f'"{_etag(key)}"',
        "Last-Modified": formatdate(0, usegmt=True),
        "x-ms-blob-type": "BlockBlob",
        "x-ms-creation-time": formatdate(0, usegmt=True),
        "x-ms-lease-state": "available",
        "x-ms-request-server-encrypted": "true",
        **ABOUT.get(key, {}),
    }


def _element(container: str, name: str) -> str:
    key = f"{container}/{name}"
    properties = {
        "Creation-Time": formatdate(0, usegmt=True),
        "Last-Modified": formatdate(0, usegmt=True),
        "Etag": _etag(key),
        "Content-Length": len(BLOBS[key]),
        "Content-Type": "application/octet-stream",
        "BlobType": "BlockBlob",
    }
    inner = "".join(f"<{tag}>{value}</{tag}>" for tag, value in properties.items())
    meta = {name.removeprefix("x-ms-meta-"): value for name, value in ABOUT.get(key, {}).items()}
    about = "".join(f"<{tag}>{value}</{tag}>" for tag, value in meta.items())
    return f"<Blob><Name>{escape(name)}</Name><Properties>{inner}</Properties><Metadata>{about}</Metadata></Blob>"


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
