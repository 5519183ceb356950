"""Files that are made of chunks, each with a name and a size: RIFF, AIFF, CAF, W64, ASF."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

__all__ = ["AIFF", "ASF", "CAF", "RIFF", "RIFX", "W64", "Chunk", "Grammar"]

_MOST = 4096  # chunks that are looked at; a file of more is none that a recorder wrote
_TAGS = (b"TAG", b"ID3", b"APETAGEX", b"LYRICSBEGIN")  # what programs append that know no chunks
_KNOWN = frozenset(b"LIST bext JUNK junk PAD  FLLR fact cue  smpl inst iXML _PMX axml id3  ID3  afsp MARK".split(b" "))


class Chunk(NamedTuple):
    """A chunk: its name, the offset of what it holds, and how many bytes that has by its header."""

    name: bytes
    start: int
    size: int


@dataclass(frozen=True)
class Grammar:
    """The grammar by which chunks follow each other."""

    first: int
    header: str  # name and size as `struct` reads them
    whole: bool = False
    align: int = 2  # chunks start at multiples of so many bytes, counted from the last one's start

    def chunks(self, file: BinaryIO) -> Iterator[Chunk]:
        """Return the chunks of a file, as far as headers can be read."""
        return self._from(file, self.first)

    def is_chunks(self, file: BinaryIO, start: int, length: int) -> bool:
        """Tell whether a file goes on with chunks, or with tags, from an offset to its end, none of which is sound."""
        file.seek(start)
        if file.read(12).startswith(_TAGS):
            return True
        for at in {start, start + -start % self.align}:  # not every program writes the pad byte
            end = at
            for chunk in self._from(file, at):
                if not _is_name(chunk.name) or chunk.name.startswith(b"data"):
                    break
                if chunk.start + chunk.size > length:
                    return chunk.name in _KNOWN
                end = chunk.start + chunk.size
            if end > at and length - end <= 64:
                return True
        return False

    def _from(self, file: BinaryIO, at: int) -> Iterator[Chunk]:
        own = struct.calcsize(self.header)
        for _ in range(_MOST):
            file.seek(at)
            if len(header := file.read(own)) < own:
                return
            name, size = struct.unpack(self.header, header)
            size -= own if self.whole else 0
            yield Chunk(name, at + own, size)
            if size < 0:
                return
            at += own + size
            at += -at % self.align


def _is_name(name: bytes) -> bool:
    return len(name) == 16 or all(32 <= byte < 127 for byte in name)


RIFF = Grammar(12, "<4sI")
RIFX = Grammar(12, ">4sI")
AIFF = Grammar(12, ">4sI")
CAF = Grammar(8, ">4sq", align=1)
W64 = Grammar(40, "<16sQ", whole=True, align=8)
ASF = Grammar(0, "<16sQ", whole=True, align=1)
