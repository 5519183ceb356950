"""A microphone of the soak in place of ffmpeg: it plays sound in fast time, and behaves as a file beside it says.

    soak_microphone.py ... -i FOLDER ...

The folder holds ``mode`` (normal, faulty, silent, died, hung or absent); the one above it ``normal.raw``,
``faulty.raw`` and ``pace`` (seconds of sound a second). It is started by a bare Python, many times over, and imports
little.
"""

import mmap
import os
import signal
import sys
import time

BYTES_A_SECOND, BLOCK_S = 32_000, 0.5
BLOCK = int(BYTES_A_SECOND * BLOCK_S)


def read(path: str) -> str:
    """Return the content of a small file."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - what pathlib imports takes as long as all else here
        return file.read().strip()


def played(path: str) -> mmap.mmap:
    """Return the content of a file, which all microphones share."""
    with open(path, "rb") as file:  # noqa: PTH123
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def leave(reason: str, status: int) -> None:
    """End as ffmpeg does where a stream breaks off."""
    sys.stderr.write(f"{reason}\n")
    sys.stderr.flush()
    os._exit(status)


def play(folder: str) -> None:
    """Write sound to standard output, block by block, each when it would have been recorded."""
    above = os.path.dirname(folder)  # noqa: PTH120
    pace, sounds = float(read(f"{above}/pace")), {name: played(f"{above}/{name}.raw") for name in ("normal", "faulty")}
    began, number = time.time(), 0
    first = int(began * pace / BLOCK_S)
    while True:
        mode = read(f"{folder}/mode")
        if mode == "absent":
            leave(f"{folder}: No such device", 1)
        if mode == "died":
            leave("Connection reset by peer", 134)
        if mode == "hung":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(3600)
        if mode == "silent":
            block = bytes(BLOCK)
        else:
            start = (first + number) * BLOCK % len(sounds[mode])
            block = sounds[mode][start : start + BLOCK]
        number += 1
        time.sleep(max(0.0, began + number * BLOCK_S / pace - time.time()))
        os.write(1, block)


if __name__ == "__main__":
    play(sys.argv[sys.argv.index("-i") + 1])
