"""A synthetic machine as a source: it runs for ever, and has a fault from a given time on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from threading import Event

import numpy as np

from offkey.audio.channel import Samples
from offkey.components import Interval, OneOf
from offkey.synthetic import Plant, faults, machines
from offkey.synthetic.arguments import check
from offkey.watch.acquisition.source import Begin, End, Item
from offkey.watch.clock import REAL, Clock

__all__ = ["BLOCK_S", "Simulated"]

BLOCK_S = 0.5
"""Length of the blocks that it yields, in seconds, but for what joints take."""

_CLIP_S, _JOINT_S = 10.0, 0.05


class Simulated:
    """A machine of `offkey.synthetic`, clip after clip with faded joints, in real time.

    Parameters
    ----------
    machine : str
        One of `offkey.synthetic.machines`.
    machine_id : int, default 0
        Which of its kind.
    seed : int, default 0
        Of the plant.
    fault : str, optional
        One of `offkey.synthetic.faults` of the machine; by default it has none.
    severity : float, default 1.0
        Above 0, up to 1.
    fault_after_s : float, default 0.0
        Seconds of sound after which the fault begins.
    fault_for_s : float, optional
        Seconds that it lasts; for ever by default.
    fault_every_s : float, optional
        Seconds after which it begins again; never by default.
    first : int, default 0
        Number of the clip that it begins with.
    """

    waits = False
    stalled_after_s = 30.0

    def __init__(
        self,
        machine: str,
        *,
        machine_id: int = 0,
        seed: int = 0,
        fault: str | None = None,
        severity: float = 1.0,
        fault_after_s: float = 0.0,
        fault_for_s: float = math.inf,
        fault_every_s: float = math.inf,
        first: int = 0,
    ) -> None:
        check("machine", machine, OneOf(tuple(machines())))
        check("fault", fault, OneOf((None, *faults(machine))))
        check("severity", severity, Interval(float, 0.0, 1.0, open_low=True))
        self._plant = Plant(seed, duration_s=_CLIP_S)
        self._machine, self._machine_id, self._first = machine, machine_id, first
        self._fault, self._severity = fault, severity
        self._fault_times = fault_after_s, fault_for_s, fault_every_s

    def sound(self) -> Iterator[Samples]:
        """Yield the sound as fast as it can be made, in blocks of shape (n,), without end."""
        rate = self._plant.rate
        joint = round(_JOINT_S * rate)
        rise = np.sin(np.linspace(0, np.pi / 2, joint, dtype=np.float32))
        tail = np.zeros(joint, np.float32)
        number = 0
        while True:
            start_s = number * (_CLIP_S - _JOINT_S)
            fault = self._fault if self._is_faulty(start_s) else None
            clip = self._plant.clip(
                self._machine, self._machine_id, self._first + number, fault=fault, severity=self._severity
            ).samples.copy()
            clip[:joint] = clip[:joint] * rise + tail
            tail = clip[-joint:] * rise[::-1]
            yield from np.array_split(clip[:-joint], round(_CLIP_S / BLOCK_S))
            number += 1

    def listen(self, stopping: Event, clock: Clock = REAL) -> Iterator[Item]:
        """Yield one stretch, each block when its last sample would have been taken; see `Source`."""
        rate, count, began = self._plant.rate, 0, clock.monotonic()
        yield Begin(rate, clock.utc())
        for block in self.sound():
            count += len(block)
            if clock.wait(stopping, max(0.0, began + count / rate - clock.monotonic())):
                break
            yield block[:, None]
        yield End("the simulation was stopped")

    def _is_faulty(self, time_s: float) -> bool:
        """Tell whether a clip that begins then has the fault."""
        after_s, for_s, every_s = self._fault_times
        since_s = time_s - after_s
        return since_s >= 0 and (since_s if math.isinf(every_s) else since_s % every_s) < for_s
