"""Sound cards and cameras without hardware."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks.ports import free_port

from offkey.watch.acquisition.feed import Feed

_SERVER = ("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=true")
_CAMERA = Path(__file__).with_name("rtsp_camera.py")
_PYTHON = "/usr/bin/python3"  # which has the bindings of GStreamer


def wait_for(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Wait until something holds; return whether it does."""
    until = time.monotonic() + seconds
    while not (done := holds()) and time.monotonic() < until:
        time.sleep(0.02)
    return done


def state_comes(feed: Feed, *states: str, seconds: float = 60.0) -> bool:
    """Take what a feed gives until its source has one of some states."""

    def holds() -> bool:
        while feed.take() is not None:
            pass
        return feed.state()[0] in states

    return wait_for(holds, seconds)


class SoundServer:
    """PulseAudio with no sound card; microphones are monitors of null sinks."""

    def pactl(self, *arguments: str) -> str:
        return subprocess.run(["pactl", *arguments], check=True, capture_output=True, text=True, timeout=20).stdout

    def plug(self, name: str) -> Callable[[], str]:
        """Make a microphone; return what takes it away."""
        module = self.pactl("load-module", "module-null-sink", f"sink_name={name}").strip()
        return lambda: self.pactl("unload-module", module)


@pytest.fixture
def sound_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    """A PulseAudio of its own, whose microphone ``hall`` PortAudio knows as ``name:hall``."""
    if shutil.which("pulseaudio") is None or shutil.which("pactl") is None:
        pytest.skip("PulseAudio is not installed")
    if not any(Path("/usr/lib").glob("*/libportaudio.so.2")):
        pytest.skip("the library PortAudio is not installed")
    if not any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")):
        pytest.skip("the way from ALSA to PulseAudio is not installed: libasound2-plugins")
    link = f"unix:{tmp_path}/native"
    (tmp_path / ".asoundrc").write_text(f'pcm.hall {{ type pulse\n server "{link}"\n device "hall.monitor" }}\n')
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", link)
    tmp_path.chmod(0o700)
    protocol = f"module-native-protocol-unix socket={tmp_path}/native auth-anonymous=1"
    server = subprocess.Popen([*_SERVER, "-L", protocol], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert wait_for((tmp_path / "native").exists)
        yield SoundServer()
    finally:
        server.kill()
        server.wait()


class Camera:
    """A server of RTSP that can be started, killed and held up."""

    def __init__(self) -> None:
        self._port = free_port()
        self.link = f"rtsp://127.0.0.1:{self._port}/sound"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [_PYTHON, str(_CAMERA), str(self._port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


@pytest.fixture
def camera() -> Iterator[Camera]:
    """A camera that is off at first."""
    program = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    if not Path(_PYTHON).exists() or subprocess.run([_PYTHON, "-c", program], capture_output=True).returncode:
        pytest.skip("the RTSP server of GStreamer is not installed: gir1.2-gst-rtsp-server-1.0 and python3-gi")
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    made = Camera()
    yield made
    made.kill()
