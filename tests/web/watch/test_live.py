"""The state of the machines as browsers follow it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from starlette.types import Message
from tests.web.watch.conftest import ROW

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.store.store import Store
from offkey.web.watch.live import LiveEvents
from offkey.web.watch.plant import Plant


def test_the_state_holds_what_pages_show_and_the_newest_change(plant: Plant, store: Store) -> None:
    store.write(Findings([Change("e", "pump", "new", "fast", 2.0, 1.0, None, 3.0, "m")]))
    state = json.loads(plant.live_state())
    assert state["seq"] == 1
    assert state["machines"][0]["score"] == ROW["score"]
    assert "promise" not in state["machines"][0]


def _sent(
    look: Callable[[], str], until: Callable[[list[bytes]], bool], *, stuck: bool = False, **times: float
) -> list[bytes]:
    """Return the pieces that a browser gets until it goes; one that is stuck goes after the first."""
    pieces: list[bytes] = []

    async def follow() -> None:
        gone = asyncio.Event()

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if stuck and pieces:
                gone.set()
                await asyncio.sleep(3600)
            if message["type"] == "http.response.body":
                pieces.append(message["body"])
                if until(pieces):
                    gone.set()

        await asyncio.wait_for(LiveEvents(look, **times)({"type": "http"}, receive, send), 30)

    asyncio.run(follow())
    return pieces


def test_a_state_is_sent_when_it_changes_and_not_again() -> None:
    states = iter(['{"seq": 1}'] * 3 + ['{"seq": 2}'] * 1000)
    pieces = _sent(lambda: next(states), lambda got: len(got) == 2, every_s=0.001)
    assert [json.loads(piece.split(b"data: ")[1]) for piece in pieces] == [{"seq": 1}, {"seq": 2}]
    assert all(piece.startswith(b"event: state\n") and piece.endswith(b"\n\n") for piece in pieces)


def test_a_comment_keeps_a_quiet_connection_open() -> None:
    pieces = _sent(lambda: "{}", lambda got: len(got) == 3, every_s=0.005, heartbeat_s=0.01)
    assert pieces[1:] == [b": still here\n\n"] * 2


def test_nothing_piles_up_for_a_browser_that_takes_nothing() -> None:
    looks = 0

    def look() -> str:
        nonlocal looks
        looks += 1
        return str(looks)

    assert len(_sent(look, lambda _: False, stuck=True, every_s=0.001)) == 1
    assert looks == 2


def test_fifty_browsers_are_served_though_half_of_them_take_nothing() -> None:
    got: dict[int, list[Message]] = {number: [] for number in range(50)}

    async def follow(number: int, cut_off: asyncio.Event) -> None:
        is_stuck, gone = number % 2 == 0, asyncio.Event()

        async def receive() -> Message:
            await (cut_off if is_stuck else gone).wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if is_stuck and got[number]:
                await asyncio.sleep(3600)
            got[number].append(message)
            if len(got[number]) == 5:
                gone.set()

        states = (f"{seq}" for seq in range(10_000))
        await LiveEvents(lambda: next(states), every_s=0.001)({"type": "http"}, receive, send)

    async def all_of_them() -> None:
        cut_off = asyncio.Event()
        stuck = [asyncio.ensure_future(follow(number, cut_off)) for number in range(0, 50, 2)]
        await asyncio.gather(*(follow(number, cut_off) for number in range(1, 50, 2)))
        cut_off.set()
        await asyncio.gather(*stuck)

    asyncio.run(asyncio.wait_for(all_of_them(), 60))
    assert [len(messages) for messages in got.values()] == [1, 5] * 25
    assert {message[0]["headers"][2] for message in got.values()} == {(b"x-accel-buffering", b"no")}
