"""Endings of file names that mean sound."""

from __future__ import annotations

from pathlib import PurePosixPath

__all__ = ["CLIP_SUFFIXES", "is_clip_name", "is_unread_name", "sound_suffix"]

_READ = """
.wav .wave .bwf .flac .ogg .oga .opus .mp3 .aif .aiff .aifc .w64 .rf64 .caf .au .snd .voc .sd2 .nist .sph
"""
_NOT_READ = """
.m4a .m4b .m4r .mp4 .m4v .mov .aac .adts .3gp .3gpp .3g2 .amr .awb .wma .wmv .asf .webm .weba .mka .mkv .avi .mp2
.mpga .mpg .mpeg .ac3 .eac3 .dts .ape .wv .mpc .tta .tak .ra .rm .dsf .dff .spx .gsm .vox .qcp .alac
"""

CLIP_SUFFIXES = frozenset(_READ.split())
"""Endings, in lower case, by which a file in a folder is taken for a clip."""

_UNREAD = frozenset(_NOT_READ.split())


def is_clip_name(name: str) -> bool:
    """Tell whether a file in a folder is taken for a clip by its name."""
    return _suffix(name) in CLIP_SUFFIXES


def is_unread_name(name: str) -> bool:
    """Tell whether a file is sound by its name, but of a kind that is not read."""
    return not is_clip_name(name) and _suffix(name) in _UNREAD


def sound_suffix(name: str) -> str:
    """Return the ending of a name as it stands if it means sound, else nothing."""
    suffix = PurePosixPath(name).suffix
    return suffix if suffix.lower() in CLIP_SUFFIXES | _UNREAD else ""


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
