"""The wire format of protocol buffers, read from files that are not trusted.

Protocol Buffers Documentation, "Encoding", https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import GraphError

__all__ = ["Field", "fields", "floats", "integer", "integers", "part", "single", "text"]

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_LONGEST_NAME = 1024  # bytes


class Field(NamedTuple):
    """A field of a message: its number, the kind of its value on the wire, and the value."""

    number: int
    kind: int
    value: int | memoryview


def fields(message: memoryview) -> Iterator[Field]:
    """Yield the fields of a message in their order; a GraphError says where it is damaged."""
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if not 1 <= number < 2**29:
            raise GraphError(f"The ONNX file is damaged: it has a field of the number {number}.")
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield Field(number, kind, value)
            continue
        length = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}.get(kind)
        if kind == _BYTES:
            length, at = _varint(message, at)
        if length is None:
            raise GraphError(f"The ONNX file is damaged: it has a field of the kind {kind}, which ONNX does not use.")
        if length > end - at:
            raise GraphError(f"The ONNX file is damaged or cut off: a field of {length} bytes has {end - at} left.")
        yield Field(number, kind, message[at : at + length])
        at += length


def integer(field: Field) -> int:
    """Return a field's whole number, which has a sign."""
    if not isinstance(field.value, int):
        raise _wrong(field, "a whole number")
    return _signed(field.value)


def integers(field: Field) -> list[int]:
    """Return a field's whole numbers: one, or several packed together."""
    if isinstance(field.value, int):
        return [_signed(field.value)]
    found, at, packed = [], 0, part(field)
    while at < len(packed):
        value, at = _varint(packed, at)
        found.append(_signed(value))
    return found


def floats(field: Field, width: int = 4) -> memoryview:
    """Return the bytes of a field's floating-point numbers of `width` bytes: one, or several packed together."""
    alone = _FOUR_BYTES if width == 4 else _EIGHT_BYTES
    if isinstance(field.value, int) or field.kind not in (alone, _BYTES) or len(field.value) % width:
        raise _wrong(field, f"numbers of {width} bytes")
    return field.value


def single(field: Field) -> float:
    """Return a field's one floating-point number of four bytes."""
    if isinstance(field.value, int) or field.kind != _FOUR_BYTES:
        raise _wrong(field, "a number of 4 bytes")
    (found,) = struct.unpack("<f", field.value)
    return float(found)


def part(field: Field) -> memoryview:
    """Return the bytes of a field: a message of its own, a text, or numbers."""
    if isinstance(field.value, int) or field.kind != _BYTES:
        raise _wrong(field, "bytes")
    return field.value


def text(field: Field) -> str:
    """Return a field's text, which can stand in a message."""
    content = part(field)
    if len(content) > _LONGEST_NAME:
        raise GraphError(f"The ONNX file has a name of {len(content)} bytes; expected at most {_LONGEST_NAME}.")
    found = str(content, "utf-8", "replace")
    if not found.isprintable() or "\ufffd" in found:
        raise _wrong(field, "text that can be printed")
    return found


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and the place behind it."""
    value = 0
    for place, byte in enumerate(message[at : at + 10]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value & (2**64 - 1), at + place + 1
    raise GraphError("The ONNX file is damaged or cut off: a number in it has no end.")


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _wrong(field: Field, expected: str) -> GraphError:
    return GraphError(f"The ONNX file is damaged: its field {field.number} is not {expected}.")
