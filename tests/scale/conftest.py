"""A model, a folder of clips good and bad, and a real S3 server on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

import offkey


@pytest.fixture(scope="session")
def clips_folder(tmp_path_factory: pytest.TempPathFactory, hum) -> Path:
    """40 clips of one second, some with a fault, three that are bad, one with a name that is not UTF-8."""
    folder = tmp_path_factory.mktemp("clips")
    for number in range(36):
        tone = 3000.0 if number % 9 == 0 else None
        soundfile.write(folder / f"clip_{number:02d}.wav", hum(500 + number, tone_hz=tone), 16_000)
    (folder / "clip_90_empty.wav").write_bytes(b"")
    (folder / "clip_91_text.wav").write_text("no sound")
    whole = (folder / "clip_00.wav").read_bytes()
    (folder / "clip_92_truncated.wav").write_bytes(whole[: len(whole) // 2])
    (folder / os.fsdecode(b"clip_93_\xff.wav")).write_bytes(whole)
    return folder


@pytest.fixture(scope="session")
def model_file(normal_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "hum.offkey"
    offkey.fit(normal_folder).save(path)
    return path


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of an empty bucket on a server that speaks S3 over HTTP."""
    pytest.importorskip("moto", reason="moto, whose S3 server the test needs, is not installed")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    settings = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    log = (tmp_path_factory.mktemp("s3") / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        try:
            _wait_for(endpoint, server)
            request = urllib.request.Request(f"{endpoint}/plant", method="PUT")  # noqa: S310 - http on this machine
            urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
            yield "s3://plant"
        finally:
            server.terminate()
            server.wait(10)
            log.close()


def _wait_for(endpoint: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(endpoint, timeout=5).close()  # noqa: S310 - http on this machine
        except OSError:
            assert server.poll() is None, "the S3 server did not start"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the S3 server does not answer")
