"""Sound in: finding clips, reading files and arrays, channels, resampling, windows, and the one gate."""

from offkey.audio.array_recording import ArrayRecording, check_rate
from offkey.audio.channel import Channel, parse_channel
from offkey.audio.find import ClipFinder, find_clips, is_folder
from offkey.audio.gate import check_samples
from offkey.audio.recording import FileRecording, Recording
from offkey.audio.remote import RemoteRecording
from offkey.audio.silence import check_window
from offkey.audio.windows import LONG_S, Window, Windowing, windows
from offkey.suffixes import is_clip_name

__all__ = [
    "LONG_S",
    "ArrayRecording",
    "Channel",
    "ClipFinder",
    "FileRecording",
    "Recording",
    "RemoteRecording",
    "Window",
    "Windowing",
    "check_rate",
    "check_samples",
    "check_window",
    "find_clips",
    "is_clip_name",
    "is_folder",
    "parse_channel",
    "windows",
]
