"""A model, a folder of clips good and bad, workers that die, and a real S3 server on this machine."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import soundfile

import offkey
from offkey.work.here import Here


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
    soundfile.write(folder / "clip_93.wav", hum(536), 16_000)
    (folder / "clip_93.wav").rename(folder / os.fsdecode(b"clip_93_\xff.wav"))
    return folder


@pytest.fixture(scope="session")
def model_file(normal_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "hum.offkey"
    offkey.fit(normal_folder).save(path)
    return path


@pytest.fixture(params=["local", "ray"])
def engine_name(request: pytest.FixtureRequest) -> str:
    if request.param == "ray":
        request.getfixturevalue("ray_address")
    return str(request.param)


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.fixture
def killing_workers() -> Callable[[str], AbstractContextManager[list[int]]]:
    """Return a context in which workers of an engine are killed, twice at most; it tells their ids."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("workers are found through /proc")

    @contextmanager
    def killing(engine: str) -> Iterator[list[int]]:
        killed: list[int] = []
        finished = threading.Event()

        def kill_some() -> None:
            times = 0
            while times < 2 and not finished.wait(0.05):
                if found := _kill(engine):
                    killed.extend(found)
                    times += 1
                    finished.wait(4)  # a worker needs about a second to start, under load longer

        killer = threading.Thread(target=kill_some)
        killer.start()
        try:
            yield killed
        finally:
            finished.set()
            killer.join()

    return killing


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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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


def _kill(engine: str) -> list[int]:
    """Kill the processes that do work at the moment."""
    killed = []
    for pid in _worker_pids(engine):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        killed.append(pid)
    return killed


def _worker_pids(engine: str) -> list[int]:
    if engine == "local":
        return [child.pid for child in multiprocessing.active_children() if child.pid is not None]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cmdline").read_bytes().startswith(b"ray::do_there") and _is_ours(int(process.name)):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _is_ours(pid: int) -> bool:
    """Tell whether a process descends from this one: on this machine may be other clusters."""
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False
