"""Endings of file names that mean sound."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import PurePosixPath

__all__ = ["EXTRA_SUFFIXES", "clip_suffixes", "is_clip_name", "is_unread_name", "phone_is_installed", "sound_suffix"]

_READ = """
.wav .wave .bwf .flac .ogg .oga .opus .mp3 .aif .aiff .aifc .w64 .rf64 .caf .au .snd .voc .sd2 .nist .sph
"""
_READ_BY_EXTRA = ".m4a .m4b .mp4 .mov .3gp .3g2 .aac .amr .awb .webm .mka .mkv .wma .asf"
_NOT_READ = """
.m4r .m4v .adts .3gpp .wmv .weba .avi .mp2 .mpga .mpg .mpeg .ac3 .eac3 .dts .ape .wv .mpc .tta .tak .ra .rm .dsf .dff
.spx .gsm .vox .qcp .alac
"""

EXTRA_SUFFIXES = frozenset(_READ_BY_EXTRA.split())
"""Endings, in lower case, of files that are clips where the extra ``phone`` is installed."""

_ALWAYS = frozenset(_READ.split())
_WITH_EXTRA = _ALWAYS | EXTRA_SUFFIXES
_ALL = _WITH_EXTRA | frozenset(_NOT_READ.split())


@cache
def phone_is_installed() -> bool:
    """Tell whether the extra ``phone`` is installed, without loading it."""
    return importlib.util.find_spec("av") is not None


def clip_suffixes() -> frozenset[str]:
    """Return the endings, in lower case, by which a file in a folder is taken for a clip."""
    return _WITH_EXTRA if phone_is_installed() else _ALWAYS


def is_clip_name(name: str) -> bool:
    """Tell whether a file in a folder is taken for a clip by its name."""
    return PurePosixPath(name).suffix.lower() in clip_suffixes()


def is_unread_name(name: str) -> bool:
    """Tell whether a file is sound by its name, but of a kind that is not read."""
    return PurePosixPath(name).suffix.lower() in _ALL - clip_suffixes()


def sound_suffix(name: str) -> str:
    """Return the ending of a name as it stands if it means sound, else nothing."""
    suffix = PurePosixPath(name).suffix
    return suffix if suffix.lower() in _ALL else ""
