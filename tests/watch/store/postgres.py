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
    """A server that runs."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder, self._user = folder, user

    def create(self) -> URL:
        """Make an empty database; its URL holds a password, which the server does not ask for."""
        name = f"plant_{next(_NAMES)}"
        with psycopg.connect(host=str(self._folder), user=self._user, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        query = {"host": str(self._folder)}
        return URL.create("postgresql+psycopg", self._user, "p@ss/word", database=name, query=query)


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Start a server, as a user without rights where the tests run as root, and stop it in the end."""
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="offkey-pg-"))
    shutil.chown(folder, user)
    data = str(folder / "data")
    as_user = {"user": user} if os.getuid() == 0 else {}
    try:
        command = [programs / "initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", f"--username={user}", data]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **as_user)
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        control = [programs / "pg_ctl", "--pgdata", data, "--wait", "--timeout=60", "--silent"]
        start = [*control, "--log", str(folder / "log"), "--options", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)
        try:
            yield Server(folder, user)
        finally:
            subprocess.run([*control, "--mode=immediate", "stop"], check=True, cwd=folder, **as_user)
    finally:
        shutil.rmtree(folder)


def _user() -> str:
    """Return the user that the server runs as, since it refuses to be root."""
    if os.getuid() != 0:
        return getpass.getuser()
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
