"""The program ``offkey-runtime``: files or a stream in, rows out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, TextIO

import numpy as np

from ._version import __version__
from .engine import EngineName
from .errors import EdgeError, SoundError
from .folder import load
from .model import Model
from .rows import Write, end_row, failed_row, file_row, stream_row, write_csv, write_json
from .stream import Stream

__all__ = ["main"]

_DONE, _FAILED, _WRONG_USAGE, _PARTLY, _INTERRUPTED = 0, 1, 2, 3, 130
_BLOCK = 1 << 16  # bytes that are read of a stream at most at a time


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        0 all done; 3 done, but some files or windows have no score; 1 failed; 2 wrong usage; 130 interrupted.
    """
    try:
        given = _parser().parse_args(arguments)
        status = _run(given)
        sys.stdout.flush()
    except SystemExit as end:  # of argparse, for help and for wrong usage
        return end.code if isinstance(end.code, int) else _WRONG_USAGE
    except EdgeError as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        _abandon_output()
        return _FAILED
    except OSError as error:
        return _failed(f"{error.filename or 'Standard input or output'} cannot be used: {error.strerror or error}.")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="offkey-runtime",
        description="Score WAV files or a live stream by a model that 'offkey export' wrote.",
        epilog="Exit status: 0 all done; 3 done, but some files or windows have no score; 1 failed; 2 wrong usage; 130 "
        "interrupted.",
    )
    parser.add_argument("folder", metavar="FOLDER", help="the folder that 'offkey export' wrote")
    parser.add_argument("files", metavar="FILE", nargs="*", help="WAV files at the model's rate")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--stream", action="store_true", help="read raw 16-bit samples from standard input")
    mode.add_argument("--check", action="store_true", help="replay vectors.npz of the folder; exit 1 on a mismatch")
    parser.add_argument("--windows", action="store_true", help="one row per window of a file, not one per file")
    parser.add_argument("--hop", type=float, metavar="S", help="seconds between windows of a stream")
    parser.add_argument("--no-events", action="store_true", help="no events of a stream, at any hop")
    parser.add_argument("--channels", type=int, default=1, metavar="N", help="channels of a stream, interleaved")
    parser.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="form of the rows (default: jsonl)")
    parser.add_argument("--engine", choices=("auto", "numpy", "onnxruntime"), default="auto", help="runs the graph")
    parser.add_argument("--version", action="version", version=f"offkey-runtime {__version__}")
    return parser


def _run(given: argparse.Namespace) -> int:
    if given.check:
        return _check(given)
    if given.stream == bool(given.files):
        return _wrong("give WAV files, or --stream, or --check.")
    if given.stream and given.windows:
        return _wrong("--windows is for files; a stream has a row per window at any rate.")
    if not given.stream and (given.hop is not None or given.no_events or given.channels != 1):
        return _wrong("--hop, --no-events and --channels are for --stream.")
    if not 1 <= given.channels <= 1024:
        return _wrong(f"--channels must be from 1 to 1024. Got {given.channels} instead.")
    model = load(given.folder, engine=given.engine)
    write: Write = write_csv(sys.stdout, stream=given.stream) if given.format == "csv" else write_json(sys.stdout)
    if given.stream:
        stream = model.stream(hop_s=given.hop, events=not given.no_events)
        return _follow(stream, write, given.channels)
    return _score(model, given.files, write, windows=given.windows)


def _score(model: Model, files: Sequence[str], write: Write, *, windows: bool) -> int:
    status = _DONE
    for file in files:
        try:
            rows = [file_row(file, one) for one in (model.score_windows(file) if windows else [model.score(file)])]
        except SoundError as error:
            rows = [failed_row(file, str(error))]
        for row in rows:
            write(row)
            status = _PARTLY if row["error"] else status
    return status


def _follow(stream: Stream, write: Write, channels: int) -> int:
    source = getattr(sys.stdin, "buffer", None)
    if source is None or source.isatty():
        return _wrong("--stream reads raw 16-bit samples from standard input, such as of 'arecord -t raw -f S16_LE'.")
    status, count = _DONE, 0
    for block in _blocks(source, channels):
        for result in stream.push(block):
            write(stream_row(result))
            status, count = _PARTLY if result.error else status, count + 1
    if not count:
        return _failed("The stream ended before one window was whole.")
    if (event := stream.finish()) is not None:
        write(end_row(event))
    return status


def _blocks(source: BinaryIO, channels: int) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.int16]]]:
    """Yield a stream's samples as they come, shape (n, channels); a frame that is cut waits for its rest."""
    frame, rest = 2 * channels, b""
    read = getattr(source, "read1", source.read)
    while content := read(_BLOCK):
        content = rest + content
        whole = len(content) // frame * frame
        rest = content[whole:]
        yield np.frombuffer(content[:whole], "<i2").reshape(-1, channels)


def _check(given: argparse.Namespace) -> int:
    if given.files:
        return _wrong("--check takes the folder alone.")
    from .replay import replay  # which nothing else needs

    bad = []
    for engine in _engines(given.folder, given.engine):
        for one in replay(given.folder, engine=engine):
            sys.stdout.write(f"{engine}: {'same' if one.ok else 'DIFFERS'}: {one.sentence()}\n")
            bad += [] if one.ok else [one]
    if bad:
        return _failed(f"{given.folder} does not compute what it computed when it was exported: {bad[0].sentence()}")
    return _DONE


def _engines(folder: str, wanted: EngineName) -> list[EngineName]:
    """Return the engines that are checked: by default numpy, which knows all tensors, and the one that would run."""
    if wanted != "auto":
        return [wanted]
    return ["numpy", "onnxruntime"] if load(folder).engine == "onnxruntime" else ["numpy"]


def _failed(sentence: str) -> int:
    _write_error(sentence)
    return _FAILED


def _wrong(sentence: str) -> int:
    _write_error(f"wrong usage: {sentence} See 'offkey-runtime --help'.")
    return _WRONG_USAGE


def _write_error(sentence: str) -> None:
    errors: TextIO | None = sys.stderr
    if errors is not None:
        printable = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in sentence)
        errors.write(f"offkey-runtime: {printable}\n".encode(errors="backslashreplace").decode())


def _abandon_output() -> None:
    """Let standard output lead nowhere, so that what it still holds makes no error when the program ends."""
    with suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
