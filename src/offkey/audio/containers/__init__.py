"""One table of containers: what the header of a sound file promises, and what is behind it.

The decoder reads as much sound as there is, or as the header tells of, and keeps silent about the rest. So the
header is read here, of every container alike: a truncated file is told from a short one, and sound that a recorder
did not come to count is not left unheard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, TypeAlias

from offkey.audio.containers.apple import read_aiff, read_caf
from offkey.audio.containers.au import read_au
from offkey.audio.containers.boxes import read_asf, read_matroska, read_mp4
from offkey.audio.containers.mpeg import read_mpeg
from offkey.audio.containers.nist import read_nist
from offkey.audio.containers.ogg import read_ogg
from offkey.audio.containers.promise import ContainerError, Form, Promise, sound_end
from offkey.audio.containers.voc import read_voc
from offkey.audio.containers.wave import read_riff, read_w64

__all__ = ["ContainerError", "Form", "Promise", "promise_of", "sound_end"]

_MOST_CHANNELS, _MOST_HZ = 1024, (1 << 31) - 1  # of libsndfile

_Reader: TypeAlias = Callable[[BinaryIO, bytes], Promise | None]

_BY_FIRST: dict[bytes, _Reader] = {
    b"RIFF": read_riff,
    b"RIFX": read_riff,
    b"RF64": read_riff,
    b"BW64": read_riff,
    b"riff": read_w64,
    b"FORM": read_aiff,
    b"caff": read_caf,
    b".snd": read_au,
    b"dns.": read_au,
    b"NIST": read_nist,
    b"OggS": read_ogg,
    b"Crea": read_voc,
    b"\x1aE\xdf\xa3": read_matroska,
    b"0&\xb2u": read_asf,
}
"""Readers of headers by the first four bytes. FLAC counts its samples, and its decoder checks each frame."""


def promise_of(file: BinaryIO, head: bytes) -> Promise | None:
    """Return what the header of a sound file promises.

    `head`: its first 16 bytes.
    Returns: None if it promises nothing, or is in no container of the table.
    """
    read = _BY_FIRST.get(head[:4])
    if read is None and head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        read = read_mp4
    promise = (read or read_mpeg)(file, head)
    if promise is not None and promise.form is not None and not _is_sane(promise.form):
        return promise._replace(form=None)
    return promise


def _is_sane(form: Form) -> bool:
    """Tell whether the decoder can be given a form."""
    return form.channels <= _MOST_CHANNELS and form.rate <= _MOST_HZ
