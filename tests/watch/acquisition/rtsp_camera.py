"""A camera without hardware, run by the system's Python: white noise at ``rtsp://127.0.0.1:PORT/sound``.

python3 rtsp_camera.py PORT
"""

from __future__ import annotations

import sys

import gi

gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer(address="127.0.0.1", service=sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory(shared=True)
factory.set_launch(
    "( audiotestsrc is-live=true wave=white-noise volume=0.2 samplesperbuffer=800 ! "
    "audio/x-raw,rate=16000,channels=1 ! audioconvert ! rtpL16pay name=pay0 )"
)
server.get_mount_points().add_factory("/sound", factory)
server.attach(None)
print("ready", flush=True)  # noqa: T201
GLib.MainLoop().run()
