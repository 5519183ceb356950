"""A server of PostgreSQL for tests: in a folder of its own, reached by a socket there, without a port."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import URL

__all__ = ["Server", "find_programs", "running_server"]

_NAMES = count()


def find_programs() -> Path | None:
    """Return the folder of the programs of a server, as Debian installs them; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Server:
    """A server in a folder, for a user without rights where the tests run as root, since it refuses to be root."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder, self._user = programs, folder, _user()
        shutil.chown(folder, self._user)
        user = f"--username={self._user}"
        self._run("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", user, folder / "data")
        self.start()

    def start(self) -> None:
        """Let it run."""
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c fsync=off"
        self._control("--log", self._folder / "log", "--options", options, "start")

    def stop(self) -> None:
        """Let it run no more, whoever is connected."""
        self._control("--mode=immediate", "stop")

    def restart(self) -> None:
        """Break off all connections."""
        self.stop()
        self.start()

    def create(self) -> URL:
        """Make an empty database; its URL holds a password, which the server does not ask for."""
        name = f"plant_{next(_NAMES)}"
        with psycopg.connect(host=str(self._folder), user=self._user, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        query = {"host": str(self._folder)}
        return URL.create("postgresql+psycopg", self._user, "p@ss/word", database=name, query=query)

    def _control(self, *arguments: object) -> None:
        self._run("pg_ctl", "--pgdata", self._folder / "data", "--wait", "--timeout=60", "--silent", *arguments)

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._programs / program), *map(str, arguments)]
        user = {"user": self._user} if os.getuid() == 0 else {}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **user)


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Start a server, and stop it in the end."""
    with tempfile.TemporaryDirectory(prefix="offkey-pg-") as folder:
        server = Server(programs, Path(folder))
        try:
            yield server
        finally:
            server.stop()


def _user() -> str:
    """Return the user that a server runs as."""
    if os.getuid() != 0:
        return getpass.getuser()
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
