"""The client against a server on a real socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import soundfile
from pydantic import BaseModel
from tests.web.api.conftest import address, clip, model_path, models  # noqa: F401 - fixtures
from tests.web.watch.conftest import (  # noqa: F401 - fixtures
    NOW,
    ROW,
    clock,
    monitor,
    plant,
    plant_file,
    settings,
    store,
)

from offkey import client_answers
from offkey.client import Client
from offkey.errors import OffkeyError, UsageError
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.store.store import Store
from offkey.web.api import answers
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.server import listen, served
from offkey.web.watch import acts_api, read_answers
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant


def test_a_clip_has_the_scores_that_the_model_gives(address: str, clip: Path, model_path: Path) -> None:  # noqa: F811
    import offkey

    client = Client(address)
    assert [model["name"] for model in client.models()] == ["pump 7"]
    expected = [result.score or 0.0 for result in offkey.load(model_path).results([clip])]
    assert [row["score"] for row in client.score("pump 7", clip)["rows"]] == expected
    explanation = client.score("pump 7", clip.read_bytes(), explain=True)["explanation"]
    assert explanation is not None
    assert explanation["score"] == max(expected)


def test_a_window_is_scored_while_the_stream_goes_on(address: str, clip: Path) -> None:  # noqa: F811
    samples, _ = soundfile.read(clip, dtype="int16")
    go_on = Event()

    def blocks() -> Iterator[bytes]:
        yield samples[:20_001].tobytes()[:-1]  # a sample is cut in two
        assert go_on.wait(30)
        yield samples[:20_001].tobytes()[-1:]
        yield samples[20_001:].tobytes()

    rows = Client(address).stream("pump 7", blocks(), rate=16_000)
    first = next(rows)
    go_on.set()
    assert [first["end_s"], *(row["end_s"] for row in rows)] == [1.0, 2.0, 3.0]


def test_a_stream_that_the_server_refuses_is_sent_nothing_more() -> None:
    refused, ended = Event(), Event()

    def blocks() -> Iterator[bytes]:
        try:
            yield bytes(2)
            assert refused.wait(30)
            yield bytes(2)
            yield bytes(2)
        finally:
            ended.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        rows = Client(f"http://127.0.0.1:{server.getsockname()[1]}").stream("pump 7", blocks(), rate=16_000)
        refusing = Thread(target=_refuse, args=(server,))
        refusing.start()
        with pytest.raises(OffkeyError, match="Too loud"):
            list(rows)
        refusing.join(30)
        refused.set()
        assert ended.wait(30)
        server.settimeout(0)
        with pytest.raises(BlockingIOError):  # nobody has connected again
            server.accept()


def _refuse(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 22\r\n\r\n{"detail": "Too loud"}')
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass


def test_what_the_server_refuses_is_its_sentence(address: str, tmp_path: Path) -> None:  # noqa: F811
    client = Client(address)
    with pytest.raises(OffkeyError, match="There is no model 'none'"):
        client.score("none", b"x")
    with pytest.raises(OffkeyError, match="sampled at 8000 Hz"):
        list(client.stream("pump 7", [np.zeros(8, "<i2").tobytes()], rate=8000))
    with pytest.raises(OffkeyError, match="cannot be read: No such file"):
        client.score("pump 7", tmp_path / "none.wav")


def test_a_server_that_is_not_there_and_an_address_that_is_none_are_sentences() -> None:
    with pytest.raises(OffkeyError, match=r"127\.0\.0\.1:9 cannot be reached"):
        Client("http://127.0.0.1:9").models()
    for wrong in ("127.0.0.1:8002", "ftp://127.0.0.1", "http://", "http://a:b", "http://a:99999", "http://[::1"):
        with pytest.raises(UsageError, match="begins with http"):
            Client(wrong)


def test_a_token_that_no_header_can_hold_is_refused_and_not_shown() -> None:
    for wrong in ("s3cret\n", "s3cret\u20ac"):
        with pytest.raises(UsageError, match="A token is one line") as caught:
            Client("http://127.0.0.1:9", wrong)
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("head", ["200 OK\r\n", "302 Found\r\nLocation: http://127.0.0.1:9/\r\n"])
def test_another_program_that_answers_is_a_sentence_without_the_password(head: str) -> None:
    def answer(server: socket.socket) -> None:
        for _ in range(2):
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(f"HTTP/1.1 {head}Content-Length: 7\r\n\r\n<html>\n".encode())

    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = Thread(target=answer, args=(server,))
        answering.start()
        client = Client(f"http://me:s3cret@127.0.0.1:{server.getsockname()[1]}")
        for ask in (client.status, lambda: list(client.stream("pump 7", [], rate=16_000))):
            with pytest.raises(OffkeyError, match=r"is no JSON|answered 302 Found") as caught:
                ask()
            assert "s3cret" not in str(caught.value)
        answering.join(30)


def test_a_monitor_is_asked_for_machines_and_events_which_are_reviewed(
    plant: Plant,  # noqa: F811
    store: Store,  # noqa: F811
) -> None:
    store.write(Findings([Change("ab" * 16, ROW["machine"], "end", "fast", NOW, NOW - 60, NOW - 50, 3.0, "m")]))
    app = create_app([watch_part(plant)], title="test", guard=Guard(programs=True))
    links = list[str]()
    with (
        closing(listen("127.0.0.1", 0)) as opened,
        served(app, opened, host="127.0.0.1", guard=Guard(), announce=links.append),
    ):
        client = Client(links[0])
        assert [row["machine"] for row in client.status()] == [ROW["machine"]]
        (event,) = client.events()
        assert client.events(after=event["seq"]) == []
        assert client.review(event["event"][:8], "false", "a truck")["event"] == "ab" * 16
        with pytest.raises(OffkeyError, match="No event begins with 'ffff'"):
            client.review("ffff", "true")
    assert [row["comment"] for row in store.life.reviews()] == ["a truck"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (client_answers.ModelFacts, answers.ModelFacts),
        (client_answers.Row, answers.Row),
        (client_answers.ClipScores, answers.ClipScores),
        (client_answers.StreamRow, answers.StreamRow),
        (client_answers.MachineState, read_answers.MachineState),
        (client_answers.Event, read_answers.Event),
        (client_answers.Done, acts_api.Done),
    ],
)
def test_type_checkers_know_the_fields_of_each_answer(typed: type, answer: type[BaseModel]) -> None:
    assert set(typed.__annotations__) == set(answer.model_fields)
