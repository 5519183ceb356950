"""Sound in: finding clips, reading files and arrays, channels, resampling, and the one gate."""

from offkey.audio.array_recording import ArrayRecording, check_rate
from offkey.audio.channel import Channel, parse_channel
from offkey.audio.find import ClipFinder, find_clips, is_folder
from offkey.audio.gate import check_samples
from offkey.audio.recording import FileRecording, Recording
from offkey.audio.remote import RemoteRecording
from offkey.suffixes import is_clip_name

__all__ = [
    "ArrayRecording",
    "Channel",
    "ClipFinder",
    "FileRecording",
    "Recording",
    "RemoteRecording",
    "check_rate",
    "check_samples",
    "find_clips",
    "is_clip_name",
    "is_folder",
    "parse_channel",
]
