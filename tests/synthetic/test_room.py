from __future__ import annotations

import numpy as np

from offkey.synthetic.room import Room
from offkey.synthetic.seeding import stream
from offkey.synthetic.spectrum import frequencies

RATE, N = 16_000, 32_000


def test_a_room_reverberates_and_loses_the_lowest_frequencies() -> None:
    room = Room.draw(N, RATE, stream(3), reverberation_s=0.3)
    click = np.zeros(N, dtype=np.float32)
    click[1000] = 1.0
    heard = room.apply(click)
    energy = np.add.reduceat(heard[1000:] ** 2, [0, 800, 1600, 3200, 8000])
    assert energy[0] > energy[1] > energy[2] > 0.0
    assert energy[4] < 1e-3 * energy[0]
    assert np.abs(room.response[frequencies(N, RATE) < 5.0]).max() < 0.2
