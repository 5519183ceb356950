"""Sound in: finding clips, reading files and arrays, channels, resampling, windows, and the one gate."""

from offkey.audio.channel import Channel, parse_channel
from offkey.audio.find import CLIP_SUFFIXES, find_clips
from offkey.audio.gate import check_samples
from offkey.audio.phone import EXTRA_SUFFIXES, phone_is_installed
from offkey.audio.recording import ArrayRecording, FileRecording, Recording
from offkey.audio.remote import RemoteRecording
from offkey.audio.windows import LONG_S, Window, Windowing, windows

__all__ = [
    "CLIP_SUFFIXES",
    "EXTRA_SUFFIXES",
    "LONG_S",
    "ArrayRecording",
    "Channel",
    "FileRecording",
    "Recording",
    "RemoteRecording",
    "Window",
    "Windowing",
    "check_samples",
    "find_clips",
    "parse_channel",
    "phone_is_installed",
    "windows",
]
