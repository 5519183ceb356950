"""Clips that are uploaded: the body of a request, or a file of a form, on the disk while it is scored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from offkey.audio import FileRecording
from offkey.suffixes import sound_suffix
from offkey.web.api.limits import Limits
from offkey.web.failures import PageError

__all__ = ["FIELD", "uploaded"]

FIELD = "file"
"""The field of a form that holds the clip."""

_LONGEST_NAME = 200
_SAMPLES_A_SECOND = 8 * 48_000  # of the longest clip


@asynccontextmanager
async def uploaded(request: Request, limits: Limits, name: str | None = None) -> AsyncIterator[FileRecording]:
    """Yield the clip of a request, which is on the disk while the block runs.

    `name`: what to call it in results; by default the name of the file in the form, else "clip".

    Raises
    ------
    PageError
        If it is too large, too long, comes too slowly, or is not there.
    AudioError
        If it is no sound.
    """
    with TemporaryDirectory(prefix="offkey-") as folder:
        try:
            async with asyncio.timeout(limits.upload_s):
                path, called = await _received(request, limits, Path(folder))
        except TimeoutError as error:
            raise PageError(408, f"The clip did not come within {limits.upload_s:g} s: send it again.") from error
        except ClientDisconnect as error:
            raise PageError(400, "The clip broke off: send it again.") from error
        recording = FileRecording(path, name=_shown(name or called))
        await run_in_threadpool(_check_length, recording, limits)
        yield recording


def _check_length(recording: FileRecording, limits: Limits) -> None:
    """Refuse a clip that is too long; one whose header does not say is decoded as far as it may go."""
    most, seconds = limits.clip_s, recording.seconds or 0.0
    if recording.seconds is None:
        for block in recording.every_channel():
            seconds += len(block) / recording.rate
            if seconds > most:
                break
    if seconds > most:
        raise PageError(
            413, f"{recording.name} has {seconds:.0f} s, more than the {most:g} s of one request: cut it into parts."
        )
    if seconds * recording.rate * recording.channels > most * _SAMPLES_A_SECOND:
        raise PageError(
            413,
            f"{recording.name} has {recording.channels} channels at {recording.rate} Hz, more samples than {most:g} s "
            "of 8 channels at 48000 Hz: cut it into parts.",
        )


async def _received(request: Request, limits: Limits, folder: Path) -> tuple[Path, str]:
    """Write the clip of a request to a file; return the file and what the clip is called."""
    limited = Request(request.scope, _counted(request, limits))
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _of_form(limited, folder)
    path, count = folder / "clip", 0
    with path.open("wb") as file:
        async for piece in limited.stream():
            file.write(piece)
            count += len(piece)
    if not count:
        raise PageError(400, f"There is no clip: send one as the body, or as the field {FIELD!r} of a form.")
    return path, "clip"


async def _of_form(request: Request, folder: Path) -> tuple[Path, str]:
    try:
        async with request.form(max_files=1, max_fields=1) as form:
            clip = form.get(FIELD)
            if not isinstance(clip, UploadFile):
                raise PageError(400, f"There is no clip: send one as the field {FIELD!r} of the form.")
            called = clip.filename or "clip"
            path = folder / f"clip{sound_suffix(called)}"
            with path.open("wb") as file:
                await _copy(clip, file)
    except MultiPartException as error:
        raise PageError(400, f"The form cannot be read: {str(error.message).rstrip('.')}.") from error
    return path, called


async def _copy(clip: UploadFile, file: BinaryIO) -> None:
    while piece := await clip.read(1 << 20):
        file.write(piece)


def _counted(request: Request, limits: Limits) -> Receive:
    """Return how the request is received, which ends with an error where more comes than may."""
    count = 0

    async def receive() -> Message:
        nonlocal count
        message = await request.receive()
        count += len(message.get("body", b""))
        if count > limits.bytes:
            raise PageError(413, f"The clip has more than {limits.megabytes:g} MB: send a shorter one, or FLAC.")
        return message

    return receive


def _shown(name: str) -> str:
    """Return a name for results: without folders, control characters, or more than 200 letters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[-_LONGEST_NAME:] or "clip"
