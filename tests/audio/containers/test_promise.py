from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.audio.containers.promise import ContainerError, Form, Promise, sound_end

FORM = Form(16_000, 1, "PCM_16", "LITTLE", 2)


def _end(size: int, present: int, content: bytes = b"\1") -> int:
    file = io.BytesIO(bytes(44) + (content * present)[:present])
    return sound_end(Promise(44, size, FORM, 2, lambda file, start, length: False), file, 44 + present)


@given(size=st.integers(0, 2**33), present=st.integers(0, 5000))
def test_a_file_is_read_to_an_end_it_has_or_refused(size: int, present: int) -> None:
    off = size - present
    is_open = size == 0 or abs(size - 2**31) <= 2**16 or 2**32 - 2**16 <= size < 2**32
    if abs(off) <= 64 or off in (44, 36) or is_open:
        assert 44 <= _end(size, present) <= 44 + present
        return
    with pytest.raises(ContainerError, match=r"is truncated" if off > 0 else r"is longer than its header says"):
        _end(size, present)


@given(present=st.integers(100, 5000), off=st.integers(-64, 64))
def test_what_is_off_by_less_than_a_header_is_read(present: int, off: int) -> None:
    assert 44 + present - 64 <= _end(present + off, present) <= 44 + present


def test_zeros_that_fill_up_a_block_of_a_card_are_no_sound() -> None:
    assert _end(1000, 5000, b"\0") == 1044
    with pytest.raises(ContainerError, match="but 99000 more follow, all of them 0"):
        _end(1000, 100_000, b"\0")


@pytest.mark.parametrize("size", [None, 0, 100])
def test_sound_that_starts_behind_the_end_of_the_file_is_missing(size: int | None) -> None:
    with pytest.raises(ContainerError, match="is truncated: its header promises"):
        sound_end(Promise(5000, size, FORM, 2), io.BytesIO(bytes(100)), 100)
