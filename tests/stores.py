"""Object stores on this machine: a real S3 server, and a stand-in for those of Google and Azure."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from benchmarks.ports import free_port


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that speaks S3 over HTTP, with an empty bucket ``plant``."""
    pytest.importorskip("moto", reason="moto, whose S3 server the test needs, is not installed")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    command = ["-m", "moto.server", "-H", "127.0.0.1", "-p"]
    with _serving(command, tmp_path_factory.mktemp("s3") / "log") as endpoint:
        request = urllib.request.Request(f"{endpoint}/plant", method="PUT")  # noqa: S310 - http on this machine
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
        yield endpoint


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch, let_go_of_stores: None) -> str:
    """URL of the bucket on that server, to which the environment leads."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return "s3://plant"


@pytest.fixture(scope="session")
def other_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a stand-in for Google's and Azure's stores."""
    command = [str(Path(__file__).with_name("object_stores.py"))]
    with _serving(command, tmp_path_factory.mktemp("stores") / "log") as endpoint:
        yield endpoint


@pytest.fixture
def other_stores(other_server: str, monkeypatch: pytest.MonkeyPatch, let_go_of_stores: None) -> None:
    """Let ``gs://`` and ``az://`` lead to that stand-in."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", other_server)
    monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # it asks what kind of bucket, by another protocol
    account = "DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5"
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", f"{account};BlobEndpoint={other_server}/account;")


@pytest.fixture
def let_go_of_stores() -> Iterator[None]:
    """End the connections of drivers after the test; they keep them, and would complain in another test."""
    yield
    for module, kind in (("s3fs", "S3FileSystem"), ("gcsfs", "GCSFileSystem"), ("adlfs", "AzureBlobFileSystem")):
        if module in sys.modules:
            getattr(sys.modules[module], kind).clear_instance_cache()
    gc.collect()


@pytest.fixture(params=["s3", "gs", "az"])
def store(request: pytest.FixtureRequest) -> str:
    """URL of a bucket, each of whose protocols the installed drivers speak."""
    driver = {"gs": "gcsfs", "az": "adlfs"}.get(request.param)
    if driver is None:
        return str(request.getfixturevalue("s3"))
    if find_spec(driver) is None:
        pytest.skip(f"{driver} is not installed")
    request.getfixturevalue("other_stores")
    return f"{request.param}://plant-{request.param}"


@contextmanager
def _serving(command: list[str], log: Path) -> Iterator[str]:
    """Start a server in Python on a free port, which ends the command, and give its address."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with log.open("wb") as file:
        server = subprocess.Popen([sys.executable, *command, str(port)], stdout=file, stderr=file)
        try:
            _wait_for(port, server)
            yield endpoint
        finally:
            server.terminate()
            server.wait(10)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            assert server.poll() is None, "the server did not start"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")
