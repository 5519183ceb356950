"""A plant watched in real time while many browsers look at it: how late windows and pages are, and what that takes.

    python -m benchmarks.browsers [--machines 20] [--browsers 50] [--seconds 180] [--events 10000]

The plant is that of `benchmarks.watching_live`, with events of a year. The browsers are another process: each follows
the live state, every fifth a live spectrogram, too, and each loads a page every 10 s. Late: from the last sample of a
window to its score. A page: from its request to its last byte. Memory: resident, of the monitor and its server; its
growth counts once the allocator has given back what it keeps, and the rings of the newest sound are full.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from urllib.parse import quote, urlsplit

import numpy as np

from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.watching_live import watching
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.monitor import Monitor
from offkey.watch.store.store import Store

__all__ = ["browse", "main"]

PAGE_S, SPECTROGRAM_EACH, LOOK_S, MEMORY_S, HELD_S, IDLE_S = 10.0, 5, 0.02, 5.0, 15.0, 10.0
MOST_LATE_S, MOST_PAGE_S, MOST_GROWTH_MB = 1.0, 0.2, 5.0
PAGES = ("/", "/cards", "/machine?name=pump%203", "/events", "/quality", "/system", "/api/status", "/api/events")


async def browse(address: str, browsers: int, seconds: float) -> dict[str, list[float]]:
    """Let browsers look; return the seconds that each load of each page took, with `live` and `columns`, the counts."""
    found: dict[str, list[float]] = {page: [] for page in PAGES} | {"live": [0.0], "columns": [0.0]}
    tasks = []
    for number in range(browsers):
        tasks += [_follow(address, found), _load(address, number, found)]
        if number % SPECTROGRAM_EACH == 0:
            tasks.append(_look(address, number, found))
    running = [asyncio.ensure_future(task) for task in tasks]
    await asyncio.sleep(seconds)
    broken = [task.exception() for task in running if task.done()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    if broken:
        raise SystemExit(f"{len(broken)} browsers were cut off, the first by {broken[0]!r}")
    return found


async def _follow(address: str, found: dict[str, list[float]]) -> None:
    reader, _ = await _ask(address, "/live")
    while line := await reader.readline():
        found["live"][0] += line.startswith(b"data:")
    raise EOFError("/live")


async def _look(address: str, number: int, found: dict[str, list[float]]) -> None:
    from websockets.asyncio.client import connect

    url = f"{address.replace('http', 'ws', 1)}/spectrogram?name={quote(f'pump {number // SPECTROGRAM_EACH}')}"
    async with connect(url, origin=address) as socket:  # type: ignore[arg-type]
        async for _ in socket:
            found["columns"][0] += 1
    raise EOFError("/spectrogram")


async def _load(address: str, number: int, found: dict[str, list[float]]) -> None:
    """Load one page after the other, each browser from another one on and at another time."""
    await asyncio.sleep(PAGE_S * (number * 0.618 % 1))
    while True:
        page, began = PAGES[number % len(PAGES)], time.monotonic()
        reader, writer = await _ask(address, page, "Connection: close\r\n")
        while await reader.read(1 << 16):
            pass
        writer.close()
        found[page].append(time.monotonic() - began)
        number += 1
        await asyncio.sleep(PAGE_S)


async def _ask(address: str, path: str, more: str = "") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask for a page; return what gives its answer, after the head of it."""
    host = urlsplit(address).netloc
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n{more}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        raise SystemExit(f"{path}: {head[:60]!r}")
    return reader, writer


def _fill(store: Store, machines: int, events: int) -> None:
    """Keep events of the past year, each with the changes that it had."""
    changes = []
    for number in range(events):
        at = time.time() - 3e7 * (1 - number / events)
        ident, machine = f"{number:032x}", f"pump {number % machines}"
        changes += [Change(ident, machine, kind, "fast", at, at - 30, None, 3.0, "m") for kind in ("new", "update")]
        changes.append(Change(ident, machine, "end", "fast", at + 60, at - 30, at + 50, 3.0, "m"))
    store.write(Findings(changes))


def _watch_lateness(
    monitor: Monitor, stopping: Event, late: list[float], memory: list[float], held: list[float]
) -> None:
    newest = {one["machine"]: one["window_end"] for one in monitor.status()}
    noted = trimmed = 0.0
    while not stopping.wait(LOOK_S):
        for one in monitor.status():
            if one["window_end"] != newest[one["machine"]]:
                newest[one["machine"]] = one["window_end"]
                late.append(time.time() - one["window_end"])
        if time.monotonic() - noted >= MEMORY_S:
            noted = time.monotonic()
            memory.append(_resident_mb())
        if time.monotonic() - trimmed >= HELD_S:
            trimmed = time.monotonic()
            _trim()
            held.append(_resident_mb())


def _trim() -> None:
    """Let the allocator give back what nothing holds, where it is that of GNU."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


def _measure(args: argparse.Namespace) -> None:
    from offkey.watch.edit.plant_editor import PlantEditor
    from offkey.web.app import create_app
    from offkey.web.security import Guard
    from offkey.web.server import listen, served
    from offkey.web.watch.part import watch_part
    from offkey.web.watch.plant import Plant

    late: list[float] = []
    memory: list[float] = []
    held: list[float] = []
    with TemporaryDirectory() as folder, watching(Path(folder), args.machines, 1.0) as (monitor, store):
        _fill(store, args.machines, args.events)
        guard, links = Guard(programs=True), list[str]()
        plant = Plant(monitor, store, Path(folder), PlantEditor(None, lambda: monitor.settings, lambda: None))
        app = create_app([watch_part(plant)], title="offkey watch", guard=guard)
        with (
            closing(listen("127.0.0.1", 0)) as opened,
            served(app, opened, host="127.0.0.1", guard=guard, announce=links.append),
        ):
            stopping = Event()
            looking = Thread(target=_watch_lateness, args=(monitor, stopping, late, memory, held))
            looking.start()
            idle = _share(IDLE_S)
            command = [sys.executable, "-m", "benchmarks.browsers", "--browse", links[0].rstrip("/")]
            command += ["--browsers", str(args.browsers), "--seconds", str(args.seconds)]
            late.clear()
            began, before = time.monotonic(), time.process_time()
            said = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
            busy = (time.process_time() - before) / (time.monotonic() - began)
            stopping.set()
            looking.join()
    _print(args, json.loads(said), late, memory, held, idle, busy)


def _share(seconds: float) -> float:
    before = time.process_time()
    time.sleep(seconds)
    return (time.process_time() - before) / seconds


def _print(
    args: argparse.Namespace,
    found: dict[str, list[float]],
    late: list[float],
    memory: list[float],
    held: list[float],
    idle: float,
    busy: float,
) -> None:
    states, columns = (found.pop(name)[0] / args.seconds for name in ("live", "columns"))
    print(f"\n{args.machines} machines, {args.events} past events, {args.browsers} browsers for {args.seconds:g} s:\n")
    print_head("what", "count", "median", "95 %", "the latest", words=1)
    found = {name: values for name, values in found.items() if values}  # pages that were loaded in so short a time
    for name, values in {"windows": late, **found}.items():
        print_row(name, len(values), *(f"{1000 * q:.0f} ms" for q in np.quantile(values, [0.5, 0.95, 1.0])))
    pages = [seconds for values in found.values() for seconds in values]
    half = held[len(held) // 2 :]
    print(f"\n{states:.0f} states and {columns:.0f} pieces of spectrograms a second were sent.")
    print(f"Processor time: {100 * idle:.0f} % of a core without browsers, {100 * busy:.0f} % with them.")
    print(f"Memory: {min(memory):.0f} to {max(memory):.0f} MB, of which {max(held):.0f} are held at most.\n")
    print_goal("windows within, 99 %", float(np.quantile(late, 0.99)), MOST_LATE_S, unit="s")
    print_goal("pages within, 95 %", float(np.quantile(pages, 0.95)), MOST_PAGE_S, unit="s")
    growth = float(np.polyfit(np.arange(len(half)), half, 1)[0] * len(half)) if len(half) > 2 else 0.0
    print_goal("growth of memory in the second half", growth, MOST_GROWTH_MB, unit="MB")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/watch.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=20)
    parser.add_argument("--browsers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--browse", metavar="ADDRESS", help="Only browse, and print what was found as JSON.")
    args = parser.parse_args(arguments)
    if args.browse is None:
        _measure(args)
        return
    with suppress(KeyboardInterrupt):
        print(json.dumps(asyncio.run(browse(args.browse, args.browsers, args.seconds))))


if __name__ == "__main__":
    main()
