"""A near and a far microphone in simulated rooms: noise taken away, faults kept, and the AUC of the default.

    python -m benchmarks.two_microphones DATA [--clips 45] [--tables linear auc]

DATA is the folder with the real slide rail (the machine) and real ambience (the noise). The room has 6 x 5 x 3 m, and
one source of noise or two, the second 6 dB below the first. Image sources give the ways to both microphones
(J. B. Allen and D. A. Berkley, J. Acoust. Soc. Am. 65(4), 1979), one share of reflection after C. F. Eyring (1930).
The leak is the RMS of the machine in the far microphone, as a share of that in the near one. Noise that is tested is
not that learnt.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve, stft

import offkey
from benchmarks.planted import plant
from benchmarks.proxy_clips import RATE, Samples, real_slider
from benchmarks.real_sets import Noise, level, noises
from benchmarks.tables import areas, pair, print_head, print_row

__all__ = ["LINEAR", "Room", "Scene", "energies", "impulse", "main"]

SIZE_M = np.array([6.0, 5.0, 3.0])
MACHINE_M = np.array([2.0, 2.0, 1.0])
NEAR_M = np.array([2.3, 2.1, 1.2])
NOISE_M = (np.array([5.3, 4.2, 1.7]), np.array([0.6, 4.4, 2.3]))
SECOND_DB, SNR_DB, FAULT_DB, SOUND_M_S, CLIP_S = -6.0, -6.0, -10.0, 343.0, 5.0
T60S_S, FARS_M, LEAKS, LEAK = (0.1, 0.2, 0.4, 0.8), (1.0, 2.5), (0.0, 0.05, 0.1, 0.2), 0.1
BANDS_HZ = ((50, 500), (500, 2000), (2000, 8000))
FAULTS = ("knocks at 2 Hz, peak +12 / +6 / 0 dB", "growing tone, end 0 / -10 / -20 dB", "hiss, +6 / 0 / -6 dB")
Complex = NDArray[np.complex128]
Parts = dict[str, Complex]
"""Spectra of the machine, the noise and the fault, as one microphone hears each."""


@dataclass(frozen=True)
class Room:
    """How long the room rings, how many sources of noise it has, where the far microphone is, and what it hears."""

    t60_s: float
    sources: int = 1
    far_m: float = FARS_M[-1]  # from the machine to the far microphone
    leak: float = LEAK


def impulse(source: NDArray[np.float64], ear: NDArray[np.float64], t60_s: float) -> NDArray[np.float64]:
    """Return the response of the room from a source to a microphone, as long as the room rings, at 16 kHz."""
    volume, (x, y, z) = SIZE_M.prod(), SIZE_M
    surface = 2 * (x * y + y * z + x * z)
    kept = np.exp(-0.5 * 24 * np.log(10) * volume / (SOUND_M_S * surface * t60_s))  # of the pressure, at each wall
    reach = int(np.ceil(SOUND_M_S * t60_s / 2 / SIZE_M.min())) + 1
    cells = np.arange(-reach, reach + 1)
    places, bounces = [], []
    for axis in range(3):
        even = 2 * cells * SIZE_M[axis] + source[axis] - ear[axis]
        odd = 2 * cells * SIZE_M[axis] - source[axis] - ear[axis]
        places.append(np.concatenate([even, odd]))
        bounces.append(np.concatenate([np.abs(2 * cells), np.abs(2 * cells - 1)]))
    away = np.sqrt(sum(np.ix_(*(place**2 for place in places)), np.zeros(())))
    walls = sum(np.ix_(*bounces), np.zeros(()))
    late = np.rint(away / SOUND_M_S * RATE).astype(int)
    n = int(t60_s * RATE)
    heard = late < n
    gains = kept ** walls[heard] / np.maximum(away[heard], 0.1)
    return np.asarray(np.bincount(late[heard], gains, minlength=n), np.float64)


@dataclass
class Scene:
    """The ways of a room, and what its two microphones hear."""

    room: Room

    def __post_init__(self) -> None:
        direction = np.array([0.8, 0.6, 0.1]) / np.linalg.norm([0.8, 0.6, 0.1])
        far = MACHINE_M + self.room.far_m * direction
        t60_s = self.room.t60_s
        self._machine = [impulse(MACHINE_M, ear, t60_s) for ear in (NEAR_M, far)]
        self._noise = [[impulse(place, ear, t60_s) for place in NOISE_M[: self.room.sources]] for ear in (NEAR_M, far)]

    def machine(self, dry: Samples) -> list[Samples]:
        """Return what of a machine both microphones hear, the near one at the level of the dry sound."""
        near, far = (_heard(dry, way) for way in self._machine)
        return [near * level([dry]) / level([near]), far * (self.room.leak * level([dry]) / level([far]))]

    def noise(self, source: Noise, n: int, rng: np.random.Generator) -> list[Samples]:
        """Return the noise in both microphones, of power 1 in the near one."""
        dry = [source.draw(n, rng) * gain for gain in (1.0, 10 ** (SECOND_DB / 20))[: self.room.sources]]
        both = [np.sum([_heard(*one) for one in zip(dry, ways, strict=True)], axis=0) for ways in self._noise]
        return [one / level([both[0]]) for one in both]

    def clip(self, dry: Samples, source: Noise, rng: np.random.Generator) -> Samples:
        """Return a clip of two channels, near and far."""
        gain = level([dry]) / 10 ** (SNR_DB / 20)
        parts = zip(self.machine(dry), self.noise(source, len(dry), rng), strict=True)
        return np.stack([one + gain * other for one, other in parts], axis=1).astype(np.float32)


def _heard(dry: Samples, way: NDArray[np.float64]) -> Samples:
    return np.asarray(fftconvolve(dry, way)[: len(dry)])


def _subtraction(C: Complex, F: Complex) -> Callable[[Complex, Complex], Complex]:
    return lambda near, far: near - far


def _spectral(C: Complex, F: Complex) -> Callable[[Complex, Complex], Complex]:
    mask = np.maximum(np.abs(C) - np.abs(F), 0.1 * np.abs(C)) / np.maximum(np.abs(C), 1e-12)
    return lambda near, far: mask * near


def _least_squares(C: Complex, F: Complex) -> Callable[[Complex, Complex], Complex]:
    gain = (C * F.conj()).sum(axis=1, keepdims=True) / ((np.abs(F) ** 2).sum(axis=1, keepdims=True) + 1e-12)
    return lambda near, far: near - gain * far


LINEAR = {"samples": _subtraction, "spectral": _spectral, "least squares": _least_squares}
"""How each method, once both microphones are known, passes a part of what they hear."""


def energies(near: Parts, far: Parts, method: str, band: NDArray[np.bool_]) -> dict[str, float]:
    """Return by how many dB the energy of each part changes in a band."""
    whole, other = sum(near.values(), np.zeros(())), sum(far.values(), np.zeros(()))
    passes = LINEAR[method](np.asarray(whole), np.asarray(other))
    found = {}
    for part, spectra in near.items():
        left = passes(spectra, far[part])
        found[part] = 10 * np.log10((np.abs(left[band]) ** 2).sum() / (np.abs(spectra[band]) ** 2).sum())
    return found


def _parts(
    scene: Scene, dry: Samples, source: Noise, rng: np.random.Generator
) -> tuple[NDArray[np.float64], Parts, Parts]:
    """Return frequencies in Hz, and the spectra of all parts in both microphones; the fault is white."""
    white = np.asarray(rng.standard_normal(len(dry)) * level([dry]) * 10 ** (FAULT_DB / 20), np.float32)
    gain = level([dry]) / 10 ** (SNR_DB / 20)
    noise = [gain * one for one in scene.noise(source, len(dry), rng)]
    near, far = {}, {}
    for part, (one, other) in {"machine": scene.machine(dry), "noise": noise, "fault": scene.machine(white)}.items():
        hz, _, near[part] = stft(one, RATE, nperseg=1024, boundary=None, padded=False)
        _, _, far[part] = stft(other, RATE, nperseg=1024, boundary=None, padded=False)
    return hz, near, far


def linear(data: Path, clips: int) -> None:
    """Print the gain of signal over noise, and how much of a fault is kept, of each method in each room."""
    machine, source = real_slider(data, 0).train[: min(clips, 10)], noises(data, "ambience")
    bands = [f"fault {low / 1000:g}-{high / 1000:g} kHz" for low, high in BANDS_HZ]
    print_head("room", *(f"SNR, {method}" for method in LINEAR), *bands)
    for room in rooms():
        rows = [
            _parts(Scene(room), dry[: round(CLIP_S * RATE)], source, np.random.default_rng(number))
            for number, dry in enumerate(machine)
        ]
        gains = [
            np.mean([(one := energies(near, far, method, hz > 50))["machine"] - one["noise"] for hz, near, far in rows])
            for method in LINEAR
        ]
        kept = [
            np.mean(
                [energies(near, far, "least squares", (hz >= low) & (hz < high))["fault"] for hz, near, far in rows]
            )
            for low, high in BANDS_HZ
        ]
        print_row(_name(room), *(f"{value:+.1f} dB" for value in (*gains, *kept)))


def rooms() -> Iterator[Room]:
    """Yield every room of the first table."""
    yield from (Room(t60_s, sources) for sources in (1, 2) for t60_s in T60S_S)
    yield Room(0.2, far_m=FARS_M[0])
    yield from (Room(0.2, leak=leak) for leak in LEAKS if leak != LEAK)


def _name(room: Room) -> str:
    noise = "one source" if room.sources == 1 else "two sources"
    return f"{room.t60_s:g} s, {noise}, far {room.far_m:g} m, leak {100 * room.leak:g} %"


def auc(data: Path, clips: int) -> None:
    """Print AUC and pAUC of the default with each way to hear two microphones, over three kinds of faults."""
    slider = real_slider(data, 0)
    known, unheard = noises(data, "ambience").halves()
    print_head("room", *HEARD)
    for room in (*map(Room, T60S_S[:3]), Room(0.2, 2), Room(0.2, leak=LEAKS[0]), Room(0.2, leak=LEAKS[-1])):
        scene, n = Scene(room), round(CLIP_S * RATE)
        test = [dry[:n] for dry in slider.test[:clips]]

        def heard(dry: Sequence[Samples], source: Noise, part: int, scene: Scene = scene) -> list[Samples]:
            return [scene.clip(one, source, np.random.default_rng((part, at))) for at, one in enumerate(dry)]

        train, normal = heard([dry[:n] for dry in slider.train[:clips]], known, 0), heard(test, unheard, 1)
        faulty = [
            heard([plant(one, RATE, fault, "strong", at) for at, one in enumerate(test)], unheard, 2 + kind)
            for kind, fault in enumerate(FAULTS)
        ]
        cells = []
        for channel in HEARD.values():
            model = offkey.fit(_as_heard(train, channel), rate=RATE, channel=0 if channel is None else channel)
            scores = [
                [float(result.score or 0.0) for result in model.score(_as_heard(part, channel), rate=RATE)]
                for part in (normal, *faulty)
            ]
            cells.append(pair([areas(scores[0], of_fault) for of_fault in scores[1:]]))
        print_row(_name(room), *cells)


HEARD: dict[str, int | str | None] = {"near": 0, "mean": "mean", "samples subtracted": None, "least squares": "0-1"}
"""How two microphones are heard; None where the samples of the far one are subtracted, as before."""


def _as_heard(clips: Sequence[Samples], channel: int | str | None) -> list[Samples]:
    return [clip[:, 0] - clip[:, 1] for clip in clips] if channel is None else list(clips)


TABLES = {"linear": linear, "auc": auc}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--clips", type=int, default=45, help="clips that train, and that are tested at most")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    options = parser.parse_args(arguments)
    for table in options.tables:
        TABLES[table](options.data, options.clips)
        print()


if __name__ == "__main__":
    main()
