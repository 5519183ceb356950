"""Databases of both kinds, for tests that hold for either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.watch.store.postgres import Server, find_programs, running_server

from offkey.watch.store.address import Address
from offkey.watch.store.store import Store


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A server of PostgreSQL, started once."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed in /usr/lib/postgresql")
    with running_server(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return tmp_path / "plant.db"
    server: Server = request.getfixturevalue("postgres_server")
    return server.create()


@pytest.fixture
def open_again(address: Address) -> Iterator[Callable[..., Store]]:
    """Return a function that opens the database; all are closed in the end."""
    opened: list[Store] = []

    def make(*, read_only: bool = False) -> Store:
        opened.append(Store(address, read_only=read_only))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(open_again: Callable[..., Store]) -> Store:
    """An empty store of each kind."""
    return open_again()
