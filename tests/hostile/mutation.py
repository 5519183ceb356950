"""Seeded damage: what a bad cable, a broken disk or somebody with intent makes of a file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np

Rng = np.random.Generator

_NUMBERS = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE]
_VALUES: list[Any] = [
    *(None, True, "", "x", "\0", "../../etc/passwd", "http://127.0.0.1:9/x", "a" * 70_000),
    *(-1, 0, 1, 2**31, 2**63, 10**30, 1e308, 5e-324, -0.5, float("nan"), float("inf")),
    *([], {}, [[]], [None], {"array": "arrays/0.npy", "dtype": "<f8"}, {"array": "x", "dtype": "O"}),
    *({"name": "hub", "params": {"model": "/", "trust_remote_code": True}, "learnt": {}}, {"name": 1}),
]
_TEXTS = ["\0", "\ufeff", '"', "\n", "\r", ",", ";", "\t", "nan", "inf", "1e999", "=1+1", "\x1b[31m", "a" * 200_000]


def flip(rng: Rng, content: bytes) -> bytes:
    """Flip one to eight bits."""
    changed = bytearray(content)
    for at in rng.integers(len(changed), size=rng.integers(1, 9)):
        changed[at] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def truncate(rng: Rng, content: bytes) -> bytes:
    """Cut off the end."""
    return content[: int(rng.integers(len(content)))]


def cut_out(rng: Rng, content: bytes) -> bytes:
    """Leave out some of the middle, or repeat it."""
    first, last = sorted(rng.integers(len(content), size=2))
    return content[:first] + content[last:] if rng.random() < 0.5 else content[:last] + content[first:]


def overwrite(rng: Rng, content: bytes) -> bytes:
    """Write one value, or noise, over a stretch."""
    first = int(rng.integers(len(content)))
    length = int(min(len(content) - first, 2 ** rng.integers(1, 12)))
    filling = rng.bytes(length) if rng.random() < 0.5 else bytes([int(rng.choice([0, 255]))]) * length
    return content[:first] + filling + content[first + length :]


def put_number(rng: Rng, content: bytes) -> bytes:
    """Write a number of two or four bytes that sizes are rarely meant to be, mostly where the header is."""
    end = min(len(content), 128) if rng.random() < 0.8 else len(content)
    at, width = int(rng.integers(end)), int(rng.choice([2, 4]))
    number = int(rng.choice(_NUMBERS)) % (1 << (8 * width))
    return content[:at] + number.to_bytes(width, str(rng.choice(["little", "big"]))) + content[at + width :]


BYTES: list[Callable[[Rng, bytes], bytes]] = [flip, truncate, cut_out, overwrite, put_number]


def text(rng: Rng, content: bytes) -> bytes:
    """Put into text what readers of text stumble over."""
    at = int(rng.integers(len(content)))
    put = str(rng.choice(_TEXTS)).encode() * int(rng.integers(1, 4))
    return content[:at] + put + content[at + int(rng.integers(3)) :]


def nested(rng: Rng, content: bytes) -> bytes:
    """Nest deeper than any reader can follow."""
    at = int(rng.integers(len(content)))
    return content[:at] + bytes(rng.choice([b"[", b'{"a":'])) * 50_000 + content[at:]


def in_json(rng: Rng, content: bytes) -> bytes:
    """Put another value in the place of some value, or leave it out."""
    whole = json.loads(content)
    for _ in range(int(rng.integers(1, 3))):
        _change(rng, whole)
    return json.dumps(whole).encode()


def _change(rng: Rng, value: Any) -> None:
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = keys[int(rng.integers(len(keys)))]
        inner = value[key]
        if isinstance(inner, dict | list) and inner and rng.random() < 0.85:
            value = inner
            continue
        if rng.random() < 0.2:
            del value[key]
        else:
            value[key] = deepcopy(_VALUES[int(rng.integers(len(_VALUES)))])
        return


def in_zip(rng: Rng, content: bytes) -> bytes:
    """Damage an entry of a zip file, and pack it again, so that all checksums are right."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        entries = {name: packed.read(name) for name in packed.namelist()}
    names = list(entries)
    head = "manifest.json" if "manifest.json" in entries else names[0]
    name = head if rng.random() < 0.6 else names[int(rng.integers(len(names)))]
    if name.endswith(".json"):
        entries[name] = (in_json if rng.random() < 0.8 else nested)(rng, entries[name])
    else:
        entries[name] = _in_npy(rng, entries[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry, held in entries.items():
            packed.writestr(entry, held)
    return out.getvalue()


def _in_npy(rng: Rng, content: bytes) -> bytes:
    """Put NaN or another shape into an array, make it large, or damage its bytes."""
    array = np.load(io.BytesIO(content))
    way = int(rng.integers(5))
    if way == 0 and array.dtype.kind == "f" and array.size:
        array.flat[int(rng.integers(array.size))] = rng.choice([np.nan, np.inf, -np.inf, 3e38])
    elif way == 1:
        array = array[..., : array.shape[-1] // 2] if array.ndim else array
    elif way == 2:
        array = np.zeros((*array.shape, 2 ** int(rng.integers(1, 6))), array.dtype)
    elif way == 3:
        array = np.zeros(60_000_000, np.int8)
    else:
        return BYTES[int(rng.integers(len(BYTES)))](rng, content)
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


ZIP = [*BYTES, in_zip, in_zip, in_zip, in_zip]
JSON = [*BYTES, text, nested, in_json, in_json, in_json]
TEXT = [*BYTES, text, text, text, nested]
