"""Uploads that mean harm: bombs, forms of any kind, names that are paths, and bytes that come too slowly."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import soundfile
import uvicorn

from offkey.web.api.limits import Limits
from offkey.web.api.part import serve_part
from offkey.web.api.served import ServedModels
from offkey.web.app import create_app
from offkey.web.hasty_server import HastyServer
from offkey.web.problems import PROBLEM_TYPE
from offkey.web.security import Guard
from offkey.web.server import listen

MODEL = "/api/models/pump%207"
PATIENCE_S = 60.0


def _without_length(flac: bytes) -> bytes:
    """Return a FLAC whose header says nothing of its length: the last 36 bits before the MD5 of STREAMINFO."""
    facts = int.from_bytes(flac[18:26], "big") >> 36 << 36
    return flac[:18] + facts.to_bytes(8, "big") + flac[26:]


@pytest.mark.parametrize("says", [True, False])
def test_hours_of_silence_in_a_small_file_are_refused_before_they_are_scored(
    client_of, tmp_path: Path, says: bool
) -> None:
    bomb = tmp_path / "bomb.flac"
    soundfile.write(bomb, np.zeros(3 * 3600 * 16_000, np.int16), 16_000, subtype="PCM_16")
    content = bomb.read_bytes()
    assert len(content) < 1_000_000
    began = time.process_time()
    answer = client_of().post(f"{MODEL}/score", content=content if says else _without_length(content))
    assert (answer.status_code, "more than the 3600 s" in answer.json()["detail"]) == (413, True)
    assert time.process_time() - began < 10


def test_a_clip_whose_length_is_unknown_is_scored_where_it_is_short(client_of, clip: Path, tmp_path: Path) -> None:
    samples, rate = soundfile.read(clip)
    soundfile.write(tmp_path / "clip.flac", samples, rate)
    content = (tmp_path / "clip.flac").read_bytes()
    known, unknown = (
        client_of().post(f"{MODEL}/score", content=one).json() for one in (content, _without_length(content))
    )
    assert [row["score"] for row in unknown["rows"]] == [row["score"] for row in known["rows"]]


def test_many_channels_at_a_high_rate_are_refused(client_of, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "wide.flac", np.zeros((600_000, 8), np.int16), 192_000, subtype="PCM_16")
    answer = client_of(Limits(clip_s=10)).post(f"{MODEL}/score", content=(tmp_path / "wide.flac").read_bytes())
    assert (answer.status_code, "8 channels at 192000 Hz" in answer.json()["detail"]) == (413, True)


@pytest.mark.filterwarnings("ignore:Exception ignored in. <function SpooledTemporaryFile")  # of a form that breaks off
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x--\r\n",
        b"--x\r\n\r\nno head\r\n--x--\r\n",
        b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file name\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + b"a" * 100_000 + b'"\r\n\r\nb\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + b"\0" * 1000,
        b'--x\r\nContent-Disposition: form-data; name="\xff\xfe"; filename="\xff"\r\n\r\nb\r\n--x--\r\n',
        b"--x\r\n" + b"A: b\r\n" * 10_000 + b"\r\nb\r\n--x--\r\n",
    ],
)
def test_any_form_is_refused_in_a_sentence(client_of, body: bytes) -> None:
    for kind in (
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 500,
    ):
        answer = client_of().post(f"{MODEL}/score", content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == PROBLEM_TYPE


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.wav", "/etc/passwd", "..", "a\\..\\b.wav", "\0.wav", "\x1b[31m.wav", "x" * 300, "\u202e.wav"],
)
def test_a_name_is_never_a_path(client_of, clip: Path, name: str) -> None:
    content = clip.read_bytes()
    for answer in (
        client_of().post(f"{MODEL}/score", files={"file": (name, content)}),
        client_of().post(f"{MODEL}/score", params={"called": name[:200]}, content=content),
    ):
        assert answer.status_code == 200
        (file,) = {row["file"] for row in answer.json()["rows"]}
        assert 0 < len(file) <= 200
        assert file.isprintable()
        assert not {"/", "\\"} & set(file)


def test_an_upload_that_comes_too_slowly_is_ended(models) -> None:
    with _serving(models, Limits(upload_s=0.5), head_s=PATIENCE_S) as port:
        head = f"POST {MODEL}/score HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1000\r\n\r\n"
        answer = _trickle(port, head.encode() + b"RIFF")
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert b"did not come within 0.5 s" in answer


def test_a_head_that_comes_too_slowly_is_cut_off(models) -> None:
    with _serving(models, Limits(), head_s=0.5) as port:
        assert _trickle(port, b"GET / HTTP/1.1\r\n", b"X: a\r\n") == b""
        whole = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        assert _trickle(port, whole).endswith(b"alive")


@contextmanager
def _serving(models: ServedModels, limits: Limits, *, head_s: float) -> Iterator[int]:
    """Serve in a thread; yield the port."""
    app = create_app([serve_part(models, limits)], title="test", guard=Guard(programs=True))
    with closing(listen("127.0.0.1", 0)) as opened:
        server = HastyServer(uvicorn.Config(app, log_level="warning"), head_s=head_s, leaving_s=1.0)
        thread = Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        yield opened.getsockname()[1]
        server.should_exit = True
        thread.join()


def _trickle(port: int, begin: bytes, further: bytes = b"") -> bytes:
    """Send a begin, then a little now and then; return what comes until the server closes the connection."""
    found, until = b"", time.monotonic() + PATIENCE_S
    with closing(socket.create_connection(("127.0.0.1", port), timeout=0.1)) as sender:
        sender.sendall(begin)
        while time.monotonic() < until:
            try:
                piece = sender.recv(1 << 16)
                found += piece
                if not piece:
                    return found
                sender.sendall(further)
            except TimeoutError:
                with suppress(OSError):
                    sender.sendall(further)
            except OSError:
                return found
    raise AssertionError(f"the connection is open still, after {found!r}")
